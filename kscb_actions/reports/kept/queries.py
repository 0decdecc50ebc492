"""Reading kept papers, always for a viewer, by what this person may see today."""

from typing import Any

import peewee

from kscb_actions.access.policy import Permission, Reach, Viewer, reach
from kscb_actions.pages import Page, page_within
from kscb_actions.people.models import User
from kscb_actions.reports.progress.scope import PROTECTION
from kscb_actions.reviews.models import Review
from kscb_actions.reviews.publishing.queries import is_public
from kscb_actions.reviews.queries import EVERYTHING, NOTHING, hidden_reviews

from .models import KeptPaper
from .rules import marked_higher_in_words, not_given_out

PER_PAGE = 25
# All but the content, which may be long.
_FIELDS = [field for field in KeptPaper._meta.sorted_fields if field.name != "content"]


def visible_paper(viewer: Viewer) -> Any:
    """Return the condition on KeptPaper that keeps what this person may fetch today.

    Nothing that covers a review which is restricted today and on which they are not named; of one agency only
    what was made for it.
    """
    width = reach(viewer, Permission.PRINT_PAPERS)
    if width is Reach.NONE:
        return NOTHING
    condition = EVERYTHING if width is Reach.ALL else KeptPaper.agency == viewer.agency_id
    for (hidden,) in hidden_reviews(viewer).tuples():
        condition = condition & ~KeptPaper.reviews.contains(f",{hidden},")
    return condition


def list_papers(viewer: Viewer, page: int = 1) -> Page[KeptPaper]:
    """Return one page of the papers that this person may fetch, the newest first, with who made each."""
    visible = visible_paper(viewer)
    total = KeptPaper.select().where(visible).count()
    page, pages, start, count = page_within(page, total, PER_PAGE)
    query = KeptPaper.select(*_FIELDS, User).join_from(KeptPaper, User, peewee.JOIN.LEFT_OUTER)
    query = query.where(visible)
    rows = query.order_by(KeptPaper.made_at.desc(), KeptPaper.id.desc()).offset(start).limit(count)
    return Page(list(rows), total, page, pages)


def get_paper(viewer: Viewer, reference: str) -> KeptPaper | None:
    """Return one kept paper, or None when it is hidden or does not exist."""
    return KeptPaper.select().where(KeptPaper.reference == reference, visible_paper(viewer)).first()


def why_not_given_out(paper: KeptPaper) -> str | None:
    """Return why a paper's file is not given out again: it is for the public, and a review in it is not now.

    None where it is. The paper was fetched for a viewer, who may see the reviews in it.
    """
    if not is_for_the_public(paper):
        return None
    withheld = Review.select(Review.reference).where(
        Review.id.in_(reviews_in(paper)), ~is_public() | Review.is_void
    )
    references = [reference for (reference,) in withheld.order_by(Review.reference).tuples()]
    return not_given_out(references) if references else None


def why_marked_higher(paper: KeptPaper, marking: str) -> str | None:
    """Return how to handle a paper that bears `marking`, where a review in it is marked higher today.

    None where none is, and of a marking outside the order, such as a committee's.
    """
    borne = marking.partition(" – ")[0]
    if borne not in PROTECTION:
        return None
    rows = Review.select(Review.reference, Review.classification).where(Review.id.in_(reviews_in(paper)))
    order = PROTECTION.index
    higher = [
        (order(marked), reference, marked)
        for reference, marked in rows.order_by(Review.reference.desc()).tuples()
        if marked in PROTECTION and order(marked) > order(borne)
    ]
    return marked_higher_in_words(*max(higher)[1:], borne) if higher else None


def reviews_in(paper: KeptPaper) -> list[int]:
    """Return the ids of the reviews that a paper covers."""
    return [int(each) for each in paper.reviews.strip(",").split(",") if each]


def is_for_the_public(paper: KeptPaper) -> bool:
    """Return whether a paper was made for the public; of old ones their addressee tells."""
    if paper.is_public is not None:
        return bool(paper.is_public)
    return "for publication" in paper.addressee
