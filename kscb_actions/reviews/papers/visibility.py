"""Which papers of a review a person may read: those they added, those they are named on; the manager, all."""

from typing import Any

import peewee

from kscb_actions.access.policy import Permission, Reach, Viewer, reach

from .models import PaperReader, ReviewPaper
from .rules import OWN_KINDS


def keeps_reviews(viewer: Viewer) -> bool:
    """Return whether this person keeps the board's reviews, and so reads every paper of those they see."""
    return viewer.is_system or reach(viewer, Permission.EDIT_REVIEW) is Reach.ALL


def readable_paper(viewer: Viewer) -> Any:
    """Return the condition on ReviewPaper that keeps what this person may read.

    Of a review that they see: that is another condition (`reviews.queries.visible_review`). What is
    withdrawn is left to who added it and to the board manager. Plans that were taken in are no papers of the
    review's own: the routes that open those say who may.
    """
    if keeps_reviews(viewer):
        return peewee.SQL("1 = 1")
    person = viewer.id or 0
    named = PaperReader.select(PaperReader.paper).where(
        PaperReader.user == person, PaperReader.ended_at.is_null()
    )
    is_open = ReviewPaper.id.in_(named) & ReviewPaper.withdrawn_at.is_null()
    return ReviewPaper.kind.not_in(OWN_KINDS) | (ReviewPaper.kept_by == person) | is_open


def closed_papers(viewer: Viewer) -> Any:
    """Return ids of the papers that this person may not read, and of which the trail tells them nothing."""
    readable = ReviewPaper.select(ReviewPaper.id).where(readable_paper(viewer))
    return ReviewPaper.select(ReviewPaper.id).where(
        ReviewPaper.kind.in_(OWN_KINDS), ReviewPaper.id.not_in(readable)
    )
