"""A board that has renamed everything reads none of the standard words: on no page, in no file, of nobody."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from kscb_actions import terms
from kscb_actions.access.policy import Role
from kscb_actions.config import Settings

from ..factories import World
from ..keeping import Keeper
from ..long import LONG
from ..terms.renamed import old_words, rename_all, seen, unpacked
from .conftest import Board, planted_board

# Where the standard words are told as such, and the story of what everything was called before.
TOLD = ("/settings/words", "/audit")
SHORT = [Role.MANAGER, Role.CHAIR, Role.AGENCY_LEAD, Role.CDOP_COORDINATOR]
WALKING = [None, *Role] if LONG else SHORT


@pytest.fixture
def renamed(app: Flask, world: World, settings: Settings, keeper: Keeper) -> Iterator[Board]:
    """Give the board on which everything was called otherwise from its first day."""

    def made() -> Board:
        rename_all(world)
        return planted_board(app, world)

    yield keeper.board("renamed", world, settings, made)
    terms.use(terms.Terms())


def offenders(client: FlaskClient, addresses: list[str]) -> dict[str, list[str]]:
    """Return {address: where it says a standard word}."""
    found = {}
    for address in addresses:
        answer = client.get(address)
        if answer.mimetype == "text/css" or address.startswith(TOLD):
            continue
        is_packed = answer.data.startswith(b"PK")
        text = unpacked(answer.data) if is_packed else seen(answer.get_data().decode(errors="replace"))
        if old := old_words(text):
            found[address] = old
    return found


@pytest.mark.parametrize("role", WALKING)
def test_nobody_reads_a_standard_word(renamed: Board, sign_in: Callable, role: Role | None) -> None:
    assert offenders(sign_in(renamed.person(role)), renamed.addresses) == {}


def test_a_word_that_is_left_is_found(board: Board, sign_in: Callable) -> None:
    found = offenders(sign_in(board.person(Role.MANAGER)), ["/", "/settings", "/reports"])
    assert {"/settings", "/reports"} <= set(found)
