"""Recording a case: what is kept of it, what is refused, and that no date of birth is left anywhere."""

from dataclasses import replace
from datetime import date

import pytest
from cryptography.fernet import Fernet

from kscb_actions.access.policy import Refused
from kscb_actions.audit.models import AuditEvent
from kscb_actions.audit.service import StaleEdit
from kscb_actions.child_deaths.cases import births
from kscb_actions.child_deaths.cases.models import ChildDeath
from kscb_actions.child_deaths.cases.queries import near_duplicates
from kscb_actions.child_deaths.cases.rules import DeathFacts
from kscb_actions.child_deaths.cases.service import edit_death, facts_of, open_birth, record_death
from kscb_actions.config import BadSetting, read_settings
from kscb_actions.database import db
from kscb_actions.text import InvalidInput

from ...factories import World
from ...factories_deaths import FACTS, Panel

BORN = date(2009, 4, 3)
GIVEN = DeathFacts(case_number="11/042", notified_on=date(2011, 11, 4), **FACTS)  # type: ignore[arg-type]


@pytest.fixture
def panel(world: World) -> Panel:
    """Give a panel with nothing before it."""
    return Panel(world)


@pytest.fixture
def keys(world: World) -> None:
    """Let the installation keep dates of birth, encrypted."""
    births.use_key(Fernet.generate_key().decode())


def problems(panel: Panel, facts: DeathFacts, born: date | None = None) -> dict[str, str]:
    """Return the messages on facts that are refused; assert that nothing was written."""
    before = AuditEvent.select().count()
    with pytest.raises(InvalidInput) as wrong:
        record_death(panel.coordinator, facts, date_of_birth=born)
    assert ChildDeath.select().count() == 0
    assert AuditEvent.select().count() == before
    return wrong.value.errors


def everything_kept() -> str:
    """Return every value of every row of every table."""
    return "\n".join(
        repr(row)
        for table in db.get_tables()
        for row in db.execute_sql(f'SELECT * FROM "{table}"').fetchall()
    )


def test_a_case_is_kept_with_as_much_of_the_age_as_is_needed(panel: Panel) -> None:
    death = record_death(panel.coordinator, replace(GIVEN, case_number=" 11/042a "))
    assert (death.case_number, death.age_number, death.age_unit, death.age_band) == (
        "11/042A",
        1,
        "months",
        "28_to_364_days",
    )
    assert AuditEvent.select().where(AuditEvent.event == "death.recorded").count() == 1
    assert facts_of(death).age_days == 31


def test_the_date_of_birth_decides_the_age_and_is_left_nowhere(panel: Panel) -> None:
    death = record_death(panel.coordinator, replace(GIVEN, age_days=None), date_of_birth=BORN)
    assert (death.age_number, death.age_unit, death.age_band) == (2, "years", "1_to_4")
    assert death.sealed_birth == ""
    assert open_birth(panel.coordinator, death) is None
    kept = everything_kept()
    assert not any(shape in kept for shape in ("2009-04-03", "2009, 4, 3", "03/04/2009", "3 April 2009"))


@pytest.mark.usefixtures("keys")
def test_with_a_key_it_is_kept_encrypted_and_whoever_opens_it_is_told_of(panel: Panel) -> None:
    death = record_death(panel.coordinator, replace(GIVEN, age_days=None), date_of_birth=BORN)
    kept = everything_kept()
    assert "2009-04-03" not in kept and kept.count(death.sealed_birth) == 1
    assert open_birth(panel.coordinator, ChildDeath.get_by_id(death.id)) == BORN
    assert "2009-04-03" not in everything_kept()
    assert [event.event for event in AuditEvent.select().where(AuditEvent.object_id == death.id)][-1] == (
        "death.birth-opened"
    )
    with pytest.raises(Refused):
        open_birth(panel.member, death)
    births.use_key(Fernet.generate_key().decode())
    assert open_birth(panel.coordinator, death) is None
    births.use_key(None)
    assert open_birth(panel.coordinator, death) is None


@pytest.mark.usefixtures("keys")
def test_an_edit_leaves_the_encrypted_date_unless_another_is_typed(panel: Panel) -> None:
    death = record_death(panel.coordinator, GIVEN, date_of_birth=BORN)
    encrypted = death.sealed_birth
    edit_death(panel.coordinator, death, replace(facts_of(death), place="home"), 1)
    assert ChildDeath.get_by_id(death.id).sealed_birth == encrypted
    edit_death(panel.coordinator, death, facts_of(death), 2, date_of_birth=date(2009, 4, 4))
    assert open_birth(panel.coordinator, ChildDeath.get_by_id(death.id)) == date(2009, 4, 4)


@pytest.mark.parametrize(
    ("key", "usable"),
    [
        ("", True),
        (Fernet.generate_key().decode(), True),
        ("secret", False),
        ("é" * 44, False),
        (Fernet.generate_key().decode()[:-2], False),
    ],
    ids=("none", "a key", "too short", "not ASCII", "cut off"),
)
def test_a_key_that_cannot_be_used_is_a_bad_setting(tmp_path, key: str, usable: bool) -> None:
    environ = {"KSCB_INSTANCE": str(tmp_path), "KSCB_BIRTH_KEY": key}
    if usable:
        assert read_settings(environ).birth_key == (key or None)
    else:
        with pytest.raises(BadSetting, match="Fernet"):
            read_settings(environ)


@pytest.mark.parametrize("born", [date(2011, 11, 4), date(1993, 11, 3)])
def test_a_date_of_birth_that_cannot_be_is_said_beside_it(panel: Panel, born: date) -> None:
    assert list(problems(panel, replace(GIVEN, age_days=None), born)) == ["date_of_birth"]


@pytest.mark.parametrize("born", [date(2011, 11, 3), date(1993, 11, 4)])
def test_the_first_day_and_the_last_of_childhood_are_taken(panel: Panel, born: date) -> None:
    assert record_death(panel.coordinator, replace(GIVEN, age_days=None), date_of_birth=born).id


def test_what_would_say_who_the_child_was_is_refused(panel: Panel) -> None:
    told = replace(GIVEN, circumstances="Born 3.4.09.\nTaken ill at night.")
    assert list(problems(panel, told, BORN)) == ["circumstances"]
    told = replace(GIVEN, circumstances="He was at home from 3.4.09 on.")
    assert list(problems(panel, told, BORN)) == ["circumstances"]
    # The date of death is in the facts anyway.
    same_day = replace(GIVEN, circumstances="Collapsed on 3 November 2011.")
    assert record_death(panel.coordinator, same_day, date_of_birth=GIVEN.died_on).age_number == 0


def test_a_number_is_given_once_whatever_its_capitals(panel: Panel) -> None:
    panel.death(case_number="11/042a")
    with pytest.raises(InvalidInput, match="Another case has this number"):
        record_death(panel.coordinator, replace(GIVEN, case_number="11/042A", district="dover"))


def test_possible_duplicates_are_shown_before_they_are_saved(panel: Panel) -> None:
    twin = panel.death()
    with pytest.raises(InvalidInput) as wrong:
        record_death(panel.coordinator, GIVEN)
    assert list(wrong.value.errors) == ["is_another"]
    assert near_duplicates(panel.coordinator, GIVEN) == [twin]
    assert record_death(panel.coordinator, GIVEN, are_duplicates_seen=True).id
    assert near_duplicates(panel.member, GIVEN) == []


@pytest.mark.parametrize(
    "change",
    [
        {"died_on": date(2011, 11, 2)},
        {"district": "dover"},
        {"sex": "female"},
        {"age_days": 1},
        {"age_days": 20},
        {"age_days": 70},
    ],
)
def test_other_facts_make_no_duplicates(panel: Panel, change: dict) -> None:
    panel.death()
    assert record_death(panel.coordinator, replace(GIVEN, **change)).id


def test_an_edit_knows_whose_version_it_saw_and_keeps_the_order_of_days(panel: Panel) -> None:
    death = panel.death()
    edit_death(panel.coordinator, death, replace(facts_of(death), place="home"), 1)
    with pytest.raises(StaleEdit):
        edit_death(panel.coordinator, ChildDeath.get_by_id(death.id), facts_of(death), 1)
    death.reviewed_on = date(2011, 12, 1)
    late = replace(facts_of(death), died_on=date(2011, 12, 2), notified_on=date(2011, 12, 2))
    with pytest.raises(InvalidInput, match="completed its review"):
        edit_death(panel.coordinator, death, late, 2)


@pytest.mark.parametrize("name", ["manager", "chair", "police_lead", "reader", "cdop_member"])
def test_only_the_co_ordinator_records(panel: Panel, name: str) -> None:
    viewer = getattr(panel.world, name).viewer
    with pytest.raises(Refused):
        record_death(viewer, GIVEN)
    death = panel.death()
    with pytest.raises(Refused):
        edit_death(viewer, death, GIVEN, 1)
