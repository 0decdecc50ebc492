"""Bodies and meetings for tests."""

from datetime import date, timedelta

from kscb_actions.meetings.deciding.models import MeetingDecision
from kscb_actions.meetings.deciding.service import Item, record_decision
from kscb_actions.meetings.models import BodySeat, Meeting, MeetingBody
from kscb_actions.meetings.service import BodyFacts, add_body, add_seat, plan_meeting
from kscb_actions.terms import say

from ..factories import TODAY, World

# Closes on 5 April, meets on 19 April.
CLOSES, HELD = date(2012, 4, 5), date(2012, 4, 19)


def a_body(world: World, name: str = "", kind: str = "scr_subgroup", **facts: object) -> MeetingBody:
    """Return a body that covers all reviews, unless told otherwise. It is named in the board's words."""
    return add_body(world.manager.viewer, BodyFacts(name or say("SCR subgroup"), kind, **facts))  # type: ignore[arg-type]


def planned(world: World, body: MeetingBody, held_on: date = HELD, closes_on: date = CLOSES) -> Meeting:
    """Return a meeting of a body: called two weeks before it closes, its papers out the day after."""
    after = closes_on + timedelta(days=1)
    called = closes_on - timedelta(days=14)
    return plan_meeting(world.manager.viewer, body, called, closes_on, after, held_on)


def a_meeting(world: World) -> tuple[MeetingBody, BodySeat, Meeting]:
    """Return a body, its chair's seat, and a meeting to come."""
    body = a_body(world)
    seat = add_seat(world.manager.viewer, body, say("Chair of the subgroup"), "chair", world.second_chair)
    return body, seat, planned(world, body, TODAY + timedelta(days=30), TODAY + timedelta(days=10))


def a_decision(
    world: World, body: MeetingBody, base_url: str = "", due_on: date = TODAY + timedelta(days=21)
) -> tuple[Meeting, MeetingDecision]:
    """Return a meeting that is held today, and an undertaking of it for the lead of the police."""
    meeting = planned(world, body, TODAY, TODAY - timedelta(days=10))
    decided = record_decision(
        world.manager.viewer, meeting, Item(), "Write to the courts.", world.police_lead, due_on, base_url
    )
    return meeting, decided
