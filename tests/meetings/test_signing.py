"""A plan is signed off in a meeting that is kept here: on the review, the meeting and its minutes."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from kscb_actions.meetings.deciding.models import SignOff
from kscb_actions.meetings.deciding.rules import problems_with_sign_off_meeting
from kscb_actions.meetings.deciding.signing import meetings_for, reach_stage_in, signed_off_in
from kscb_actions.meetings.models import Meeting
from kscb_actions.people.models import User
from kscb_actions.reports.content import Table
from kscb_actions.reports.freezing.minutes import SIGNED_OFF, build_minutes
from kscb_actions.reviews.models import Review, StageReached
from kscb_actions.reviews.stages import correct_stage, take_stage_back
from kscb_actions.settings.rules import Board
from kscb_actions.text import InvalidInput

from ..factories import TODAY, World
from ..pages import Visitor
from ..queries import counted
from .planned import a_body, planned

Visit = Callable[[User], Visitor]
WHOSE = "The independent chair"


@pytest.fixture
def held(world: World) -> Meeting:
    """Return a meeting of the Board that was held a week ago."""
    week_ago = TODAY - timedelta(days=7)
    return planned(world, a_body(world, "The Board", "board"), week_ago, week_ago - timedelta(days=7))


def rows_of(world: World, meeting: Meeting) -> list[tuple[object, ...]]:
    sections = build_minutes(world.manager.viewer, Board(), meeting).sections
    blocks = [block for each in sections if each.heading == SIGNED_OFF for block in each.blocks]
    return [tuple(row) for block in blocks if isinstance(block, Table) for row in block.rows]


@pytest.mark.parametrize(
    ("stage", "day", "held", "named", "fields"),
    [
        ("signed_off", 5, 5, "", set()),
        ("signed_off", 6, 5, "", set()),
        ("signed_off", 4, 5, "", {"reached_on"}),
        ("signed_off", None, 5, "", set()),
        ("signed_off", 4, 5, "Board", {"meeting", "reached_on"}),
        ("signed_off", 4, None, "Board", set()),
        ("closed", 5, 5, "", {"held_in"}),
    ],
)
def test_what_is_wrong_with_the_meeting_of_a_sign_off(
    stage: str, day: int | None, held: int | None, named: str, fields: set[str]
) -> None:
    on, met = (date(2012, 3, each) if each else None for each in (day, held))
    assert problems_with_sign_off_meeting(stage, on, met, named).keys() == fields


def test_a_plan_is_signed_off_in_a_meeting_and_stands_on_its_page_and_in_its_minutes(
    world: World, visit: Visit, held: Meeting
) -> None:
    review, manager = world.review("SCR-2011-05"), visit(world.manager)
    address, at = f"/reviews/{review.reference}/stage", f"/meetings/{held.id}"
    typed = {"stage": "signed_off", "decision_maker": WHOSE, "held_in": str(held.id), "note": "All done."}
    early = manager.send(address, typed, reached_on="1 March 2012", meeting="Board")
    assert early.errors == {
        "meeting": "You have chosen a meeting from the list. Leave this empty.",
        "reached_on": f"The date must be on or after the meeting, {held.held_on.day} March 2012.",
    }
    assert not SignOff.select().exists()
    gone = manager.send(address, {**typed, "held_in": "99"}, reached_on="30 March 2012")
    assert gone.errors.keys() == {"held_in"}
    assert manager.send(address, typed, reached_on="30 March 2012", meeting="").leads_to
    told = f"The Board, {held.held_on.day} March 2012"
    page = manager.get(f"/reviews/{review.reference}")
    assert told in page.text and WHOSE in page.text and at in page.links()
    assert "SCR-2011-05, by The independent chair, 30 March 2012. All done." in manager.get(at).text
    assert rows_of(world, held) == [("SCR-2011-05", WHOSE, "30 March 2012", "All done.")]
    # An agency's lead reads of no meetings, and of the review only its own part.
    assert told not in visit(world.police_lead).get(f"/reviews/{review.reference}").text


def test_a_day_put_right_keeps_the_meeting_and_a_stage_taken_back_does_not(
    world: World, held: Meeting
) -> None:
    review, manager = world.review(), world.manager.viewer
    reach_stage_in(manager, review, "signed_off", held.held_on, "", held.id, decision_maker=WHOSE)
    for days in (1, 2):
        row = StageReached.select().order_by(StageReached.id.desc()).get()
        day = held.held_on + timedelta(days=days)
        correct_stage(manager, row, day, "A slip.", Review.get_by_id(review.id).version)
        assert [each.reached_on for each in signed_off_in(manager, held)] == [day]
    row = StageReached.select().order_by(StageReached.id.desc()).get()
    take_stage_back(manager, row, "Not signed.", Review.get_by_id(review.id).version)
    assert list(signed_off_in(manager, held)) == []


def test_only_meetings_held_of_bodies_that_cover_the_review_can_be_chosen(
    world: World, held: Meeting
) -> None:
    review, other, manager = world.review(), world.review(), world.manager.viewer
    narrow = a_body(world, "Executive", "executive", covers_all=False, reviews=frozenset({other.id}))
    day = TODAY - timedelta(days=1)
    of_other = planned(world, narrow, day, day - timedelta(days=7))
    planned(world, held.body, TODAY + timedelta(days=30), TODAY + timedelta(days=10))
    assert meetings_for(manager, review) == [held]
    assert meetings_for(manager, other) == [of_other, held]
    assert meetings_for(world.police_lead.viewer, review) == []
    with pytest.raises(InvalidInput) as refused:
        reach_stage_in(manager, review, "signed_off", day, "", of_other.id, decision_maker=WHOSE)
    assert refused.value.errors.keys() == {"held_in"}


def test_a_restricted_review_is_in_no_minutes_and_its_sign_off_read_by_the_named_only(
    world: World, held: Meeting
) -> None:
    review, manager = world.review(is_restricted=True), world.manager.viewer
    reach_stage_in(manager, review, "signed_off", held.held_on, "", held.id, decision_maker=WHOSE)
    assert [each.review for each in signed_off_in(manager, held)] == [review]
    assert list(signed_off_in(world.chair.viewer, held)) == []
    assert rows_of(world, held) == []
    with counted() as queries:
        signed_off_in(manager, held)
    assert int(queries) == 1
