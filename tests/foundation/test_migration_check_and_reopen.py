"""The step that lets an acceptance be reopened keeps every decision, and refuses two of one kind."""

from pathlib import Path

import peewee
import pytest

from .steps import insert, rows_of, schema_before, take_step

STEP = "0042_check_and_reopen"


def fill() -> None:
    """Record an action, submitted and accepted, as it was before."""
    insert("agency", **{"id": 1, "version": 1, "code": "KPOL", "name": "Kent Police", "is_active": True})
    insert(
        "person",
        **{"id": 1, "version": 1, "email": "a@board.example", "name": "Chair", "roles": "chair"},
        **{"password_hash": "", "is_active": True},
    )
    insert(
        "review",
        **{"id": 1, "version": 1, "reference": "SCR-2011-01", "kind": "scr", "pseudonym": "Child A"},
        **{"title": "Bramble", "summary": "", "classification": "OFFICIAL", "is_restricted": False},
        **{"stage": "monitoring", "hold_kind": "", "hold_reason": ""},
    )
    insert(
        "recommendation",
        **{"id": 1, "version": 1, "review_id": 1, "number": 1, "text": "Share.", "intended_outcome": ""},
        **{"addressed_to": "", "withdrawn_reason": ""},
    )
    insert(
        "action",
        **{"id": 1, "version": 1, "review_id": 1, "recommendation_id": 1, "number": 1, "agency_id": 1},
        **{"text": "Do.", "success_measure": "", "standing": "active", "standing_reason": ""},
        **{"progress": "done", "updated_on": "2012-03-01", "assurance": "accepted", "extension_count": 0},
    )
    insert(
        "submission",
        **{"id": 1, "review_id": 1, "action_id": 1, "narrative": "Done.", "by_id": 1},
        at="2012-03-01 12:00:00",
    )
    decide(1, "accepted")


def decide(number: int, decision: str) -> None:
    """Record a decision on the submission."""
    insert(
        "assurance_decision",
        **{"id": number, "review_id": 1, "action_id": 1, "submission_id": 1, "decision": decision},
        **{"reason": "Seen.", "by_id": 1, "at": "2012-03-02 12:00:00"},
    )


def test_decisions_are_kept_and_an_acceptance_can_be_reopened_once(tmp_path: Path) -> None:
    with schema_before(STEP, tmp_path) as steps:
        fill()
        before = rows_of("assurance_decision")
        with pytest.raises(peewee.IntegrityError):
            decide(2, "reopened")
        take_step(steps, STEP)
        assert rows_of("assurance_decision") == before
        decide(2, "reopened")
        for again in ("accepted", "reopened"):
            with pytest.raises(peewee.IntegrityError):
                decide(3, again)
        assert rows_of("taken_back") == rows_of("check_question") == []
