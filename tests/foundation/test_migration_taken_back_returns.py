"""The step that lets a request to an agency be taken back keeps every return as it was."""

from datetime import date
from pathlib import Path

from kscb_actions.child_deaths.returns.models import AgencyReturn

from .steps import insert, rows_of, schema_before, take_step

STEP = "0007_taken_back_returns"


def fill() -> None:
    """Record a case with two returns, one of them answered, as they were before."""
    insert("agency", **{"id": 1, "version": 1, "code": "KPOL", "name": "Kent Police", "is_active": True})
    insert("agency", **{"id": 2, "version": 1, "code": "PRB", "name": "Probation", "is_active": True})
    codes = dict.fromkeys(
        ("looked_after", "protection_plan", "statutory_order", "asylum_seeking", "rapid_response"), "no"
    )
    insert(
        "child_death",
        **{"id": 1, "version": 1, "case_number": "11/001", "died_on": "2011-11-03"},
        **{"notified_on": "2011-11-04", "age_number": 1, "age_unit": "months", "age_band": "28_to_364_days"},
        **{"sex": "male", "ethnicity": "indian", "district": "dover", "place": "home", "event": ""},
        **{"expected": "unexpected", "is_abuse_suspected": False, "inquest": "none", "criminal": "none"},
        **{"circumstances": "", "sealed_birth": "", "decision_number": 0, "status": ""},
        **codes,
    )
    for number, answered_on in ((1, None), (2, "2012-03-01")):
        insert(
            "agency_return",
            **{"id": number, "version": number, "death_id": 1, "agency_id": number},
            **{"asked_on": "2012-02-01", "due_on": "2012-02-22", "answered_on": answered_on},
            **{"knows_child": "no" if answered_on else "", "summary": ""},
        )


def test_returns_from_before_are_kept_and_still_asked_for(tmp_path: Path) -> None:
    with schema_before(STEP, tmp_path) as steps:
        fill()
        before = rows_of("agency_return")
        take_step(steps, STEP)
        assert rows_of("agency_return") == [(*row, None, "") for row in before]
        columns = (AgencyReturn.answered_on, AgencyReturn.taken_back_on, AgencyReturn.taken_back_reason)
        kept = list(AgencyReturn.select(*columns).tuples())
        assert kept == [(None, None, ""), (date(2012, 3, 1), None, "")]
