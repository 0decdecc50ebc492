"""Reading what was shared, for whoever sees the whole of a review."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import peewee

from kscb_actions.access.policy import Viewer
from kscb_actions.reviews.models import Recommendation, Review
from kscb_actions.reviews.queries import get_review, sees_whole, void_recommendations

from .models import Dissemination


def list_of_review(viewer: Viewer, review: Review) -> list[Dissemination]:
    """Return what was shared of a review that was fetched for a viewer, the newest first. One query."""
    if not sees_whole(viewer):
        return []
    query = _kept().where(Dissemination.review == review)
    return list(query.order_by(Dissemination.shared_on.desc(), Dissemination.id.desc()))


def list_between(review_ids: Sequence[int], first: date, last: date) -> list[Dissemination]:
    """Return what was shared of these reviews from one day to another, by day. One query."""
    query = _kept().where(Dissemination.review.in_(review_ids), Dissemination.shared_on.between(first, last))
    return list(query.order_by(Dissemination.shared_on, Dissemination.id))


def get_shared(viewer: Viewer, reference: str, shared_id: int) -> Dissemination | None:
    """Return one record, or None when it is hidden or does not exist."""
    review = get_review(viewer, reference)
    if review is None or not sees_whole(viewer):
        return None
    return _kept().where(Dissemination.review == review, Dissemination.id == shared_id).first()


def _kept() -> Any:
    is_kept = (Dissemination.is_void == False) & (  # noqa: E712
        Dissemination.recommendation.is_null() | Dissemination.recommendation.not_in(void_recommendations())
    )
    return (
        Dissemination.select(Dissemination, Review, Recommendation)
        .join_from(Dissemination, Review)
        .join_from(Dissemination, Recommendation, peewee.JOIN.LEFT_OUTER)
        .where(is_kept)
    )
