"""Reading kept papers, always for a viewer, by what this person may see today."""

from typing import Any

import peewee

from kscb_actions.access.policy import Permission, Reach, Viewer, reach
from kscb_actions.pages import Page, page_within
from kscb_actions.people.models import User
from kscb_actions.reviews.queries import EVERYTHING, NOTHING, hidden_reviews

from .models import KeptPaper

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
