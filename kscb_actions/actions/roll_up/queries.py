"""How far recommendations are by their actions, and what stands in the way of signing a plan off."""

from collections.abc import Collection

from kscb_actions.access.policy import Viewer
from kscb_actions.actions.models import Action
from kscb_actions.reviews.models import Review

from ..narrowing import visible_action
from ..rules import Assurance, Standing
from .rules import ActionFacts, RollUp, roll_up, why_not_signed_off


def states_by_actions(viewer: Viewer, ids: Collection[int]) -> dict[int, RollUp]:
    """Return {id of a recommendation: its state} by those actions that the viewer may see. At most one query.

    One without any is not in it.
    """
    if not ids:
        return {}
    columns = (Action.recommendation, Action.standing, Action.assurance, Action.progress)
    query = Action.select(*columns).join(Review).where(visible_action(viewer))
    found: dict[int, list[ActionFacts]] = {}
    for key, *facts in query.where(Action.recommendation.in_(list(ids))).tuples():
        found.setdefault(key, []).append(ActionFacts(*facts))
    return {key: roll_up(rows) for key, rows in found.items()}


def open_references(review: Review) -> list[str]:
    """Return the references of the actions of a review that are neither accepted nor closed. One query.

    The review has been fetched for somebody who sees all of it.
    """
    is_open = Action.standing.in_([Standing.ACTIVE.value, Standing.ON_HOLD.value])
    query = Action.select(Action.number).where(
        Action.review == review, is_open, Action.assurance != Assurance.ACCEPTED.value
    )
    return [f"{review.reference}/A{number}" for (number,) in query.order_by(Action.number).tuples()]


def problem_with_sign_off(review: Review) -> str:
    """Return why a review's plan cannot be signed off, for the reader; "" where it can. One query."""
    return why_not_signed_off(open_references(review))
