"""The step that adds the index of words keeps every row and finds the words of what was there before."""

from pathlib import Path

import pytest

from kscb_actions import database
from kscb_actions.actions.models import Action
from kscb_actions.actions.word_index import has_word, is_looked_up

from .steps import insert, rows_of, schema_before, take_step

STEP = "0002_word_index"
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


def found(word: str) -> list[int]:
    """Return the actions a word finds, which are those that reading finds."""
    ids = [
        row.id
        for row in Action.select(Action.id).where(has_word(word, is_looked_up(word))).order_by(Action.id)
    ]
    read = Action.select(Action.id).where(has_word(word, False)).order_by(Action.id)
    assert ids == [row.id for row in read]
    return ids


def test_rows_from_before_are_kept_and_found(tmp_path: Path) -> None:
    with schema_before(STEP, tmp_path) as steps:
        fill()
        before = {table: rows_of(table) for table in TABLES}
        take_step(steps, STEP)
        assert {table: rows_of(table) for table in TABLES} == before
        words = ("household", "🐍", "bramble", "“what”", "LISTEN", "2011-02", "50%", "audit", "orchards")
        assert [found(word) for word in words] == [[1], [1], [1], [1], [2], [2], [2], [1, 2], []]


def test_an_sqlite_without_the_index_is_told_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with schema_before(STEP, tmp_path) as steps:
        if not database.is_sqlite():
            pytest.skip("PostgreSQL has no such index")
        monkeypatch.setattr(type(database.db.obj), "server_version", (3, 33, 0))
        with pytest.raises(RuntimeError, match="SQLite 3.34 or newer"):
            take_step(steps, STEP)
        assert "action_words" not in database.db.get_tables()
