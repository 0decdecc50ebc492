"""The step that makes districts rows keeps every case, and begins with the twelve there were."""

from pathlib import Path

from kscb_actions import database
from kscb_actions.child_deaths.cases.models import ChildDeath
from kscb_actions.settings.models import District

from ..factories_deaths import DISTRICTS
from .steps import insert, rows_of, schema_before, take_step

STEP = "0006_districts"
PLAIN = {
    **{"died_on": "2011-11-03", "notified_on": "2011-11-04", "age_number": 1, "age_unit": "months"},
    **{"age_band": "28_to_364_days", "sex": "male", "ethnicity": "white_british", "place": "hospital"},
    **{"event": "", "expected": "unexpected", "looked_after": "no", "protection_plan": "never"},
    **{"statutory_order": "never", "asylum_seeking": "no", "is_abuse_suspected": False},
    **{"rapid_response": "no", "inquest": "none", "criminal": "none", "circumstances": "“Told” 🐍"},
    **{"sealed_birth": "", "decision_number": 0, "status": ""},
}


def test_cases_keep_their_districts_which_now_have_names(tmp_path: Path) -> None:
    with schema_before(STEP, tmp_path) as steps:
        for number, code in enumerate(DISTRICTS, 1):
            insert("child_death", id=number, version=2, case_number=f"11/{number:03}", district=code, **PLAIN)
        before = rows_of("child_death")
        take_step(steps, STEP)
        assert rows_of("child_death") == before
        kept = [(row.code, row.name, row.is_closed, row.version) for row in District.select()]
        assert kept == [(code, name, False, 1) for code, name in DISTRICTS.items()]
        assert {row.district for row in ChildDeath.select(ChildDeath.district)} == {
            row.code for row in District.select()
        }


def test_a_district_can_be_added_after_the_step(tmp_path: Path) -> None:
    with schema_before(STEP, tmp_path) as steps:
        take_step(steps, STEP)
        with database.writing():
            medway = District.create(code="medway", name="Medway")
        assert (medway.id, medway.is_closed) == (13, False)
