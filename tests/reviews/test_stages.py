"""Stages that were recorded wrongly are put right or taken back, with the clocks that follow from them."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from kscb_actions import clock
from kscb_actions.access.policy import Refused
from kscb_actions.audit.service import StaleEdit
from kscb_actions.people.models import User
from kscb_actions.reviews.models import Review, StageReached, StatutoryClock
from kscb_actions.reviews.queries import list_stages
from kscb_actions.reviews.rules import ReviewFacts, problems_with_taking_back, stage_now
from kscb_actions.reviews.service import reach_stage, record_review
from kscb_actions.reviews.stages import correct_stage, take_stage_back
from kscb_actions.text import InvalidInput

from ..commands.test_check_rows import found
from ..factories import TODAY, World
from ..pages import Visitor
from ..reports.stories import everything

Visit = Callable[[User | None], Visitor]
SLIP, RIGHT = date(2002, 2, 1), date(2012, 2, 1)


@pytest.fixture
def review(world: World) -> Review:
    """Return a review that was notified in 2012, and decided on, by a slip, in 2002."""
    facts = ReviewFacts(reference="SCR-2012-07", kind="scr", title="A case", pseudonym="Child Q")
    with clock.at(TODAY - timedelta(days=20)):
        made = record_review(world.manager.viewer, facts, "notified", date(2012, 1, 10))
        return reach_stage(world.manager.viewer, made, "decided", SLIP, "It meets the criteria.")


def stage_of(review: Review, stage: str) -> StageReached:
    return next(each for each in list_stages(review) if each.stage == stage)


def clocks(review: Review) -> dict[str, tuple[date, date | None]]:
    found = StatutoryClock.select().where(StatutoryClock.review == review)
    return {each.kind: (each.due_on, each.met_on) for each in found}


def now(review: Review) -> Review:
    return Review.get_by_id(review.id)


@pytest.mark.parametrize(
    ("reached", "stands_at"),
    [
        ([(RIGHT, "decided")], "decided"),
        ([(RIGHT, "decided"), (SLIP, "notified")], "decided"),
        ([(RIGHT, "notified"), (RIGHT, "decided")], "decided"),
        ([(SLIP, "notified"), (RIGHT, "decided")], "decided"),
    ],
)
def test_a_review_stands_at_its_latest_stage(reached: list[tuple[date, str]], stands_at: str) -> None:
    assert stage_now(reached) == stands_at


def test_a_slip_in_a_stage_is_gone_from_clocks_and_papers_of_every_day(world: World, review: Review) -> None:
    day = TODAY - timedelta(days=5)
    assert clocks(review)["completion"][0].year == 2002 and now(review).stage == "notified"
    assert "2002" in everything(world.chair, as_at=day)
    correct_stage(world.manager.viewer, stage_of(review, "decided"), RIGHT, "The year.", now(review).version)
    assert clocks(review) == {
        "decision": (date(2012, 2, 10), RIGHT),
        "completion": (date(2012, 8, 1), None),
    }
    assert now(review).stage == "decided"
    for said in (everything(world.chair), everything(world.chair, as_at=day)):
        assert "2002" not in said and "1 Feb" in said
    assert found() == []


def test_a_stage_is_taken_back_but_not_the_only_one(world: World, review: Review) -> None:
    manager = world.manager.viewer
    take_stage_back(manager, stage_of(review, "decided"), "It was another review.", now(review).version)
    assert set(clocks(review)) == {"decision"} and clocks(review)["decision"][1] is None
    with pytest.raises(InvalidInput) as refused:
        take_stage_back(manager, stage_of(review, "notified"), "Another.", now(review).version)
    assert set(refused.value.errors) == {"standing"}
    assert [each.stage for each in list_stages(review)] == ["notified"]
    assert problems_with_taking_back("", 1) and not problems_with_taking_back("Why.", 1)


def test_of_two_corrections_at_once_the_second_is_refused(world: World, review: Review) -> None:
    manager, stage, seen = world.manager.viewer, stage_of(review, "decided"), now(review).version
    mine = stage_of(review, "decided")
    correct_stage(manager, stage, RIGHT, "The year.", seen)
    with pytest.raises(Refused):
        correct_stage(manager, mine, date(2012, 3, 1), "Mine.", seen)
    with pytest.raises(StaleEdit):
        correct_stage(manager, stage_of(review, "decided"), date(2012, 3, 1), "Mine.", seen)
    assert clocks(review)["decision"][1] == RIGHT


def test_the_page_puts_a_day_right_and_takes_a_stage_back(world: World, visit: Visit, review: Review) -> None:
    visitor = visit(world.manager)
    address = f"/reviews/{review.reference}/stages/{stage_of(review, 'decided').id}"
    assert address in visitor.get(f"/reviews/{review.reference}").links()
    refused = visitor.send(address, what="put_right", reached_on=["1", "2", "2012"], reason="")
    assert set(refused.errors) == {"reason"}
    sent = visitor.send(address, what="put_right", reached_on=["1", "2", "2012"], reason="The year.")
    assert sent.leads_to == f"/reviews/{review.reference}"
    assert "1 February 2012" in visitor.get(sent.leads_to).text
    assert visitor.get(address).status == 404
    again = f"/reviews/{review.reference}/stages/{stage_of(review, 'decided').id}"
    assert visitor.send(again, what="take_back", reason="Another review.").status == 302
    assert now(review).stage == "notified"
