"""The actions of a review that still stand in the way of signing its plan off."""

from kscb_actions.actions.models import Action
from kscb_actions.reviews.models import Review

from ..rules import Assurance, Standing
from .rules import why_not_signed_off


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
