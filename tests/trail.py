"""Reading the trail: as a later day would, before an instant, and as somebody is shown it."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import peewee

from kscb_actions.access.policy import Viewer
from kscb_actions.audit.models import AuditEvent
from kscb_actions.audit.queries import EventFilter, list_events
from kscb_actions.pages import Page
from kscb_actions.reviews.queries import told_events

EVERYTHING = EventFilter()


def states_at(kind: str, before: datetime) -> Iterator[dict[str, Any]]:
    """Yield the state of every object of a kind as it was before an instant, in order of id."""
    latest = (
        AuditEvent.select(peewee.fn.MAX(AuditEvent.id))
        .where(AuditEvent.kind == kind, AuditEvent.at < before)
        .group_by(AuditEvent.object_id)
    )
    rows = AuditEvent.select(AuditEvent.state).where(AuditEvent.id.in_(latest))
    for (state,) in rows.order_by(AuditEvent.object_id).tuples().iterator():
        yield json.loads(state)


def told_to(viewer: Viewer, narrow: EventFilter = EVERYTHING, page: int = 1) -> Page[AuditEvent]:
    """Return a page of the trail as this person is shown it."""
    return list_events(viewer, told_events(viewer), narrow, page)
