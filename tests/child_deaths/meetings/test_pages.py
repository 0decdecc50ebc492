"""The pages of meetings, as co-ordinator and members use them."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from kscb_actions import clock
from kscb_actions.access.policy import SYSTEM, Role
from kscb_actions.audit.models import AuditEvent
from kscb_actions.child_deaths.judging.decisions import decide
from kscb_actions.child_deaths.judging.proposals import close_proposals, propose
from kscb_actions.child_deaths.judging.rules import Judgement
from kscb_actions.child_deaths.meetings.models import Attendance, PanelCase, PanelMeeting, PanelSeat
from kscb_actions.child_deaths.meetings.service import add_cases, record_attendance, seat_members
from kscb_actions.people.models import User
from kscb_actions.people.service import add_person
from kscb_actions.text import InvalidInput

from ...factories import TODAY, World
from ...factories_deaths import Panel
from ...pages import Visitor
from ...queries import counted

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
    keeper.post(f"/panels/{meeting.id}/members", {"members": str(panel.world.cdop_member.id)})
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
    page = keeper.post(f"/panels/{meeting.id}/agenda", {"cases": str(death.id)})
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
        keeper.send(address, {"cases": str(death.id)})
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


def test_several_members_get_seats_with_one_save(panel: Panel, keeper: Visitor) -> None:
    one, two, three = (panel.world.person(name, Role.CDOP_MEMBER) for name in ("one", "two", "three"))
    panel.meeting(date(2012, 3, 8), members=[two])
    meeting = panel.meeting(members=[panel.world.cdop_member])
    address = f"/panels/{meeting.id}/members"
    page = keeper.get(address)
    assert page.tree.xpath("//fieldset//legend/text()") and page.text.index("Two") < page.text.index("One")
    assert "Sat at the meeting on 8 March 2012" in page.text and "Other members" in page.text
    before = AuditEvent.select().count()
    sent = keeper.post(address, {"members": [str(one.id), str(three.id), str(one.id)]})
    assert "2 members have a seat" in keeper.get(sent.leads_to).text
    assert {each.user_id for each in PanelSeat.select().where(PanelSeat.meeting == meeting)} == {
        panel.world.cdop_member.id,
        one.id,
        three.id,
    }
    told = AuditEvent.select().where(AuditEvent.id > before)
    assert [event.event for event in told] == ["panel.seated"] * 2


def test_several_cases_go_on_the_agenda_with_one_save_in_the_order_of_the_page(
    panel: Panel, keeper: Visitor
) -> None:
    unasked, waits, ready = panel.death(), panel.death(), panel.death()
    panel.answered(ready)
    panel.answered(waits)
    panel.asked(waits, panel.world.health)
    meeting = panel.meeting()
    address = f"/panels/{meeting.id}/agenda"
    page = keeper.get(address)
    groups = [
        " ".join(each.text_content().split()) for each in page.tree.xpath("//fieldset//fieldset/legend")
    ]
    assert groups == [
        "All agency returns are in",
        "Agency returns are still to come",
        "No agency has been asked yet",
    ]
    assert "1 of 2 in" in page.text
    before = AuditEvent.select().count()
    sent = keeper.post(address, {"cases": [str(each.id) for each in (unasked, waits, ready)]})
    assert "3 cases are on the agenda." in keeper.get(sent.leads_to).text
    rows = PanelCase.select().order_by(PanelCase.place)
    assert [(row.death_id, row.place) for row in rows] == [(ready.id, 1), (waits.id, 2), (unasked.id, 3)]
    told = AuditEvent.select().where(AuditEvent.id > before)
    assert [event.event for event in told] == ["panel.case-added"] * 3
    assert "No case waits for a panel." in keeper.get(address).text


def test_what_cannot_be_chosen_any_more_is_told_and_the_other_ticks_stay(
    panel: Panel, keeper: Visitor
) -> None:
    one, gone = panel.death(), panel.death()
    meeting = panel.meeting()
    panel.meeting(date(2012, 5, 10), cases=[gone])
    address = f"/panels/{meeting.id}/agenda"
    page = keeper.post(address, {"cases": [str(one.id), str(gone.id)]})
    assert page.errors == {"cases": "Choose from the list. It has changed since you opened the page."}
    assert page.value("cases") == [str(one.id)]
    assert PanelCase.select().count() == 1
    panel.world.person("other-member", Role.CDOP_MEMBER)
    members = f"/panels/{meeting.id}/members"
    assert keeper.post(members, {}).errors == {"members": "Select at least one member."}
    assert keeper.post(address, {}).errors == {"cases": "Select at least one case."}


@pytest.mark.parametrize("field", ["members", "cases"])
def test_one_that_cannot_be_put_on_keeps_all_from_it(panel: Panel, field: str) -> None:
    meeting, good, bad = panel.meeting(), panel.death(), panel.death()
    panel.meeting(date(2012, 5, 10), cases=[bad])
    other = panel.world.person("other-member", Role.CDOP_MEMBER)
    operations = {
        "members": lambda: seat_members(panel.coordinator, meeting, [other, panel.world.cdop_member]),
        "cases": lambda: add_cases(panel.coordinator, meeting, [good, bad]),
    }
    before = AuditEvent.select().count()
    with pytest.raises(InvalidInput) as wrong:
        operations[field]()
    assert list(wrong.value.errors) == [field]
    assert ("Cdop member" if field == "members" else f"Case {bad.case_number}:") in str(wrong.value)
    assert AuditEvent.select().count() == before
    assert (PanelSeat.select().where(PanelSeat.meeting == meeting).count(), len(list(meeting.cases))) == (
        1,
        0,
    )


def test_a_case_goes_on_the_next_agenda_from_its_own_page(panel: Panel, keeper: Visitor) -> None:
    death = panel.death()
    address = f"/deaths/{death.id}/agenda"
    assert "No meeting can take a case." in keeper.get(address).text
    assert "Select a meeting." in keeper.post(address, {"meeting": "x"}).errors[""]
    over = panel.meeting(date(2012, 3, 8))
    coming, later = panel.meeting(date(2012, 4, 12)), panel.meeting(date(2012, 5, 10))
    assert address in keeper.get(f"/deaths/{death.id}").links()
    page = keeper.get(address)
    assert page.value("meeting") == [str(coming.id)]
    assert page.tree.xpath("//input[@name='meeting']/@value") == [str(m.id) for m in (over, coming, later)]
    for odd in ({}, {"meeting": ""}, {"meeting": "x"}, {"meeting": "9" * 30}):
        assert keeper.post(address, odd).errors == {"meeting": "Select a meeting."}
    assert keeper.send(address, {"meeting": str(later.id)}).leads_to == f"/deaths/{death.id}"
    page = keeper.get(f"/deaths/{death.id}")
    assert "on the agenda of the meeting on 10 May 2012." in page.text and address not in page.links()
    assert [row.meeting_id for row in PanelCase.select()] == [later.id]
    for sent in (keeper.get(address), keeper.post(address, {"meeting": str(coming.id)})):
        assert sent.leads_to == f"/deaths/{death.id}"
    assert PanelCase.select().count() == 1


@pytest.mark.parametrize(
    ("on", "is_closed", "leads_to"),
    [
        (date(2012, 4, 5), False, None),
        (date(2012, 4, 6), False, "/panels/{meeting}#cases"),
        (date(2012, 4, 11), False, "/panels/{meeting}#cases"),
        (date(2012, 4, 12), False, "/panels/{meeting}/close"),
        (date(2012, 4, 12), True, "/panels/{meeting}/cases/{death}/decide"),
        (date(2012, 4, 11), True, None),
    ],
)
def test_what_a_case_waits_for_is_a_link_to_where_it_is_done(
    panel: Panel, keeper: Visitor, on: date, is_closed: bool, leads_to: str | None
) -> None:
    death = panel.death()
    panel.answered(death)
    meeting = panel.meeting(cases=[death])
    with clock.at(on):
        if is_closed:
            close_proposals(panel.coordinator, meeting)
        page = keeper.get(f"/deaths/{death.id}")
        steps = page.tree.xpath("//h2[.='What to do next']/following-sibling::ul[1]/li")
        assert [each.xpath("./a/@href") for each in steps] == (
            [[leads_to.format(meeting=meeting.id, death=death.id)]] if leads_to else []
        )


def test_every_step_of_a_meeting_leads_somewhere(panel: Panel, keeper: Visitor) -> None:
    death = panel.death()
    panel.asked(death)
    meeting = panel.meeting(cases=[death])
    with clock.at(date(2012, 4, 12)):
        for path in (f"/panels/{meeting.id}", "/panel-work"):
            page = keeper.get(path)
            steps = page.tree.xpath("//main//li[contains(., 'not in yet') or contains(., 'still to come')]")
            assert [each.xpath("./a/@href") for each in steps] == [[f"/panels/{meeting.id}#cases"]] * 2
    assert keeper.get(f"/panels/{meeting.id}").tree.xpath("//*[@id='cases']")


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"cases": "x"},
        {"cases": "99999999999999999999"},
        {"cases": ""},
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
    "fields", [{}, {"members": "x"}, {"members": "0"}, {"remove": "x"}, {"remove": "1" * 30}]
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


def test_what_cannot_come_off_the_agenda_has_no_button_for_it(panel: Panel, keeper: Visitor) -> None:
    one, two, three = panel.death(), panel.death(), panel.death()
    meeting = panel.meeting(TODAY, cases=[one, two])
    rows = {case.death_id: case for case in PanelCase.select()}
    propose(panel.member, rows[two.id], JUDGEMENT)
    address = f"/panels/{meeting.id}/agenda"
    buttons = "//button[@name='remove']/@value"
    page = keeper.get(address)
    assert page.tree.xpath(buttons) == [str(rows[one.id].id)] and "Stays: a proposal is made" in page.text
    panel.close(meeting)
    decide(panel.coordinator, rows[one.id], JUDGEMENT, "All agreed.", TODAY)
    page = keeper.get(address)
    assert page.tree.xpath(buttons) == [] and "Stays: it was decided here" in page.text
    assert str(three.case_number) not in page.text


def test_names_with_commas_stand_apart_where_the_proposals_are_closed(panel: Panel, keeper: Visitor) -> None:
    nurse = add_person(
        SYSTEM, "nurse@nhs.example", "Designated nurse, NHS", frozenset({Role.CDOP_MEMBER}), None
    )
    meeting = panel.meeting(members=[panel.world.cdop_member, nurse], cases=[panel.death()])
    page = keeper.get(f"/panels/{meeting.id}/close")
    assert page.tree.xpath("//table//td//li/text()") == [panel.world.cdop_member.name, nurse.name]


def test_attendance_is_proposed_from_the_seats_and_saved_at_once(panel: Panel, keeper: Visitor) -> None:
    world = panel.world
    officer = world.person("officer", Role.CDOP_MEMBER, agency=world.police)
    sergeant = world.person("sergeant", Role.CDOP_MEMBER, agency=world.police)
    nurse = world.person("nurse", Role.CDOP_MEMBER, agency=world.health)
    before = panel.meeting(date(2012, 1, 12), members=[])
    record_attendance(panel.coordinator, before, world.police, "Detective inspector")
    meeting = panel.meeting(TODAY, members=[officer, sergeant, nurse])
    address = f"/panels/{meeting.id}/attendance"
    page = keeper.get(address)
    posts = [page.value(f"post_{each.id}") for each in (officer, sergeant, nurse)]
    assert posts == ["Detective inspector", "Panel member", "Panel member"]
    assert all(page.value(f"there_{each.id}") for each in (officer, sergeant, nurse))
    wrong = keeper.send(address, {f"post_{nurse.id}": "Dr Smith", "agency": "NONE", "post": "Clerk"})
    assert set(wrong.errors) == {f"post_{nurse.id}", "agency"}
    assert wrong.value(f"post_{nurse.id}") == "Dr Smith" and meeting.attendance.count() == 0
    keeper.send(address, {f"there_{sergeant.id}": [], f"post_{nurse.id}": "Named nurse"})
    rows = {(each.agency.code, each.post) for each in meeting.attendance}
    assert rows == {("KPOL", "Detective inspector"), (world.health.code, "Named nurse")}
    # Who is recorded is not proposed again; the second officer still is, and nobody has to be ticked.
    again = keeper.get(address)
    assert again.tree.xpath("count(//input[starts-with(@name, 'there_')])") == 1
    assert again.value(f"there_{sergeant.id}") == []
    assert "Tick who was there" in keeper.send(address).text
    for each in (officer, sergeant, nurse):
        assert each.name not in keeper.get(f"/panels/{before.id}").text


def test_two_people_of_one_agency_are_told_apart_by_their_posts(panel: Panel, keeper: Visitor) -> None:
    world = panel.world
    both = [world.person(name, Role.CDOP_MEMBER, agency=world.police) for name in ("officer", "sergeant")]
    address = f"/panels/{panel.meeting(TODAY, members=both).id}/attendance"
    first, second = (f"post_{each.id}" for each in both)
    wrong = keeper.send(address, {first: "Inspector", second: "Inspector"})
    told = "Two people of Kent Police have this post here. Tell them apart, like “Inspector (2)”."
    assert wrong.errors == {second: told} and not Attendance.select().exists()
    # As it is proposed it can be saved at once.
    keeper.send(address)
    assert [each.post for each in Attendance.select().order_by(Attendance.post)] == [
        "Panel member",
        "Panel member (2)",
    ]
    wrong = keeper.send(address, {"agency": "KPOL", "post": "Panel member"})
    assert "“Panel member” of Kent Police is recorded already." in wrong.errors["post"]
    assert "a second person of that post" in wrong.errors["post"]


def test_attendance_is_recorded_by_agency_and_post(panel: Panel, keeper: Visitor) -> None:
    meeting = panel.meeting(TODAY, members=[])
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
    meeting = panel.meeting(members=[])
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
    # Who has proposed is counted; only who has not is named.
    assert "Cdop member:" not in page.text
    assert "Second member: not yet" in page.text
    assert "Third member: withdrawn: interest declared" in page.text
    assert "secret" not in page.source
    tables = page.tree.xpath("//table")
    assert tables and not any("Trauma" in table.text_content() for table in tables)


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
