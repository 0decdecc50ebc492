"""Reading what is released for publication."""

from datetime import date
from typing import Any

import peewee

from kscb_actions.access.policy import Viewer
from kscb_actions.people.models import User
from kscb_actions.reviews.models import Review
from kscb_actions.reviews.queries import visible_review

from .models import ReleaseDecision
from .rules import PUBLISHABLE, Decision


def released(day: date | None = None) -> Any:
    """Return ids of the reviews that are released at the end of a day; without a day, as decided last."""
    last = ReleaseDecision.select(peewee.fn.MAX(ReleaseDecision.id)).group_by(ReleaseDecision.review)
    if day is not None:
        last = last.where(ReleaseDecision.decided_on <= day)
    return ReleaseDecision.select(ReleaseDecision.review).where(
        ReleaseDecision.id.in_(last), ReleaseDecision.decision == Decision.RELEASED
    )


def is_public() -> Any:
    """Return the condition on Review that it may be in a paper for the public now, whoever makes that."""
    return (
        Review.id.in_(released())
        & (Review.is_restricted == False)  # noqa: E712
        & Review.classification.in_(PUBLISHABLE)
    )


def list_decisions(review: Review) -> list[ReleaseDecision]:
    """Return what was decided about publishing a review, oldest first. It was fetched for a viewer."""
    query = ReleaseDecision.select(ReleaseDecision, User).join(User, peewee.JOIN.LEFT_OUTER)
    return list(query.where(ReleaseDecision.review == review).order_by(ReleaseDecision.id))


def release_of(review: Review) -> ReleaseDecision | None:
    """Return the release that stands; None where the review is not released."""
    last = ReleaseDecision.select().where(ReleaseDecision.review == review)
    found = last.order_by(ReleaseDecision.id.desc()).first()
    return found if found is not None and found.decision == Decision.RELEASED else None


def list_released(viewer: Viewer) -> list[ReleaseDecision]:
    """Return the releases that stand, of the reviews this person may see, by reference. One query."""
    last = ReleaseDecision.select(peewee.fn.MAX(ReleaseDecision.id)).group_by(ReleaseDecision.review)
    query = (
        ReleaseDecision.select(ReleaseDecision, Review, User)
        .join_from(ReleaseDecision, Review)
        .join_from(ReleaseDecision, User, peewee.JOIN.LEFT_OUTER)
        .where(ReleaseDecision.id.in_(last), visible_review(viewer), is_public())
    )
    return list(query.order_by(Review.order_key))
