"""Reading the trail."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import peewee

from kscb_actions.access.policy import Permission, Reach, Viewer, reach
from kscb_actions.database import Model
from kscb_actions.pages import Page, page_within

from .models import AuditEvent
from .rules import VISIBLE_ROOMS, names_of_rooms

PER_PAGE = 50
PIECE = 1000


@dataclass(frozen=True)
class EventFilter:
    """What the trail is narrowed to, from `since` to before `until`; an empty value narrows nothing."""

    person: int | None = None
    event: str = ""
    review: int | None = None
    since: datetime | None = None
    until: datetime | None = None


def visible_event(viewer: Viewer, hidden: Any) -> Any:
    """Return the condition on AuditEvent that keeps what this person may see.

    `hidden` selects the ids of the reviews that are hidden from them, whatever else their roles open. Of the
    rooms only those are told that are listed, so nothing of child deaths, and nothing under a name that is
    not known.
    """
    if viewer.is_system:
        return peewee.SQL("1 = 1")
    if reach(viewer, Permission.READ_AUDIT) is Reach.NONE:
        return peewee.SQL("1 = 0")
    condition = AuditEvent.review_id.is_null() | AuditEvent.review_id.not_in(hidden)
    return condition & AuditEvent.room.in_(names_of_rooms(*VISIBLE_ROOMS))


def list_events(viewer: Viewer, hidden: Any, narrow: EventFilter, page: int = 1) -> Page[AuditEvent]:
    """Return one page of the events that match, among what this person may see. Two queries."""
    condition = _matching(visible_event(viewer, hidden), narrow)
    total = AuditEvent.select().where(condition).count()
    page, pages, _ = page_within(page, total, PER_PAGE)
    rows = AuditEvent.select().where(condition).order_by(AuditEvent.id.desc()).paginate(page, PER_PAGE)
    return Page(list(rows), total, page, pages)


def _matching(condition: Any, narrow: EventFilter) -> Any:
    if narrow.person is not None:
        condition = condition & (AuditEvent.actor_id == narrow.person)
    if narrow.event:
        condition = condition & (AuditEvent.event == narrow.event)
    if narrow.review is not None:
        condition = condition & (AuditEvent.review_id == narrow.review)
    if narrow.since is not None:
        condition = condition & (AuditEvent.at >= narrow.since)
    if narrow.until is not None:
        condition = condition & (AuditEvent.at < narrow.until)
    return condition


def event_is_visible(viewer: Viewer, hidden: Any, event_id: int) -> bool:
    """Return whether this person may see that event."""
    return AuditEvent.select().where(AuditEvent.id == event_id, visible_event(viewer, hidden)).exists()


def every_event() -> Iterator[dict[str, Any]]:
    """Yield the whole trail in order, for verifying its hash chain.

    Read in pieces, because a long read would hold up writers."""
    last = 0
    while True:
        piece = AuditEvent.select().where(AuditEvent.id > last).order_by(AuditEvent.id).limit(PIECE).dicts()
        rows = list(piece)
        yield from rows
        if len(rows) < PIECE:
            return
        last = rows[-1]["id"]


def head(viewer: Viewer, hidden: Any) -> AuditEvent | None:
    """Return the newest event this person may see.

    Its hash, kept elsewhere, shows later whether the end of the trail was removed."""
    return AuditEvent.select().where(visible_event(viewer, hidden)).order_by(AuditEvent.id.desc()).first()


def events_of_action(action_id: int) -> list[AuditEvent]:
    """Return the events of one action, oldest first. The action has been fetched for a viewer."""
    return list(AuditEvent.select().where(AuditEvent.action_id == action_id).order_by(AuditEvent.id))


def last_event(row: Model) -> AuditEvent | None:
    """Return the newest event of one row: who changed it last, and when."""
    return (
        AuditEvent.select()
        .where(AuditEvent.kind == row._meta.table_name, AuditEvent.object_id == row.id)
        .order_by(AuditEvent.id.desc())
        .first()
    )


def last_event_of_kind(kind: type[Model]) -> AuditEvent | None:
    """Return the newest event about any row of a table."""
    return (
        AuditEvent.select()
        .where(AuditEvent.kind == kind._meta.table_name)
        .order_by(AuditEvent.id.desc())
        .first()
    )
