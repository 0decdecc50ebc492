"""The files that a review keeps, always for a viewer."""

import peewee

from kscb_actions.access.policy import Viewer
from kscb_actions.people.models import User
from kscb_actions.reviews.models import Review
from kscb_actions.reviews.queries import visible_review

from .models import ReviewPaper


def get_paper(viewer: Viewer, reference: str, paper_id: int) -> ReviewPaper | None:
    """Return one file with its review, or None when it is hidden or does not exist."""
    return (
        ReviewPaper.select(ReviewPaper, Review)
        .join(Review)
        .where(Review.reference == reference, ReviewPaper.id == paper_id, visible_review(viewer))
        .first()
    )


def list_papers(review: Review, kind: str) -> list[ReviewPaper]:
    """Return the files of a kind that a review keeps, the newest first; for somebody who sees the review."""
    query = ReviewPaper.select(ReviewPaper, User).join(User, peewee.JOIN.LEFT_OUTER)
    return list(
        query.where(ReviewPaper.review == review, ReviewPaper.kind == kind).order_by(ReviewPaper.id.desc())
    )
