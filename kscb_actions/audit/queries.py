"""Reading the trail."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import peewee

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
