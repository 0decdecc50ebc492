"""Reading the trail."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import peewee

from kscb_actions.access.policy import Permission, Reach, Viewer, reach
from kscb_actions.database import Model
from kscb_actions.pages import Page, page_within
from kscb_actions.prepared import prepared

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


def visible_event(viewer: Viewer, told: Any) -> Any:
    """Return the condition on AuditEvent that keeps what this person may see.

    `told` is the condition that keeps what is about nothing hidden from them, whatever their roles open
    (`reviews.queries.told_events`). Of the rooms only those are told that are listed, so nothing of child
    deaths, and nothing under a name that is not known.
    """
    if viewer.is_system:
        return peewee.SQL("1 = 1")
    if reach(viewer, Permission.READ_AUDIT) is Reach.NONE:
        return peewee.SQL("1 = 0")
    return told & AuditEvent.room.in_(names_of_rooms(*VISIBLE_ROOMS))


def list_events(viewer: Viewer, told: Any, narrow: EventFilter, page: int = 1) -> Page[AuditEvent]:
    """Return one page of the events that match, among what this person may see. Two queries."""
    condition = _matching(visible_event(viewer, told), narrow)
    total = AuditEvent.select().where(condition).count()
    page, pages, start, count = page_within(page, total, PER_PAGE)
    rows = AuditEvent.select().where(condition).order_by(AuditEvent.id.desc()).limit(count).offset(start)
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


def event_is_visible(viewer: Viewer, told: Any, event_id: int) -> bool:
    """Return whether this person may see that event."""
    return AuditEvent.select().where(AuditEvent.id == event_id, visible_event(viewer, told)).exists()


def every_event() -> Iterator[dict[str, Any]]:
    """Yield the whole trail in order, for verifying its hash chain.

    Read in pieces, because a long read would hold up writers."""
    columns = [field.column_name for field in AuditEvent.fields_in_events()]
    for rows in in_pieces(AuditEvent):
        for row in rows:
            yield dict(zip(columns, row, strict=True))


def in_pieces(model: type[Model]) -> Iterator[list[tuple[Any, ...]]]:
    """Yield a whole table in order of its ids, the columns that events tell of, PIECE rows at a time.

    Raises ValueError where the ids do not grow, as in a torn table, which would have no end.
    """
    last = 0
    while True:
        try:
            # Only the type checker takes a class for something without a hash.
            rows = _prepared_piece(model, last=last)  # type: ignore[arg-type]
        except (AttributeError, TypeError, ValueError):
            # A value that is no date is passed on as it is: whoever compares it tells where it stands.
            rows = list(_piece(model, last))
        if not rows:
            return
        if rows[-1][0] <= last:
            raise ValueError(f"{model._meta.table_name}: row {rows[-1][0]} comes after row {last}")
        yield rows
        if len(rows) < PIECE:
            return
        last = rows[-1][0]


def _piece(model: type[Model], last: Any) -> Any:
    fields = model.fields_in_events()
    return model.select(*fields).where(model.id > last).order_by(model.id).limit(PIECE).tuples()


@prepared
def _prepared_piece(model: type[Model], *, last: int) -> Any:
    return _piece(model, last)


def head(viewer: Viewer, told: Any) -> AuditEvent | None:
    """Return the newest event this person may see.

    Its hash, kept elsewhere, shows later whether the end of the trail was removed."""
    return AuditEvent.select().where(visible_event(viewer, told)).order_by(AuditEvent.id.desc()).first()


def events_of_action(action_id: int) -> list[AuditEvent]:
    """Return the events of one action, oldest first. The action has been fetched for a viewer."""
    return _events_of_action(action_id=action_id)


@prepared
def _events_of_action(*, action_id: Any) -> Any:
    return AuditEvent.select().where(AuditEvent.action_id == action_id).order_by(AuditEvent.id)


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
