"""A board that has renamed everything reads none of the standard words: on no page, in no file, of nobody.

The pages of who sees no child's death are read in `test_outside`, on the same walk.
"""

from collections.abc import Callable

import pytest

from kscb_actions.access.policy import Role

from ..long import LONG
from .conftest import Board
from .test_outside import OUTSIDE
from .walker import standard_words, walk

INSIDE = [role for role in Role if role not in OUTSIDE] if LONG else [Role.CDOP_COORDINATOR]


@pytest.mark.parametrize("role", INSIDE)
def test_nobody_reads_a_standard_word(renamed: Board, sign_in: Callable, role: Role) -> None:
    assert standard_words(walk(sign_in(renamed.person(role)), renamed.addresses)) == {}


def test_a_word_that_is_left_is_found(board: Board, sign_in: Callable) -> None:
    found = standard_words(walk(sign_in(board.person(Role.MANAGER)), ["/", "/settings", "/reports"]))
    assert {"/settings", "/reports"} <= set(found)
