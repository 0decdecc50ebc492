"""Keeping milestones: the agency that leads does, and the board manager."""

from dataclasses import replace
from datetime import date

from kscb_actions import clock
from kscb_actions.access.policy import Permission, Refused, Viewer
from kscb_actions.audit.service import change
from kscb_actions.reviews.queries import require_on
from kscb_actions.text import InvalidInput, clean_text

from ..models import Action, facts_of
from ..rules import problem_with_reason
from .models import Milestone
from .rules import MilestoneFacts, problem_with_done_on, problems_with_milestone, why_not_kept


def add_milestone(viewer: Viewer, action: Action, facts: MilestoneFacts) -> Milestone:
    """Add a milestone to an action. Raises InvalidInput, Refused."""
    require_on(viewer, Permission.KEEP_MILESTONES, action.review, action.owners)
    facts = _checked(facts)
    with change(viewer) as tx:
        _require_kept(action)
        milestone = Milestone(review=action.review_id, action=action)
        _apply(milestone, facts)
        return tx.add(milestone, "milestone.added")


def change_milestone(
    viewer: Viewer, milestone: Milestone, facts: MilestoneFacts, expected: int | None = None
) -> Milestone:
    """Put a milestone right: its words, its date, or the day on which it was reached.

    Raises InvalidInput, Refused, StaleEdit.
    """
    action = milestone.action
    require_on(viewer, Permission.KEEP_MILESTONES, action.review, action.owners)
    facts = _checked(facts)
    with change(viewer) as tx:
        _require_kept(action, milestone)
        _apply(milestone, facts)
        return tx.update(milestone, "milestone.changed", expected)


def reach_milestone(
    viewer: Viewer, milestone: Milestone, done_on: date | None, expected: int | None = None
) -> Milestone:
    """Mark a milestone done. Raises InvalidInput, Refused, StaleEdit."""
    action = milestone.action
    require_on(viewer, Permission.KEEP_MILESTONES, action.review, action.owners)
    problems = problem_with_done_on(done_on, clock.today())
    if done_on is None:
        problems["done_on"] = "Enter the day on which it was reached."
    if problems:
        raise InvalidInput(problems)
    with change(viewer) as tx:
        _require_kept(action, milestone)
        milestone.done_on = done_on
        return tx.update(milestone, "milestone.done", expected)


def withdraw_milestone(
    viewer: Viewer, milestone: Milestone, reason: str, expected: int | None = None
) -> Milestone:
    """Withdraw a milestone, with the reason; it stays readable. Raises InvalidInput, Refused, StaleEdit."""
    action, reason = milestone.action, clean_text(reason)
    require_on(viewer, Permission.KEEP_MILESTONES, action.review, action.owners)
    if problems := problem_with_reason(reason, "Say why the milestone is withdrawn."):
        raise InvalidInput(problems)
    with change(viewer) as tx:
        _require_kept(action, milestone)
        milestone.withdrawn_at, milestone.withdrawn_reason = clock.now(), reason
        return tx.update(milestone, "milestone.withdrawn", expected)


def _checked(facts: MilestoneFacts) -> MilestoneFacts:
    facts = replace(facts, text=clean_text(facts.text))
    if problems := problems_with_milestone(facts, clock.today()):
        raise InvalidInput(problems)
    return facts


def _require_kept(action: Action, milestone: Milestone | None = None) -> None:
    # As both are now: somebody may have accepted the action, or withdrawn the milestone, meanwhile.
    is_withdrawn = milestone is not None and Milestone.get_by_id(milestone.id).withdrawn_at is not None
    if refusal := why_not_kept(facts_of(Action.get_by_id(action.id)), is_withdrawn):
        raise Refused(refusal)


def _apply(milestone: Milestone, facts: MilestoneFacts) -> None:
    milestone.text, milestone.due_on, milestone.done_on = facts.text, facts.due_on, facts.done_on
