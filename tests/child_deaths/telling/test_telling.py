"""Members told in the morning, and reminded of what they owe: once, and of what still holds."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from kscb_actions import clock
from kscb_actions.access.policy import SYSTEM, Role
from kscb_actions.audit.service import change
from kscb_actions.chasing.providers import run_of
from kscb_actions.chasing.service import chase_together
from kscb_actions.child_deaths.drafting.service import name_drafters
from kscb_actions.child_deaths.judging.proposals import close_proposals
from kscb_actions.child_deaths.meetings.models import PanelCase, PanelMeeting
from kscb_actions.child_deaths.meetings.service import edit_meeting, remove_case, unseat_member
from kscb_actions.child_deaths.telling.models import PanelChase, PanelTold
from kscb_actions.child_deaths.telling.provider import DUE_MEETINGS
from kscb_actions.child_deaths.telling.queries import list_standing
from kscb_actions.mail.models import OutboxItem, OutboxMessage
from kscb_actions.people.models import User

from ...factories import TODAY, World
from ...factories_deaths import Panel
from ...pages import Visitor
from ...queries import counted

URL = "https://tracker.example"
Visit = Callable[[User], Visitor]
# Working days: due a week from today, held a week after that.
HELD = date(2012, 4, 13)
MONDAY = date(2012, 4, 2)
KEEPER, MEMBER, SECOND = (
    "cdop-coordinator@board.example",
    "cdop-member@board.example",
    "second-member@board.example",
)


@pytest.fixture
def panel(world: World) -> Panel:
    return Panel(world)


@pytest.fixture
def other(world: World) -> User:
    return world.person("second-member", Role.CDOP_MEMBER)


def morning(on: date = TODAY) -> dict[str, str]:
    """Run the panel's messages of a morning; return {address: text} of those queued then."""
    newest = OutboxMessage.select().count()
    with clock.at(clock.start_of(on) + timedelta(hours=8)):
        chase_together(run_of(DUE_MEETINGS), on, URL)
    rows = OutboxMessage.select().order_by(OutboxMessage.id).offset(newest)
    return {row.to_address: row.body for row in rows}


def test_a_seat_is_told_once_with_the_reminder_in_one_message(world: World, panel: Panel) -> None:
    death = panel.death()
    meeting = panel.meeting(date(2012, 4, 12), cases=[death])
    (told,) = morning().items()
    assert told[0] == MEMBER
    assert "You have a seat at the meeting on 12 April 2012. Its agenda has 1 case." in told[1]
    assert f"Due in 6 days: 5 April 2012\n{URL}/panels/{meeting.id}" in told[1]
    assert death.case_number not in told[1]
    assert {row.death_id for row in OutboxItem.select()} == {death.id}
    assert OutboxMessage.get().about == "child_deaths"
    assert morning() == {} == morning(MONDAY)
    assert (PanelTold.select().count(), PanelChase.select().count()) == (1, 1)


def test_what_is_done_and_undone_before_the_morning_is_not_told(panel: Panel, other: User) -> None:
    meeting = panel.meeting(date(2012, 5, 10))
    morning()
    case = panel.case(meeting, panel.death())
    remove_case(panel.coordinator, case)
    panel.seat(meeting, other)
    unseat_member(panel.coordinator, meeting, other)
    assert morning(MONDAY) == {}


def test_another_day_a_new_case_and_a_seat_taken_back_are_told(panel: Panel, other: User) -> None:
    meeting = panel.meeting(date(2012, 5, 10), [panel.world.cdop_member, other])
    assert set(morning()) == {MEMBER, SECOND}
    unseat_member(panel.coordinator, meeting, other)
    panel.case(meeting, panel.death())
    edit_meeting(panel.coordinator, meeting, date(2012, 5, 11), date(2012, 5, 3), "", meeting.version)
    told = morning(MONDAY)
    assert "You no longer have a seat" in told[SECOND] and f"/panels/{meeting.id}" not in told[SECOND]
    assert "is on 11 May 2012 now" in told[MEMBER] and "1 case has been put" in told[MEMBER]
    panel.seat(meeting, other)
    assert "You have a seat" in morning(date(2012, 4, 3))[SECOND]


def test_of_a_case_with_an_interest_nothing_is_told(panel: Panel) -> None:
    meeting, death = panel.meeting(date(2012, 5, 10)), panel.death()
    morning()
    case = panel.case(meeting, death)
    panel.interest(death)
    remove_case(panel.coordinator, case)
    panel.case(meeting, death)
    assert morning(MONDAY) == {}


def test_a_leaver_is_told_nothing(world: World, panel: Panel) -> None:
    panel.meeting(HELD, cases=[panel.death()])
    with change(SYSTEM) as tx:
        user = User.get_by_id(world.cdop_member.id)
        user.is_active = False
        tx.update(user, "person.changed")
    assert morning(date(2012, 4, 10)) == {}


def test_who_owes_is_reminded_and_each_only_until_it_is_done(world: World, panel: Panel, other: User) -> None:
    meeting = panel.meeting(HELD, [world.cdop_member, other], [panel.death()], way="draft")
    case = PanelCase.get()
    name_drafters(panel.coordinator, meeting, {case.id: other.id})
    first = morning()
    assert "waited for" in first[SECOND] and "waited for" not in first[MEMBER]
    panel.draft(PanelCase.get(), other)
    due = morning(date(2012, 4, 10))
    assert set(due) == {MEMBER, KEEPER} and "has a copy" not in due[MEMBER]
    assert "Others are reminded of these, and you have a copy" in due[KEEPER]
    panel.comment(case, "")
    assert morning(date(2012, 4, 13)) == {}


def test_a_case_without_a_named_drafter_is_the_co_ordinators(panel: Panel) -> None:
    panel.meeting(HELD, [], [panel.death()], way="draft")
    (told,) = morning().items()
    assert told[0] == KEEPER and "wait for you as co-ordinator" in told[1]


def test_what_is_over_and_not_closed_is_the_co_ordinators_again_and_again(panel: Panel) -> None:
    meeting = panel.meeting(HELD, cases=[panel.death()], way="draft")
    panel.draft(PanelCase.get())
    assert set(morning()) == {MEMBER}
    days = [date(2012, 4, 16), date(2012, 4, 20), date(2012, 4, 27)]
    assert [set(morning(day)) for day in days] == [{KEEPER}] * 3
    with clock.at(date(2012, 4, 27)):
        close_proposals(panel.coordinator, PanelMeeting.get_by_id(meeting.id))
    assert morning(date(2012, 5, 4)) == {}


def test_a_new_day_begins_a_new_ladder_and_a_clock_put_back_tells_nothing_twice(panel: Panel) -> None:
    meeting = panel.meeting(HELD, cases=[panel.death()])
    assert set(morning(date(2012, 4, 5))) == {MEMBER}
    assert morning(TODAY) == {}
    edit_meeting(panel.coordinator, meeting, date(2012, 4, 20), date(2012, 4, 11), "", meeting.version)
    assert "Due in 1 day" in morning(date(2012, 4, 10))[MEMBER]


def test_a_meeting_of_long_ago_is_no_news(panel: Panel) -> None:
    panel.meeting(date(2012, 3, 29), cases=[panel.death()])
    assert PanelTold.select().count() == 0 and set(morning()) == {KEEPER}


def test_the_number_of_queries_does_not_grow_with_members(panel: Panel) -> None:
    meeting = panel.meeting(HELD, cases=[panel.death()])

    def queries() -> int:
        with counted() as count:
            list_standing(TODAY)
        return int(count)

    before = queries()
    for number in range(3):
        panel.seat(meeting, panel.world.person(f"member-{number}", Role.CDOP_MEMBER))
        panel.case(meeting, panel.death())
    assert queries() == before


def test_the_first_page_says_what_is_owed_also_beside_other_work(
    world: World, panel: Panel, visit: Visit
) -> None:
    lead = world.person("lead-and-member", Role.AGENCY_LEAD, Role.CDOP_MEMBER, agency=world.police)
    meeting = panel.meeting(HELD, [lead, world.cdop_member], [panel.death()], way="draft")
    page = visit(lead)
    assert "waits for your" not in page.get("/my-actions").text
    case = PanelCase.get()
    panel.draft(case)
    first = page.get("/my-actions")
    assert "1 case waits for your draft or comment" in first.text and f"/panels/{meeting.id}" in first.links()
    own = visit(world.cdop_member).get("/panel-work")
    assert f"/panels/{meeting.id}/cases/{case.death_id}/comment" in own.links()
    panel.comment(case, "", lead)
    assert "waits for your" not in page.get("/my-actions").text
    panel.comment(case, "A word.")
    assert "Nothing waits for you at present" in visit(world.cdop_member).get("/panel-work").text
