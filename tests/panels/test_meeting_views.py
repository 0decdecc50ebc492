"""The pages of meetings, as co-ordinator and members use them."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from kscb_actions import clock
from kscb_actions.access.policy import Role
from kscb_actions.deaths.models import PanelCase, PanelMeeting, PanelSeat
from kscb_actions.panels.decisions import decide
from kscb_actions.panels.judging import Judgement
from kscb_actions.panels.models import Attendance
from kscb_actions.panels.proposals import close_proposals, propose
from kscb_actions.panels.service import record_attendance
from kscb_actions.people.models import User
from tests.factories import TODAY, World
from tests.factories_deaths import Panel
from tests.pages import Visitor
from tests.queries import counted

JUDGEMENT = Judgement(frozenset({3}), "none", "A secret opinion.")
DAYS = {"held_on": ["12", "4", "2012"], "proposals_due_on": ["5", "4", "2012"]}


@pytest.fixture
def panel(world: World) -> Panel:
    return Panel(world)


@pytest.fixture
def keeper(panel: Panel, visit: Callable[[User], Visitor]) -> Visitor:
    return visit(panel.world.cdop_coordinator)


@pytest.fixture
def member(panel: Panel, visit: Callable[[User], Visitor]) -> Visitor:
    return visit(panel.world.cdop_member)


def test_a_meeting_is_planned_and_then_members_get_seats(panel: Panel, keeper: Visitor) -> None:
    sent = keeper.post("/panels/new", {**DAYS, "note": "Room 4."})
    meeting = PanelMeeting.get()
    assert sent.leads_to.endswith(f"/panels/{meeting.id}/members")
    assert (meeting.held_on, meeting.note) == (date(2012, 4, 12), "Room 4.")
    keeper.post(f"/panels/{meeting.id}/members", {"member": str(panel.world.cdop_member.id)})
    assert [seat.user_id for seat in PanelSeat.select()] == [panel.world.cdop_member.id]
    page = keeper.get(f"/panels/{meeting.id}/members")
    assert "Every panel member has a seat." in page.text
    keeper.post(f"/panels/{meeting.id}/members", {"remove": str(panel.world.cdop_member.id)})
    assert PanelSeat.select().count() == 0


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({}, {"held_on", "proposals_due_on"}),
        ({**DAYS, "held_on": ["31", "2", "2012"]}, {"held_on"}),
        ({**DAYS, "proposals_due_on": ["12", "4", "2012"]}, {"proposals_due_on"}),
        ({"held_on": "x", "proposals_due_on": ["1"]}, {"held_on", "proposals_due_on"}),
    ],
)
def test_wrong_days_are_told_beside_their_fields(
    panel: Panel, keeper: Visitor, fields: dict[str, Any], wrong: set[str]
) -> None:
    page = keeper.post("/panels/new", {**fields, "note": "Kept."})
    assert set(page.errors) == wrong
    assert page.value("note") == "Kept."
    assert PanelMeeting.select().count() == 0


def test_a_closed_meeting_takes_no_case(panel: Panel, keeper: Visitor) -> None:
    meeting, death = panel.meeting(cases=[panel.death()]), panel.death()
    close_proposals(panel.coordinator, meeting)
    page = keeper.post(f"/panels/{meeting.id}/agenda", {"case": str(death.id)})
    assert "proposals of this meeting are closed" in " ".join(page.errors.values())
    assert PanelCase.select().count() == 1


def test_a_decided_case_comes_back_by_its_number(panel: Panel, keeper: Visitor) -> None:
    death = panel.death(case_number="11/700")
    held = panel.meeting(TODAY, cases=[death])
    close_proposals(panel.coordinator, held)
    record_attendance(panel.coordinator, held, panel.world.police, "Inspector")
    decide(panel.coordinator, PanelCase.get(), JUDGEMENT, "All agreed.", TODAY)
    meeting = panel.meeting()
    address = f"/panels/{meeting.id}/agenda"
    page = keeper.post(address, {"decided_case": "11/701"})
    assert page.errors == {"decided_case": "No decided case has this number."}
    assert page.value("decided_case") == "11/701"
    keeper.post(address, {"decided_case": "11/700"})
    assert "Back for a correction" in keeper.get(address).text


def test_two_coordinators_edit_and_the_second_sees_both(panel: Panel, keeper: Visitor) -> None:
    meeting = panel.meeting()
    address = f"/panels/{meeting.id}/edit"
    old = keeper.get(address).value("version")
    keeper.send(address, {**DAYS, "note": "First."})
    page = keeper.post(address, {**DAYS, "note": "Second.", "version": old})
    assert page.status == 409
    assert "First." in page.text
    assert page.value("note") == "Second."
    keeper.post(address, {**DAYS, "note": "Second.", "version": page.value("version")})
    assert PanelMeeting.get().note == "Second."


def test_cases_go_on_the_agenda_move_and_come_off(panel: Panel, keeper: Visitor) -> None:
    meeting, one, two = panel.meeting(), panel.death(), panel.death()
    address = f"/panels/{meeting.id}/agenda"
    for death in (one, two):
        keeper.send(address, {"case": str(death.id)})
    assert set(keeper.get(address).errors) == set()
    second = PanelCase.get(PanelCase.death == two)
    keeper.post(address, {"up": str(second.id)})
    rows = keeper.get(address).tree.xpath("//main//tbody//th//text()")
    assert [text.strip() for text in rows if text.strip()] == [
        f"1. {two.case_number}",
        f"2. {one.case_number}",
    ]
    keeper.post(address, {"remove": str(second.id)})
    assert [row.death_id for row in PanelCase.select()] == [one.id]


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"case": "x"},
        {"case": "99999999999999999999"},
        {"case": ""},
        {"decided_case": "7"},
        {"remove": "x"},
        {"remove": "99999999999999999999"},
        {"up": ""},
    ],
)
def test_odd_input_to_the_agenda_changes_nothing(
    panel: Panel, keeper: Visitor, fields: dict[str, str]
) -> None:
    meeting = panel.meeting(cases=[panel.death()])
    page = keeper.post(f"/panels/{meeting.id}/agenda", fields)
    assert page.status == 200
    assert page.errors
    assert PanelCase.select().count() == 1


@pytest.mark.parametrize(
    "fields", [{}, {"member": "x"}, {"member": "0"}, {"remove": "x"}, {"remove": "1" * 30}]
)
def test_odd_input_to_the_members_changes_nothing(
    panel: Panel, keeper: Visitor, fields: dict[str, str]
) -> None:
    meeting = panel.meeting()
    page = keeper.post(f"/panels/{meeting.id}/members", fields)
    assert page.status == 200
    assert page.errors
    assert PanelSeat.select().count() == 1


def test_a_seat_with_a_proposal_is_kept_and_the_page_says_why(panel: Panel, keeper: Visitor) -> None:
    meeting = panel.meeting(cases=[panel.death()])
    propose(panel.member, PanelCase.get(), JUDGEMENT)
    page = keeper.post(f"/panels/{meeting.id}/members", {"remove": str(panel.world.cdop_member.id)})
    assert "has made a proposal at this meeting" in " ".join(page.errors.values())
    case = PanelCase.get()
    page = keeper.post(f"/panels/{meeting.id}/agenda", {"remove": str(case.id)})
    assert "proposal on this case" in " ".join(page.errors.values())
    assert (PanelSeat.select().count(), PanelCase.select().count()) == (1, 1)


def test_attendance_is_recorded_by_agency_and_post(panel: Panel, keeper: Visitor) -> None:
    meeting = panel.meeting(TODAY)
    address = f"/panels/{meeting.id}/attendance"
    assert set(keeper.post(address, {}).errors) == {"agency", "post"}
    assert set(keeper.post(address, {"agency": "NONE", "post": "Inspector"}).errors) == {"agency"}
    keeper.post(address, {"agency": "KPOL", "post": "Detective inspector"})
    there = Attendance.get()
    assert "Kent Police: Detective inspector" in keeper.get(f"/panels/{meeting.id}").text
    assert keeper.post(address, {"remove": "x"}).errors
    keeper.post(address, {"remove": str(there.id)})
    assert Attendance.select().count() == 0


def test_attendance_waits_for_the_meeting(panel: Panel, keeper: Visitor) -> None:
    meeting = panel.meeting()
    address = f"/panels/{meeting.id}/attendance"
    assert "still to come" in keeper.get(address).text
    assert set(keeper.post(address, {"agency": "KPOL", "post": "Inspector"}).errors) == {"post"}
    assert Attendance.select().count() == 0


def test_the_coordinator_sees_who_has_proposed_and_not_what(panel: Panel, keeper: Visitor) -> None:
    second = panel.world.person("second-member", Role.CDOP_MEMBER)
    third = panel.world.person("third-member", Role.CDOP_MEMBER)
    death = panel.death()
    panel.answered(death)
    panel.asked(death, panel.world.health)
    meeting = panel.meeting(members=[panel.world.cdop_member, second, third], cases=[death])
    propose(panel.member, PanelCase.get(), JUDGEMENT)
    propose(panel.world.as_viewer(third), PanelCase.get(), JUDGEMENT)
    panel.interest(death, third)
    page = keeper.get(f"/panels/{meeting.id}")
    assert "1 of 2 in" in page.text
    assert "1 of 2 made" in page.text
    assert "Cdop member: proposed" in page.text
    assert "Second member: not yet" in page.text
    assert "Third member: withdrawn: interest declared" in page.text
    assert "secret" not in page.source
    assert "Trauma" not in page.source


def test_a_member_sees_own_cases_with_what_to_do(panel: Panel, member: Visitor) -> None:
    one, two, far = panel.death(), panel.death(), panel.death()
    meeting = panel.meeting(cases=[one, two])
    panel.meeting(date(2012, 5, 10), members=[], cases=[far])
    propose(panel.member, PanelCase.get(PanelCase.death == one), JUDGEMENT)
    page = member.get(f"/panels/{meeting.id}")
    assert f"Change your proposal for case {one.case_number}" in page.text
    assert f"Propose for case {two.case_number}" in page.text
    assert {
        f"/panels/{meeting.id}/cases/{one.id}/propose",
        f"/panels/{meeting.id}/cases/{two.id}/propose",
        f"/deaths/{one.id}/interests",
        f"/deaths/{two.id}/interests",
    } <= page.links()
    assert far.case_number not in page.source
    assert f"/panels/{meeting.id}/agenda" not in page.links()
    close_proposals(panel.coordinator, meeting)
    assert "See the proposals" in member.get(f"/panels/{meeting.id}").text


def test_a_coordinator_with_a_seat_sees_both(panel: Panel, visit: Callable[[User], Visitor]) -> None:
    both = panel.world.person("both", Role.CDOP_MEMBER, Role.CDOP_COORDINATOR)
    meeting = panel.meeting(members=[both], cases=[panel.death()])
    page = visit(both).get(f"/panels/{meeting.id}")
    assert "Your cases" in page.text
    assert "What to do next" in page.text


def test_a_meeting_is_not_there_without_a_seat(
    panel: Panel, member: Visitor, visit: Callable[[User], Visitor]
) -> None:
    meeting = panel.meeting(members=[])
    assert member.get(f"/panels/{meeting.id}").status == 404
    assert "You have no seat at a meeting yet." in member.get("/panels").text
    panel.seat(meeting, panel.world.cdop_member)
    assert member.get(f"/panels/{meeting.id}").status == 200
    assert member.get(f"/panels/{meeting.id}/agenda").status == 403
    for user in (panel.world.manager, panel.world.chair, panel.world.reader, panel.world.police_lead):
        assert visit(user).get(f"/panels/{meeting.id}").status == 404
        assert visit(user).get("/panels").status == 403


def test_a_case_with_an_interest_is_neither_shown_nor_counted_to_its_coordinator(
    panel: Panel, keeper: Visitor
) -> None:
    panel.world.person("second-coordinator", Role.CDOP_COORDINATOR)
    death = panel.death(case_number="77/777")
    meeting = panel.meeting(cases=[death])
    panel.interest(death, panel.world.cdop_coordinator)
    for path in ("", "/agenda", "/papers"):
        assert "77/777" not in keeper.get(f"/panels/{meeting.id}{path}").source
    assert "No case" in keeper.get("/panels").text
    case = PanelCase.get()
    assert keeper.post(f"/panels/{meeting.id}/agenda", {"remove": str(case.id)}).errors
    assert PanelCase.select().count() == 1


@pytest.mark.parametrize(
    ("on", "asks", "asks_not"),
    [
        (date(2012, 4, 5), [], ["Remind the members"]),
        (
            date(2012, 4, 6),
            ["1 proposal still to come", "Remind the members"],
            ["Close the proposals. Then you"],
        ),
        (date(2012, 4, 12), ["Close the proposals. Then you"], []),
    ],
)
def test_what_to_do_next_follows_the_days(
    panel: Panel, keeper: Visitor, on: date, asks: list[str], asks_not: list[str]
) -> None:
    meeting = panel.meeting(cases=[panel.death()])
    with clock.at(on):
        text = keeper.get(f"/panels/{meeting.id}").text
    assert all(each in text for each in asks)
    assert not any(each in text for each in asks_not)


def test_after_closing_attendance_and_decisions_are_next(panel: Panel, keeper: Visitor) -> None:
    meeting = panel.meeting(TODAY, cases=[panel.death(), panel.death()])
    close_proposals(panel.coordinator, meeting)
    text = keeper.get(f"/panels/{meeting.id}").text
    assert "Record which agencies were there." in text
    assert "Record 2 decisions" in text


def test_pages_take_no_more_queries_with_more_cases(panel: Panel, keeper: Visitor, member: Visitor) -> None:
    meeting = panel.meeting(cases=[panel.death()])
    pages = [(who, path) for who in (keeper, member) for path in ("/panels", f"/panels/{meeting.id}")]
    pages.append((keeper, f"/panels/{meeting.id}/agenda"))

    def queries() -> list[int]:
        made = []
        for who, path in pages:
            with counted() as count:
                assert who.get(path).status == 200
            made.append(int(count))
        return made

    few = queries()
    for _ in range(4):
        panel.answered(panel.case(meeting, panel.death()).death)
        panel.death()
    assert queries() == few
