"""Reading the trail as a later day would: what every object was before an instant."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import peewee

from kscb_actions.audit.models import AuditEvent


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
