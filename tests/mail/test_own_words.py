"""A board that has renamed everything sends none of the standard words, in any kind of message."""

from collections.abc import Callable, Iterator

import pytest

from kscb_actions import terms
from kscb_actions.chasing.news.service import count_as_told

from ..factories import World
from ..terms.renamed import old_words, rename_all
from .letters import KINDS
from .test_golden import written


@pytest.fixture
def renamed(world: World) -> Iterator[World]:
    """Give the small board with everything called otherwise."""
    rename_all(world)
    yield world
    terms.use(terms.Terms())


@pytest.mark.parametrize("kind", KINDS)
def test_no_message_says_a_standard_word(
    renamed: World, pictures: None, kind: Callable[[World], None]
) -> None:
    count_as_told()
    kind(renamed)
    assert old_words(written()) == []


def test_a_word_that_is_left_is_found() -> None:
    assert old_words("It waits for the Board.") == ["It waits for the Board."]
    assert old_words("See https://board.example/actions?turn=board or a@board.example") == []
