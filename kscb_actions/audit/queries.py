"""Reading the trail."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import peewee

from ..database import Model
from .models import AuditEvent

PER_PAGE = 50


def states_at(kind: str, before: datetime) -> Iterator[dict[str, Any]]:
    """The state of every object of a kind as it was before an instant, in order of id."""
    latest = (
        AuditEvent.select(peewee.fn.MAX(AuditEvent.id))
        .where(AuditEvent.kind == kind, AuditEvent.at < before)
        .group_by(AuditEvent.object_id)
    )
    rows = AuditEvent.select(AuditEvent.state).where(AuditEvent.id.in_(latest))
    for (state,) in rows.order_by(AuditEvent.object_id).tuples().iterator():
        yield json.loads(state)


def list_events(condition: Any, page: int = 1) -> tuple[list[AuditEvent], int]:
    """One page of the trail, newest first, and how many events match in all."""
    query = AuditEvent.select().where(condition)
    return list(query.order_by(AuditEvent.id.desc()).paginate(page, PER_PAGE)), query.count()


def story_of_action(action_id: int) -> list[AuditEvent]:
    """Everything the trail holds of one action, oldest first. The action has been fetched for a viewer."""
    return list(AuditEvent.select().where(AuditEvent.action_id == action_id).order_by(AuditEvent.id))


def last_event(row: Model) -> AuditEvent | None:
    """The newest event of one row: who changed it last, and when."""
    return (
        AuditEvent.select()
        .where(AuditEvent.kind == row._meta.table_name, AuditEvent.object_id == row.id)
        .order_by(AuditEvent.id.desc())
        .first()
    )
