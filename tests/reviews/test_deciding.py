"""The independent chair decides to hold a review, in their own name; the board manager records a letter."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from kscb_actions.access.policy import Refused, Role
from kscb_actions.audit.models import AuditEvent
from kscb_actions.audit.service import StaleEdit
from kscb_actions.people.models import User
from kscb_actions.reviews.deciding import decide_review, list_waiting_for_decision
from kscb_actions.reviews.guidance.rules import USUAL, why_nothing_to_decide
from kscb_actions.reviews.models import Review, StageReached, StatutoryClock
from kscb_actions.reviews.queries import list_stages
from kscb_actions.reviews.rules import ReviewFacts, Stage, problems_with_decision
from kscb_actions.reviews.service import name_person, reach_stage, record_review
from kscb_actions.reviews.stages import correct_stage
from kscb_actions.text import InvalidInput

from ..commands.test_check_rows import found
from ..factories import TODAY, World
from ..pages import Visitor
from ..queries import counted

Visit = Callable[[User | None], Visitor]
NOTIFIED = date(2012, 3, 1)


def recorded(
    world: World, reference: str = "SCR-2012-07", stage: str = "notified", **facts: object
) -> Review:
    """Return a review at a stage that it reached on 1 March 2012."""
    kept = ReviewFacts(reference, "scr", "A case", **facts)  # type: ignore[arg-type]
    return record_review(world.manager.viewer, kept, stage, NOTIFIED, "Why.")


def now(review: Review) -> Review:
    return Review.get_by_id(review.id)


@pytest.mark.parametrize("stage", list(Stage))
def test_a_review_waits_for_a_decision_until_it_is_decided(stage: Stage) -> None:
    waits = {
        kind: why_nothing_to_decide(guidance, kind, stage) is None
        for guidance, kind in (("serious_case", "scr"), ("practice", "independent"), ("practice", "lcspr"))
    }
    usual = stage in {"notified", "under_consideration"}
    of_incidents = stage in {"rapid_review", "panel_reply"}
    assert waits == {"scr": usual, "independent": usual, "lcspr": of_incidents}


@pytest.mark.parametrize(
    ("day", "since", "why", "wrong"),
    [
        (TODAY, NOTIFIED, "It met the test.", set()),
        (NOTIFIED, NOTIFIED, "It met the test.", set()),
        (TODAY, None, "It met the test.", set()),
        (NOTIFIED - timedelta(days=1), NOTIFIED, "It met the test.", {"decided_on"}),
        (TODAY + timedelta(days=1), NOTIFIED, "It met the test.", {"decided_on"}),
        (None, NOTIFIED, "", {"decided_on", "rationale"}),
        (TODAY, NOTIFIED, "x" * 100_000, {"rationale"}),
    ],
)
def test_a_decision_has_a_day_and_a_reason(
    day: date | None, since: date | None, why: str, wrong: set[str]
) -> None:
    assert set(problems_with_decision(day, since, why, TODAY)) == wrong


@pytest.mark.parametrize("stage", USUAL.awaits_decision)
def test_the_decision_is_kept_with_who_took_it_and_the_clocks_follow(world: World, stage: Stage) -> None:
    review = recorded(world, stage=stage)
    decide_review(world.independent_chair.viewer, review, TODAY, "It met the test.", 1)
    last = list_stages(review)[-1]
    assert (last.stage, last.reached_on, last.note) == ("decided", TODAY, "It met the test.")
    assert last.decided_by == world.independent_chair and now(review).stage == "decided"
    kept = StatutoryClock.get(StatutoryClock.review == review, StatutoryClock.kind == "completion")
    assert kept.due_on == date(2012, 9, 30)
    told = AuditEvent.get(AuditEvent.event == "review.decided")
    assert told.actor_id == world.independent_chair.id
    assert found() == []
    correct_stage(world.manager.viewer, last, TODAY - timedelta(days=1), "A slip.", now(review).version)
    assert list_stages(review)[-1].decided_by == world.independent_chair


def test_nobody_else_decides_and_nothing_is_decided_twice(world: World) -> None:
    review = recorded(world)
    others = [person for person in User.select() if Role.INDEPENDENT_CHAIR not in person.role_set]
    for person in others:
        with pytest.raises(Refused):
            decide_review(person.viewer, now(review), TODAY, "Mine.", 1)
    reach_stage(world.manager.viewer, now(review), "decided", TODAY, "By letter.")
    with pytest.raises(StaleEdit):
        decide_review(world.independent_chair.viewer, review, TODAY, "Mine.", 1)
    with pytest.raises(Refused, match="stands at “Decided”"):
        decide_review(world.independent_chair.viewer, now(review), TODAY, "Mine.", now(review).version)
    assert [each.note for each in list_stages(review)] == ["Why.", "By letter."]
    with pytest.raises(InvalidInput):
        decide_review(world.independent_chair.viewer, recorded(world, "SCR-2012-08"), None, "", 1)


def test_a_restricted_review_waits_only_for_who_is_named_on_it(world: World) -> None:
    review, chair = recorded(world, is_restricted=True), world.independent_chair.viewer
    assert list_waiting_for_decision(chair) == []
    with pytest.raises(Refused):
        decide_review(chair, review, TODAY, "Mine.", 1)
    name_person(world.manager.viewer, review, world.independent_chair)
    assert list_waiting_for_decision(chair) == [review]
    decide_review(chair, now(review), TODAY, "Mine.", now(review).version)
    assert list_waiting_for_decision(chair) == []


def test_the_first_page_counts_what_waits_and_leads_there(world: World, visit: Visit) -> None:
    visitor = visit(world.independent_chair)
    recorded(world)
    hidden = recorded(world, "SCR-2012-09", is_restricted=True)
    recorded(world, "SCR-2012-10", stage="decided")
    page = visitor.get("/attention")
    assert "Reviews waiting for your decision: 1" in page.text
    assert {each for each in page.links() if "/decide" in each} == {"/reviews/SCR-2012-07/decide"}
    assert hidden.reference not in page.source
    assert "waiting for your decision" not in visit(world.chair).get("/attention").text


def test_the_number_of_queries_does_not_grow_with_what_waits(world: World, visit: Visit) -> None:
    visitor, counts = visit(world.independent_chair), []
    for number in range(4):
        recorded(world, f"SCR-2012-{number + 20}")
        with counted() as count:
            assert visitor.get("/attention").status == 200
        counts.append(int(count))
    assert len(set(counts[1:])) == 1


def test_the_page_records_it_and_the_review_says_who_decided(world: World, visit: Visit) -> None:
    review, visitor = recorded(world), visit(world.independent_chair)
    address = f"/reviews/{review.reference}"
    assert f"{address}/decide" in visitor.get(address).links()
    assert f"{address}/decide" not in visit(world.chair).get(address).links()
    refused = visitor.send(f"{address}/decide", decided_on=["29", "2", "2012"], rationale="")
    assert set(refused.errors) == {"outcome", "rationale", "decided_on"}
    sent = visitor.send(
        f"{address}/decide", outcome="decided", decided_on=["20", "3", "2012"], rationale="It met the test."
    )
    assert sent.leads_to == address
    page = visitor.get(address)
    assert "Decided by Independent chair 20 March 2012" in page.text, page.text
    assert "Recorded: by the board manager" not in page.text
    assert f"{address}/decide" not in page.links()
    assert "Nothing waits to be decided" in visitor.get(f"{address}/decide").text


def test_a_case_that_was_considered_and_not_held_is_decided_and_counted(world: World, visit: Visit) -> None:
    review, chair = recorded(world), visit(world.independent_chair)
    address, why = f"/reviews/{review.reference}", "The criteria are not met."
    nothing = chair.send(f"{address}/decide", decided_on=["20", "3", "2012"], rationale=why)
    assert set(nothing.errors) == {"outcome"} and now(review).stage == "notified"
    chair.send(f"{address}/decide", outcome="not_held", decided_on=["20", "3", "2012"], rationale=why)
    assert (
        now(review).stage == Stage.NOT_HELD
        and list_waiting_for_decision(world.independent_chair.viewer) == []
    )
    (kept,) = StatutoryClock.select().where(StatutoryClock.review == review)
    assert (kept.kind, kept.met_on) == ("decision", date(2012, 3, 20))
    page = chair.get(address)
    assert "Considered, not held by Independent chair 20 March 2012" in page.text and why in page.text
    listed = chair.get("/reviews?stage=not_held")
    assert "1 review" in listed.text and review.reference in listed.text
    reach_stage(
        world.manager.viewer, now(review), "decided", TODAY, "More is known.", decision_maker="The Board"
    )
    assert {each.kind for each in StatutoryClock.select()} == {"decision", "completion"}
    assert found() == []


def test_a_recorded_decision_says_whose_it_is(world: World, visit: Visit) -> None:
    review, manager = recorded(world), visit(world.manager)
    address = f"/reviews/{review.reference}"
    typed = {"reached_on": ["20", "3", "2012"], "note": "The criteria are met."}
    refused = manager.send(f"{address}/stage", stage="in_progress", decision_maker="The Board", **typed)
    assert set(refused.errors) == {"decision_maker"}
    manager.send(f"{address}/stage", stage="decided", decision_maker="The chair, by letter", **typed)
    page = visit(world.reader).get(address)
    assert "Decided by The chair, by letter 20 March 2012" in page.text
    assert "Recorded: by the board manager" in page.text


def test_what_the_manager_recorded_by_letter_says_so(world: World, visit: Visit) -> None:
    review = recorded(world)
    reach_stage(world.manager.viewer, review, "decided", TODAY, "By letter.")
    assert StageReached.select().where(StageReached.decided_by.is_null(False)).count() == 0
    page = visit(world.reader).get(f"/reviews/{review.reference}")
    assert "Recorded: by the board manager" in page.text, page.text


def test_of_two_at_once_the_chair_sees_the_managers_text_and_keeps_their_own(
    world: World, visit: Visit
) -> None:
    review, visitor = recorded(world), visit(world.independent_chair)
    address = f"/reviews/{review.reference}/decide"
    form = visitor.get(address)
    reach_stage(world.manager.viewer, review, "decided", TODAY, "By letter.")
    fields = {"version": form.value("version"), "once": form.value("once")}
    page = visitor.post(address, fields, decided_on=["20", "3", "2012"], rationale="It met the test.")
    assert page.status == 409
    assert "By letter." in page.text and page.value("rationale") == "It met the test."
