"""The panel's decision: when it can be recorded, what follows it, and how it is corrected."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import peewee
import pytest

from kscb_actions import clock
from kscb_actions.access.policy import Refused
from kscb_actions.audit.service import StaleEdit, change
from kscb_actions.child_deaths.cases.models import ChildDeath
from kscb_actions.child_deaths.judging.decisions import (
    correct,
    current_decision,
    decide,
    list_decisions,
    record_earlier,
)
from kscb_actions.child_deaths.judging.models import Factor, PanelDecision
from kscb_actions.child_deaths.judging.proposals import close_proposals
from kscb_actions.child_deaths.judging.rules import FactorFacts, Judgement
from kscb_actions.child_deaths.meetings.models import Attendance, PanelCase
from kscb_actions.child_deaths.meetings.service import record_attendance
from kscb_actions.database import writing
from kscb_actions.text import InvalidInput

from ...factories import TODAY, World
from ...factories_deaths import JUDGED, Panel
from ...foundation.test_audit_is_complete import unaudited
from ...queries import counted

HELD_ON = date(2012, 3, 29)
OTHERWISE = Judgement(frozenset({8}), "none")


@pytest.fixture
def panel(world: World) -> Panel:
    """Give the panel."""
    return Panel(world)


@pytest.fixture
def case(panel: Panel) -> PanelCase:
    """Give a case that can be decided."""
    meeting = panel.meeting(HELD_ON)
    case = panel.case(meeting, panel.death())
    panel.close(meeting)
    return case


def copied(death: ChildDeath) -> tuple[object, ...]:
    """Return what a case keeps of its decision."""
    now = ChildDeath.get_by_id(death.id)
    return now.decision_number, now.reviewed_on, now.primary_category, now.status


def test_a_decision_is_kept_and_copied_to_its_case(panel: Panel, case: PanelCase, world: World) -> None:
    record_attendance(panel.coordinator, case.meeting, world.health, "Designated doctor")
    decision = decide(panel.coordinator, case, JUDGED, "All agreed.", HELD_ON)
    assert (decision.number, decision.primary_category, decision.categories) == (1, 3, "3;10")
    assert decision.present == "Kent Police: Detective inspector\nNHS Kent and Medway: Designated doctor"
    assert (decision.decided_by, decision.meeting_id) == ("Cdop coordinator", case.meeting_id)
    assert copied(case.death) == (1, HELD_ON, 3, "identified")
    (kept,) = list_decisions(panel.member, case.death)
    assert kept.judgement == JUDGED
    assert (kept.primary, kept.others) == (
        "3. Trauma and other external factors",
        "10. Sudden unexpected, unexplained death",
    )
    assert kept.factors == [("parenting", list(JUDGED.factors))]


def test_a_decision_needs_closed_proposals_the_day_and_somebody_there(panel: Panel, world: World) -> None:
    case = panel.case(meeting := panel.meeting(HELD_ON), panel.death())

    def attempt(held_on: date = HELD_ON) -> PanelDecision:
        return decide(panel.coordinator, case, JUDGED, "All agreed.", held_on)

    with pytest.raises(Refused, match="Close"):
        attempt()
    close_proposals(panel.coordinator, meeting)
    with pytest.raises(Refused, match="who was at"):
        attempt()
    record_attendance(panel.coordinator, meeting, world.police, "Inspector")
    with clock.at(HELD_ON - timedelta(days=1)), pytest.raises(Refused, match="not been held"):
        attempt()
    for person in (world.cdop_member, world.manager, world.chair):
        with pytest.raises(Refused):
            decide(person.viewer, case, JUDGED, "All agreed.", HELD_ON)
    with clock.at(HELD_ON):
        assert attempt().number == 1
    with pytest.raises(Refused, match="It can be corrected"):
        attempt()
    assert PanelDecision.select().count() == 1


def test_a_co_ordinator_with_an_interest_decides_and_corrects_nothing(
    panel: Panel, case: PanelCase, world: World
) -> None:
    from kscb_actions.access.policy import Role

    world.person("second-coordinator", Role.CDOP_COORDINATOR)
    panel.interest(case.death, world.cdop_coordinator)
    with pytest.raises(Refused):
        decide(panel.coordinator, case, JUDGED, "All agreed.", HELD_ON)
    with pytest.raises(Refused):
        correct(panel.coordinator, case.death, JUDGED, "All agreed.", HELD_ON, "Wrong.")
    assert list_decisions(panel.coordinator, case.death) == []


@pytest.mark.parametrize(
    ("changed", "reasons", "completed_on", "fields"),
    [
        ({}, "", HELD_ON, {"reasons"}),
        ({}, "x" * 10_001, HELD_ON, {"reasons"}),
        ({}, "Dr Example said so.", HELD_ON, {"reasons"}),
        ({}, "Agreed.", None, {"completed_on"}),
        ({}, "Agreed.", HELD_ON - timedelta(days=1), {"completed_on"}),
        ({}, "Agreed.", TODAY, set()),
        ({}, "Agreed.", TODAY + timedelta(days=1), {"completed_on"}),
        ({"categories": frozenset()}, "Agreed.", HELD_ON, {"categories"}),
        ({"status": "preventable"}, "Agreed.", HELD_ON, {"status"}),
        ({"status_reason": ""}, "Agreed.", HELD_ON, {"status_reason"}),
        ({"factors": (FactorFacts("child", "", "2"),)}, "Agreed.", HELD_ON, {"factors-0"}),
    ],
)
def test_what_is_wrong_with_a_decision_is_said_by_field(
    panel: Panel,
    case: PanelCase,
    changed: dict[str, object],
    reasons: str,
    completed_on: date | None,
    fields: set[str],
) -> None:
    judgement = replace(JUDGED, **changed)  # type: ignore[arg-type]
    if not fields:
        assert decide(panel.coordinator, case, judgement, reasons, completed_on).number == 1
        return
    with pytest.raises(InvalidInput) as wrong:
        decide(panel.coordinator, case, judgement, reasons, completed_on)
    assert set(wrong.value.errors) == fields
    assert copied(case.death) == (0, None, None, "")
    assert PanelDecision.select().count() == Factor.select().count() == 0


def test_a_correction_is_the_next_decision_and_the_old_one_stays(panel: Panel, case: PanelCase) -> None:
    first = decide(panel.coordinator, case, JUDGED, "All agreed.", HELD_ON)
    second = correct(panel.coordinator, case.death, OTHERWISE, "New facts.", TODAY, "The inquest.", 1)
    assert (second.number, second.correction_reason, second.present) == (2, "The inquest.", first.present)
    assert copied(case.death) == (2, TODAY, 8, "none")
    kept = list_decisions(panel.member, case.death)
    assert [(each.decision.number, each.judgement, each.decision.reasons) for each in kept] == [
        (2, OTHERWISE, "New facts."),
        (1, JUDGED, "All agreed."),
    ]
    assert current_decision(case.death) == second
    with pytest.raises(peewee.DatabaseError, match="append-only"), writing():
        PanelDecision.update(reasons="Other").where(PanelDecision.id == first.id).execute()


def test_a_correction_is_refused_without_reason_without_change_and_without_decision(
    panel: Panel, case: PanelCase, world: World
) -> None:
    with pytest.raises(Refused):
        correct(panel.coordinator, case.death, OTHERWISE, "New.", HELD_ON, "The inquest.")
    decide(panel.coordinator, case, JUDGED, "All agreed.", HELD_ON)
    with pytest.raises(InvalidInput) as missing:
        correct(panel.coordinator, case.death, OTHERWISE, "New.", HELD_ON, " ")
    assert set(missing.value.errors) == {"correction_reason"}
    with pytest.raises(InvalidInput) as same:
        correct(panel.coordinator, case.death, JUDGED, "All agreed.", HELD_ON, "The inquest.")
    assert set(same.value.errors) == {""}
    with pytest.raises(Refused):
        correct(world.cdop_member.viewer, case.death, OTHERWISE, "New.", HELD_ON, "The inquest.")
    assert copied(case.death) == (1, HELD_ON, 3, "identified")


def test_a_correction_of_an_older_decision_is_refused(panel: Panel, case: PanelCase) -> None:
    decide(panel.coordinator, case, JUDGED, "All agreed.", HELD_ON)
    correct(panel.coordinator, case.death, OTHERWISE, "New.", HELD_ON, "The inquest.", 1)
    with pytest.raises(StaleEdit):
        correct(panel.coordinator, case.death, JUDGED, "Newer.", HELD_ON, "A letter.", 1)
    assert copied(case.death)[0] == 2


def test_an_earlier_decision_is_kept_without_meeting_or_reasons(panel: Panel) -> None:
    death = panel.death(died_on=date(2009, 11, 3), case_number="09/001")
    preventable = Judgement(frozenset({9, 8}), "potentially_preventable")
    with change(panel.coordinator) as tx:
        decision = record_earlier(tx, death, preventable, date(2010, 3, 31), "A paediatrician")
    assert (decision.number, decision.meeting_id, decision.present) == (1, None, "A paediatrician")
    assert copied(death) == (1, date(2010, 3, 31), 8, "potentially_preventable")
    with pytest.raises(InvalidInput), change(panel.coordinator) as tx:
        record_earlier(tx, death, preventable, date(2010, 4, 1))
    assert (
        correct(
            panel.coordinator, death, OTHERWISE, "Looked at anew.", date(2011, 1, 5), "It was reviewed again."
        ).primary_category
        == 8
    )


def test_every_operation_tells_of_exactly_what_it_changed(panel: Panel, case: PanelCase) -> None:
    early = panel.death()

    def earlier() -> None:
        with change(panel.coordinator) as tx:
            record_earlier(tx, early, replace(JUDGED, status_reason=""), HELD_ON)

    operations: dict[str, Callable[[], object]] = {
        "decide": lambda: decide(panel.coordinator, case, JUDGED, "Agreed.", HELD_ON),
        "correct": lambda: correct(panel.coordinator, case.death, OTHERWISE, "New.", HELD_ON, "Wrong."),
        "earlier": earlier,
    }
    assert {name: found for name, each in operations.items() if (found := unaudited(each))} == {}


def test_decisions_are_read_in_as_many_queries_whatever_their_number(panel: Panel, case: PanelCase) -> None:
    decide(panel.coordinator, case, JUDGED, "0", HELD_ON)
    with counted() as one:
        list_decisions(panel.coordinator, case.death)
    for number in range(1, 8):
        correct(panel.coordinator, case.death, JUDGED, str(number), HELD_ON, "Again.")
    with counted() as many:
        assert len(list_decisions(panel.coordinator, case.death)) == 8
    assert int(one) == int(many)


def test_who_was_there_is_kept_as_it_was_when_it_was_decided(panel: Panel, case: PanelCase) -> None:
    decision = panel_decides(panel, case)
    with writing():
        Attendance.delete().execute()
    assert PanelDecision.get_by_id(decision.id).present == "Kent Police: Detective inspector"


def panel_decides(panel: Panel, case: PanelCase) -> PanelDecision:
    """Record the panel's decision on a case that is ready for it."""
    return decide(panel.coordinator, case, JUDGED, "All agreed.", HELD_ON)
