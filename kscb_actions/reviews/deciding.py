"""The independent chair's own decision to hold a review or not, and what waits for it."""

from datetime import date
from functools import reduce
from operator import or_
from typing import Any

from kscb_actions import clock
from kscb_actions.access.policy import Permission, Reach, Refused, Viewer, reach
from kscb_actions.audit.service import change
from kscb_actions.text import InvalidInput, clean_text

from .guidance.rules import PROFILES, USUAL, Course, why_nothing_to_decide
from .models import Review
from .queries import list_stages, require_on, visible_review
from .rules import Stage, problems_with_decision
from .stages import append_stage


def waits_for_decision() -> Any:
    """Return the condition on Review that nobody has decided yet whether it is held."""
    courses = [
        ((Review.guidance == guidance.value) & (Review.kind == kind.value), course)
        for guidance, profile in PROFILES.items()
        for kind, course in profile.courses.items()
        if course.awaits_decision != USUAL.awaits_decision
    ]
    waits = _stands_where(USUAL) & ~reduce(or_, (is_so for is_so, _ in courses))
    return reduce(or_, (is_so & _stands_where(course) for is_so, course in courses), waits)


def _stands_where(course: Course) -> Any:
    return Review.stage.in_([each.value for each in course.awaits_decision])


def list_waiting_for_decision(viewer: Viewer) -> list[Review]:
    """Return the reviews that wait for this person's decision, the oldest first; none for whom decides none.

    One query for who decides, and none for others.
    """
    if viewer.is_system or reach(viewer, Permission.DECIDE_REVIEW) is Reach.NONE:
        return []
    return list(Review.select().where(visible_review(viewer), waits_for_decision()).order_by(Review.id))


def decide_review(
    viewer: Viewer,
    review: Review,
    decided_on: date | None,
    rationale: str,
    expected: int,
    outcome: str = Stage.DECIDED,
) -> Review:
    """Record that this person has decided to hold a review or not, on which day and why; its clocks follow.

    `outcome` is one of the stages that are a decision; `expected` is the review's version.
    Raises InvalidInput, Refused, StaleEdit.
    """
    require_on(viewer, Permission.DECIDE_REVIEW, review)
    rationale, stood_at = clean_text(rationale), (review.guidance, review.kind, review.stage)
    since = max((each.reached_on for each in list_stages(review)), default=None)
    problems = problems_with_decision(decided_on, since, rationale, clock.today(), outcome)
    with change(viewer) as tx:
        review.stage = outcome
        tx.update(review, "review.decided", expected)
        if why := why_nothing_to_decide(*stood_at):
            raise Refused(why)
        if problems:
            raise InvalidInput(problems)
        append_stage(tx, review, outcome, decided_on, rationale, decided_by=viewer.id)
    return review
