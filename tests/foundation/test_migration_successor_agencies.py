"""The step that lets agencies have successors keeps every row: in use, not closed, had by no other."""

from pathlib import Path

from kscb_actions.actions.models import Action
from kscb_actions.people.models import Agency

from .steps import insert, rows_of, schema_before, take_step

STEP = "0046_successor_agencies"


def fill() -> None:
    """Record an agency and its action, as they were before."""
    insert("agency", **{"id": 1, "version": 3, "code": "PCT", "name": "Kent PCT", "is_active": True})
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
        **{"id": 1, "version": 2, "review_id": 1, "recommendation_id": 1, "number": 1, "agency_id": 1},
        **{"text": "Do.", "success_measure": "", "standing": "active", "standing_reason": ""},
        **{"progress": "done", "updated_on": "2012-03-01", "assurance": "none", "extension_count": 0},
    )


def test_agencies_and_actions_from_before_are_kept(tmp_path: Path) -> None:
    with schema_before(STEP, tmp_path) as steps:
        fill()
        before = {table: rows_of(table) for table in ("agency", "action")}
        take_step(steps, STEP)
        assert rows_of("agency") == [(*row, None, None) for row in before["agency"]]
        assert rows_of("action") == [(*row, "") for row in before["action"]]
        agency = Agency.get()
        action = Action.select(Action.agency, Action.earlier_agencies).get()
    assert (agency.successor_id, agency.closed_on, agency.is_active) == (None, None, True)
    assert (action.agency_id, action.earlier_agencies) == (1, "")
