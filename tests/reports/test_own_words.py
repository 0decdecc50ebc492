"""A board that has renamed everything prints none of the standard words; its papers of before keep theirs."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from kscb_actions import terms
from kscb_actions.access.policy import SYSTEM
from kscb_actions.settings.service import change_settings

from ..factories import World
from ..people.visitor import with_password
from ..terms.renamed import old_words, rename_all, seen, unpacked
from .stories import EVERY, busy, keep
from .test_restricted_papers import PASSWORD, SHOWN, Papers

ASKED = {**EVERY, "agency": "KPOL", "review": "IR-2011-01"}


@pytest.fixture
def renamed(world: World) -> Iterator[World]:
    """Give the small board with everything called otherwise."""
    rename_all(world)
    yield world
    terms.use(terms.Terms())


def test_no_paper_prints_a_standard_word(app: Flask, renamed: World, visit: Callable) -> None:
    papers, told = Papers(app, renamed), {}
    left = papers.addresses()
    assert len(left) >= 12
    # Whoever may open one reads the same, so each is taken once.
    for person in ("manager", "cdop_coordinator"):
        visitor = visit(with_password(getattr(renamed, person)))
        for method, address in list(left):
            fields = {"csrf_token": visitor.token, "password": PASSWORD, **ASKED}
            asked = {"data": fields} if method == "POST" else {"query_string": ASKED}
            answer = visitor.client.open(address, method=method, **asked)
            is_packed = answer.data.startswith(b"PK")
            text = unpacked(answer.data) if is_packed else seen(answer.get_data().decode(errors="replace"))
            if answer.status_code in SHOWN:
                left.remove((method, address))
            if old := old_words(text):
                told[f"{person} {method} {address}"] = old
    assert (left, told) == ([], {})


def test_a_paper_that_was_made_keeps_the_words_of_its_day(world: World, visit: Callable) -> None:
    busy(world)
    kept = keep(world.manager)
    manager = visit(world.manager)
    before = manager.get(f"/reports/papers/{kept.reference}").text
    change_settings(SYSTEM, {"word_board": "Partnership", "word_subgroup": "learning group"})
    after = manager.get(f"/reports/papers/{kept.reference}").text
    for old in ("Serious Case Review Subgroup", "Blue: accepted by the Board"):
        assert old in before and old in after, old
    now = manager.get("/reports/progress").text
    assert "Learning group (internal)" in now and "Blue: accepted by the Partnership" in now
