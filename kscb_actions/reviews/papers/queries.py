"""The files that a review keeps, always for a viewer."""

import peewee

from kscb_actions.access.policy import Permission, Reach, Viewer, reach
from kscb_actions.people.models import Agency, User
from kscb_actions.reviews.models import AgencyResponse, Review
from kscb_actions.reviews.queries import list_named_people, visible_review, void_recommendations

from .models import PaperReader, ReviewPaper
from .rules import OWN_KINDS, may_change
from .visibility import keeps_reviews, readable_paper


def get_paper(viewer: Viewer, reference: str, paper_id: int) -> ReviewPaper | None:
    """Return one file with its review, or None when it is hidden or does not exist."""
    return (
        ReviewPaper.select(ReviewPaper, Review)
        .join(Review)
        .where(
            Review.reference == reference,
            ReviewPaper.id == paper_id,
            visible_review(viewer),
            readable_paper(viewer),
        )
        .first()
    )


def get_own_paper(viewer: Viewer, reference: str, paper_id: int) -> ReviewPaper | None:
    """Return one paper of a review's own that this person may read, or None."""
    paper = get_paper(viewer, reference, paper_id)
    return paper if paper and paper.kind in OWN_KINDS else None


def get_changeable_paper(viewer: Viewer, reference: str, paper_id: int) -> ReviewPaper | None:
    """Return one paper whose readers this person names and which they may withdraw, or None."""
    paper = get_own_paper(viewer, reference, paper_id)
    return paper if paper and may_change_paper(viewer, paper) else None


def may_change_paper(viewer: Viewer, paper: ReviewPaper) -> bool:
    """Return whether this person names the readers of a paper and may withdraw it."""
    return may_change(keeps_reviews(viewer), paper.kept_by_id, viewer.id)


def list_papers(review: Review, kind: str) -> list[ReviewPaper]:
    """Return the files of a kind that a review keeps, the newest first; for somebody who sees the review."""
    query = ReviewPaper.select(ReviewPaper, User).join(User, peewee.JOIN.LEFT_OUTER)
    return list(
        query.where(ReviewPaper.review == review, ReviewPaper.kind == kind).order_by(ReviewPaper.id.desc())
    )


def list_own_papers(viewer: Viewer, review: Review) -> list[ReviewPaper]:
    """Return the papers of a review's own that this person may read, by kind, each kind's newest first."""
    query = (
        ReviewPaper.select(ReviewPaper, User)
        .join(User, peewee.JOIN.LEFT_OUTER)
        .where(ReviewPaper.review == review, ReviewPaper.kind.in_(OWN_KINDS), readable_paper(viewer))
    )
    return sorted(query, key=lambda each: (OWN_KINDS.index(each.kind), -each.id))


def count_own_papers(viewer: Viewer, review: Review) -> int:
    """Return how many papers of a review's own this person may read."""
    found = ReviewPaper.select().where(ReviewPaper.review == review, ReviewPaper.kind.in_(OWN_KINDS))
    return found.where(readable_paper(viewer)).count()


def readers_of(review: Review) -> dict[int, list[User]]:
    """Return {id of a paper: who is named to read it, by name} of one review. One query."""
    query = (
        PaperReader.select(PaperReader.paper, User)
        .join(User)
        .where(PaperReader.review == review, PaperReader.ended_at.is_null())
        .order_by(User.name, User.id)
    )
    found: dict[int, list[User]] = {}
    for row in query:
        found.setdefault(row.paper_id, []).append(row.user)
    return found


def possible_readers(review: Review) -> list[User]:
    """Return who signs in and sees a review, by name: whom its papers can be opened to."""
    people = (
        User.select(User, Agency)
        .join(Agency, peewee.JOIN.LEFT_OUTER)
        .where(User.is_active)
        .order_by(User.name, User.id)
    )
    if review.is_restricted:
        people = people.where(User.id.in_([each.id for each in list_named_people(review)]))
    asked = AgencyResponse.select(AgencyResponse.agency).where(
        AgencyResponse.review == review, AgencyResponse.recommendation.not_in(void_recommendations())
    )
    agencies = {agency_id for (agency_id,) in asked.tuples()}
    return [each for each in people if _sees(each.viewer, agencies)]


def _sees(person: Viewer, agencies: set[int]) -> bool:
    width = reach(person, Permission.READ_REVIEW)
    return width is Reach.ALL or (width is Reach.OWN_AGENCY and person.agency_id in agencies)
