"""Reading off the trail which days the machine's clock has shown."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import peewee

from kscb_actions import clock
from kscb_actions.audit.models import AuditEvent

from .rules import Shown, is_behind


def first_day() -> date | None:
    """Return the day of the trail's first event; None where there is none."""
    first = AuditEvent.select(AuditEvent.at).order_by(AuditEvent.id).limit(1).scalar()
    return clock.local_date(first) if first else None


def latest_day() -> date | None:
    """Return the latest day that the trail has shown; None where it is empty."""
    latest = AuditEvent.select(peewee.fn.MAX(AuditEvent.at)).scalar()
    return clock.local_date(latest) if latest else None


def days_shown(*conditions: Any) -> list[Shown]:
    """Return the days of the trail's events, or of some of them, each with its first event. One query.

    By UTC, in which no event is of a later day than in London.
    """
    # Written out: PostgreSQL does not take what two parameters hold for the same group.
    first, count = peewee.SQL("1"), peewee.SQL("10")
    day = peewee.fn.SUBSTR(AuditEvent.at.cast("TEXT"), first, count).converter(date.fromisoformat)
    rows: Sequence[Shown] = (
        AuditEvent.select(day, peewee.fn.MIN(AuditEvent.id))
        .where(peewee.SQL("1 = 1"), *conditions)
        .group_by(day)
        .tuples()
    )
    return sorted(rows, key=lambda each: each[1])


def is_clock_behind(today: date) -> bool:
    """Return whether the clock is behind by the days that the trail has lived through.

    As a rule nothing of the trail is later than today, and that is one look at its index.
    """
    newest = latest_day()
    if newest is None or newest <= today:
        return False
    first = first_day()
    return first is not None and is_behind(days_shown(), today, first)
