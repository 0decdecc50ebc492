"""Withdrawing a recommendation and bringing it back: its actions have a say, so it is done in this room."""

from .. import clock
from ..access.policy import Permission, Viewer
from ..audit.service import change
from ..people.models import Agency
from ..reviews.models import Recommendation, Review
from ..reviews.named import require_on
from ..reviews.rules import problems_with_bringing_back, problems_with_withdrawal
from ..text import InvalidInput, clean_text
from .handover import unfinished
from .models import Action


def withdraw_recommendation(
    viewer: Viewer, recommendation: Recommendation, reason: str, expected: int
) -> Recommendation:
    """Withdraw a recommendation that the Board gave up or another overtook. It stays on record.

    Its actions are all finished, superseded or withdrawn before. Raises InvalidInput, StaleEdit.
    """
    require_on(viewer, Permission.EDIT_REVIEW, recommendation.review)
    reason = clean_text(reason)
    with change(viewer) as tx:
        references = [action.reference for action in list_unfinished(recommendation)]
        problems = problems_with_withdrawal(reason, recommendation.withdrawn_on, references)
        if problems:
            raise InvalidInput(problems)
        recommendation.withdrawn_on, recommendation.withdrawn_reason = clock.today(), reason
        return tx.update(recommendation, "recommendation.withdrawn", expected)


def bring_back_recommendation(
    viewer: Viewer, recommendation: Recommendation, reason: str, expected: int
) -> Recommendation:
    """Let a withdrawn recommendation stand again; its actions stay as they are.

    Raises InvalidInput, StaleEdit.
    """
    require_on(viewer, Permission.EDIT_REVIEW, recommendation.review)
    reason = clean_text(reason)
    problems = problems_with_bringing_back(reason, recommendation.withdrawn_on)
    if problems:
        raise InvalidInput(problems)
    recommendation.withdrawn_on, recommendation.withdrawn_reason = None, ""
    with change(viewer) as tx:
        return tx.update(recommendation, "recommendation.brought-back", expected, {"reason": reason})


def list_unfinished(recommendation: Recommendation) -> list[Action]:
    """The actions of a recommendation that may still need doing, by number.

    They keep it from being withdrawn: what is on hold or waits for its check can come back to the agency, so
    it counts. For somebody who sees all of the review.
    """
    return list(
        Action.select(Action, Review, Agency)
        .join_from(Action, Review)
        .join_from(Action, Agency)
        .where(Action.recommendation == recommendation, *unfinished())
        .order_by(Action.number)
    )
