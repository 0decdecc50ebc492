"""Agencies are asked, answer, and are corrected; a member sees the returns of their own panels' cases."""

from datetime import date

import pytest

from kscb_actions.access.policy import Refused
from kscb_actions.audit.models import AuditEvent
from kscb_actions.audit.service import StaleEdit
from kscb_actions.child_deaths.cases.papers import build_papers
from kscb_actions.child_deaths.cases.queries import DeathFilter, list_deaths
from kscb_actions.child_deaths.meetings.queries import agenda
from kscb_actions.child_deaths.returns.models import AgencyReturn
from kscb_actions.child_deaths.returns.queries import get_return, list_returns, overdue_returns
from kscb_actions.child_deaths.returns.service import (
    answer_return,
    ask_returns,
    change_return,
    take_back_return,
)
from kscb_actions.settings.rules import Board
from kscb_actions.text import InvalidInput

from ...factories import TODAY, World
from ...factories_deaths import Panel

ASKED = date(2012, 3, 1)


@pytest.fixture
def panel(world: World) -> Panel:
    """Give a panel with nothing before it."""
    return Panel(world)


@pytest.mark.parametrize(
    ("asked_on", "due_on", "fields"),
    [
        (TODAY, TODAY, []),
        (ASKED, ASKED, []),
        (None, TODAY, ["asked_on"]),
        (date(2012, 3, 31), date(2012, 4, 1), ["asked_on"]),
        (ASKED, None, ["due_on"]),
        (ASKED, date(2012, 2, 29), ["due_on"]),
        (None, None, ["asked_on", "due_on"]),
    ],
)
def test_the_days_of_asking_are_checked(
    panel: Panel, asked_on: date | None, due_on: date | None, fields: list[str]
) -> None:
    death, agencies = panel.death(), [panel.world.police, panel.world.health]
    if fields:
        with pytest.raises(InvalidInput) as wrong:
            ask_returns(panel.coordinator, death, agencies, asked_on, due_on, is_by_hand=True)
        assert list(wrong.value.errors) == fields
        assert AgencyReturn.select().count() == 0
    else:
        assert len(ask_returns(panel.coordinator, death, agencies, asked_on, due_on, is_by_hand=True)) == 2


def test_an_agency_is_asked_once_for_a_case(panel: Panel) -> None:
    death = panel.death()
    panel.asked(death)
    with pytest.raises(InvalidInput, match="Kent Police has been asked already"):
        ask_returns(panel.coordinator, death, [panel.world.health, panel.world.police], ASKED, TODAY)
    with pytest.raises(InvalidInput, match="at least one agency"):
        ask_returns(panel.coordinator, death, [], ASKED, TODAY)
    assert [each.agency.name for each in list_returns(panel.coordinator, death)] == ["Kent Police"]


@pytest.mark.parametrize(
    ("answered_on", "knows", "summary", "fields"),
    [
        (date(2012, 2, 9), "yes", "Known since birth.", []),
        (TODAY, "no", "", []),
        (TODAY, "not_known", "", []),
        (None, "no", "", ["answered_on"]),
        (date(2012, 2, 8), "no", "", ["answered_on"]),
        (date(2012, 3, 31), "no", "", ["answered_on"]),
        (TODAY, "", "", ["knows_child"]),
        (TODAY, "yes", " \n", ["summary"]),
        (TODAY, "no", "x" * 10_001, ["summary"]),
        (TODAY, "no", "Mrs Smith said so.", ["summary"]),
    ],
)
def test_an_answer_is_checked(
    panel: Panel, answered_on: date | None, knows: str, summary: str, fields: list[str]
) -> None:
    asked = panel.asked(panel.death())
    if fields:
        with pytest.raises(InvalidInput) as wrong:
            answer_return(panel.coordinator, asked, answered_on, knows, summary, 1)
        assert list(wrong.value.errors) == fields
        assert AgencyReturn.get().answered_on is None
    else:
        assert answer_return(panel.coordinator, asked, answered_on, knows, summary, 1).version == 2


def test_an_answer_and_its_days_can_be_corrected(panel: Panel) -> None:
    came = panel.answered(panel.death())
    corrected = answer_return(panel.coordinator, came, date(2012, 2, 21), "no", "", came.version)
    with pytest.raises(StaleEdit):
        change_return(panel.coordinator, AgencyReturn.get(), date(2012, 2, 10), TODAY, 1)
    with pytest.raises(InvalidInput, match="answered before"):
        change_return(panel.coordinator, corrected, date(2012, 2, 22), TODAY, corrected.version)
    changed = change_return(panel.coordinator, corrected, date(2012, 2, 21), TODAY, corrected.version)
    assert (changed.asked_on, changed.due_on, changed.answered_on) == (
        date(2012, 2, 21),
        TODAY,
        date(2012, 2, 21),
    )


def test_overdue_is_from_the_day_after_it_was_due_until_it_comes(panel: Panel) -> None:
    death = panel.death()
    late = panel.asked(death, due_on=date(2012, 3, 29))
    panel.asked(death, panel.world.health, due_on=TODAY)
    panel.answered(death, panel.world.probation)
    assert overdue_returns(panel.coordinator, TODAY) == [late]
    assert overdue_returns(panel.coordinator, date(2012, 3, 29)) == []
    assert overdue_returns(panel.member, TODAY) == []
    answer_return(panel.coordinator, late, TODAY, "no", "", 1)
    assert overdue_returns(panel.coordinator, TODAY) == []


def test_a_return_is_fetched_with_its_own_case_only(panel: Panel) -> None:
    death, other = panel.death(), panel.death(district="dover")
    asked = panel.asked(death)
    assert get_return(panel.coordinator, death.id, asked.id) == asked
    assert get_return(panel.coordinator, other.id, asked.id) is None
    assert get_return(panel.member, death.id, asked.id) is None


def test_a_request_that_was_taken_back_is_nowhere_but_in_the_trail(panel: Panel) -> None:
    death = panel.death()
    meeting = panel.meeting(cases=[death])
    asked, came = panel.asked(death), panel.answered(death, panel.world.health)
    take_back_return(panel.coordinator, asked, "Another child was meant.")
    assert list_returns(panel.coordinator, death) == [came]
    assert get_return(panel.coordinator, death.id, asked.id) is None
    assert overdue_returns(panel.coordinator, TODAY) == []
    for returns in ("waiting", "overdue"):
        assert list_deaths(panel.coordinator, DeathFilter(returns=returns, today=TODAY)).total == 0
    (listed,) = list_deaths(panel.coordinator, DeathFilter()).rows
    (on_agenda,) = agenda(panel.coordinator, meeting)
    assert (listed.answered, listed.asked) == (on_agenda.answered, on_agenda.asked) == (1, 1)
    papers = build_papers(panel.coordinator, Board(), meeting, TODAY)
    assert "Kent Police" not in str(papers) and panel.world.health.name in str(papers)
    (event,) = AuditEvent.select().where(AuditEvent.event == "return.taken-back")
    assert "Another child was meant." in event.changes


@pytest.mark.parametrize("reason", ["", " \n", "x" * 10_001, "Mrs Smith said so."])
def test_a_request_is_taken_back_with_a_fit_reason_only(panel: Panel, reason: str) -> None:
    asked = panel.asked(panel.death())
    with pytest.raises(InvalidInput) as wrong:
        take_back_return(panel.coordinator, asked, reason)
    assert list(wrong.value.errors) == ["reason"]
    assert AgencyReturn.get().taken_back_on is None


def test_what_was_answered_is_not_taken_back_nor_what_was_taken_back_answered(panel: Panel) -> None:
    death = panel.death()
    came, asked = panel.answered(death), panel.asked(death, panel.world.health)
    with pytest.raises(Refused, match="has answered"):
        take_back_return(panel.coordinator, came, "By mistake.")
    gone = take_back_return(panel.coordinator, asked, "By mistake.")
    with pytest.raises(Refused, match="taken back"):
        take_back_return(panel.coordinator, asked, "Twice.")
    with pytest.raises(Refused, match="taken back"):
        answer_return(panel.coordinator, gone, TODAY, "no", "", gone.version)
    with pytest.raises(Refused, match="taken back"):
        change_return(panel.coordinator, gone, ASKED, TODAY, gone.version)
    kept = AgencyReturn.get_by_id(asked.id)
    assert (kept.answered_on, kept.taken_back_reason) == (None, "By mistake.")


def test_an_agency_is_asked_anew_after_it_was_taken_back(panel: Panel) -> None:
    death = panel.death()
    asked = panel.asked(death)
    take_back_return(panel.coordinator, asked, "By mistake.")
    agencies = [panel.world.police, panel.world.health]
    rows = ask_returns(panel.coordinator, death, agencies, ASKED, TODAY, is_by_hand=True)
    assert [row.id for row in rows] == [asked.id, rows[1].id]
    assert list_returns(panel.coordinator, death) == rows
    anew = AgencyReturn.get_by_id(asked.id)
    assert (anew.asked_on, anew.due_on, anew.taken_back_on, anew.taken_back_reason) == (
        ASKED,
        TODAY,
        None,
        "",
    )
    with pytest.raises(InvalidInput, match="Kent Police has been asked already"):
        ask_returns(panel.coordinator, death, agencies[:1], ASKED, TODAY, is_by_hand=True)


@pytest.mark.parametrize("name", ["manager", "chair", "police_lead", "reader", "cdop_member"])
def test_only_the_co_ordinator_asks_and_answers(panel: Panel, name: str) -> None:
    viewer, death = getattr(panel.world, name).viewer, panel.death()
    asked = panel.asked(death)
    with pytest.raises(Refused):
        ask_returns(viewer, death, [panel.world.health], ASKED, TODAY)
    with pytest.raises(Refused):
        answer_return(viewer, asked, TODAY, "no", "", 1)
    with pytest.raises(Refused):
        change_return(viewer, asked, ASKED, TODAY, 1)
    with pytest.raises(Refused):
        take_back_return(viewer, asked, "By mistake.")


def test_a_return_is_not_overdue_once_the_panel_has_decided_without_it(panel: Panel) -> None:
    death = panel.death()
    panel.asked(death)
    panel.decision(death)
    assert overdue_returns(panel.coordinator, TODAY) == []
    assert list_deaths(panel.coordinator, DeathFilter(returns="overdue", today=TODAY)).total == 0
    assert list_deaths(panel.coordinator, DeathFilter(returns="waiting", today=TODAY)).total == 1
