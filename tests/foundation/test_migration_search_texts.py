"""The step that folds the texts that are searched keeps every row and finds what was there before."""

import runpy
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kscb_actions import database
from kscb_actions.actions.models import Action
from kscb_actions.actions.searched import has_word
from kscb_actions.searching.queries import is_looked_up
from kscb_actions.text import folded, order_key

from .steps import insert, rows_of, schema_before, take_step, take_steps_before

FIRST, STEP = "0002_word_index", "0084_search_and_order"
TABLES = ("review", "recommendation", "agency", "action")


def fill() -> None:
    """Record two reviews with a recommendation and an action each, as the first schema has them."""
    insert("agency", id=1, version=1, code="KPOL", name="Kent Police", is_active=True)
    for number, (title, asked, text) in enumerate(
        [
            ("Bramble", "Share “what” is known.", "Visit the HOUSEHOLD 🐍"),
            ("Orchard", "Listen.", "Train 50%"),
        ],
        1,
    ):
        insert(
            "review",
            **{"id": number, "version": 1, "reference": f"SCR-2011-0{number}", "kind": "scr"},
            **{"pseudonym": "Child A", "title": title, "summary": "", "classification": "OFFICIAL"},
            **{"is_restricted": False, "stage": "monitoring", "hold_kind": "", "hold_reason": ""},
        )
        insert(
            "recommendation",
            **{"id": number, "version": 1, "review_id": number, "number": 1, "text": asked},
            **{"intended_outcome": "", "addressed_to": ""},
        )
        insert(
            "action",
            **{"id": number, "version": 1, "review_id": number, "recommendation_id": number, "number": 1},
            **{"agency_id": 1, "text": text, "success_measure": "An audit.", "standing": "active"},
            **{"standing_reason": "", "progress": "not_started", "updated_on": "2012-03-01"},
            **{"assurance": "none", "extension_count": 0},
        )


def found(typed: str) -> list[int]:
    """Return the actions a word finds, which are those that reading finds."""
    word, ids = folded(typed), Action.select(Action.id).order_by(Action.id).tuples()
    by_index = [row[0] for row in ids.where(has_word(word, is_looked_up(word)))]
    assert by_index == [row[0] for row in ids.where(has_word(word, False))]
    return by_index


def test_rows_from_before_are_kept_and_found(tmp_path: Path) -> None:
    with schema_before(FIRST, tmp_path) as steps:
        fill()
        take_steps_before(STEP, steps)
        before = {table: rows_of(table) for table in TABLES}
        take_step(steps, STEP)
        after = {table: rows_of(table) for table in TABLES}
        reviews = [(*row, order_key(f"SCR-2011-0{row[0]}")) for row in before["review"]]
        assert after == {**before, "review": reviews}
        database.migrate()
        words = ("household", "🐍", "bramble", '"what"', "“WHAT”", "LISTEN", "2011-02", "50%", "orchards")
        assert [found(word) for word in words] == [[1], [1], [1], [1], [1], [2], [2], [2], []]
        assert [found(word) for word in ("kent", "kpol", "a1", "2011-01/a1")] == [[1, 2], [1, 2], [1, 2], [1]]
        assert [name for name in database.db.get_tables() if name.startswith("action_words")] == []


@given(st.text(max_size=60))
def test_the_step_folds_as_searches_do(text: str) -> None:
    step = runpy.run_path(str(database.MIGRATIONS / f"{STEP}.py"))
    assert step["folded"](text) == folded(text)
    assert step["order_key"](text) == order_key(text)
    assert folded(folded(text)) == folded(text)


def test_an_sqlite_without_the_index_is_told_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with schema_before(FIRST, tmp_path) as steps:
        if not database.is_sqlite():
            pytest.skip("PostgreSQL has no such index")
        monkeypatch.setattr(type(database.db.obj), "server_version", (3, 33, 0))
        with pytest.raises(RuntimeError, match="SQLite 3.34 or newer"):
            take_step(steps, FIRST)
        assert "action_words" not in database.db.get_tables()
