"""What every run of reminders reads: who can be told, and whether it has been run."""

import json
from collections.abc import Callable, Iterable
from datetime import date
from typing import Any, TypeVar

import peewee

from kscb_actions import clock
from kscb_actions.access.policy import Viewer
from kscb_actions.audit.models import AuditEvent
from kscb_actions.audit.rules import canonical
from kscb_actions.people.models import User

from .providers import Provider
from .rules import set_back

V = TypeVar("V")


def list_active_people() -> list[Viewer]:
    """Return everybody who can sign in, as the policy sees them."""
    return [person.viewer for person in User.select().where(User.is_active).order_by(User.email)]


def has_run(provider: Provider[Any], on: date) -> bool:
    """Return whether this run of the day has been done already, that day and not by a clock ahead of it."""
    return has_happened(provider.event, on)


def has_happened(event: str, on: date) -> bool:
    """Return whether there was an event `on` a day, recorded that day and not by a clock ahead of it."""
    ran = (AuditEvent.event == event) & (AuditEvent.detail == canonical({"on": on}))
    newest = AuditEvent.select(peewee.fn.MAX(AuditEvent.id)).where(ran).scalar()
    if newest is None:
        return False
    # The trail goes on before that day: the clock was ahead when it ran.
    earlier = (AuditEvent.id > newest) & (AuditEvent.at < clock.start_of(on))
    return not AuditEvent.select().where(earlier).exists()


def runs_ahead(provider: Provider[Any], today: date) -> dict[date, date]:
    """Return the days of which a run was done before they came, as `rules.set_back` gives them."""
    ran = AuditEvent.select(AuditEvent.detail, AuditEvent.at).where(AuditEvent.event == provider.event)
    runs = []
    for detail, at in ran.order_by(AuditEvent.id).tuples():
        day = date.fromisoformat(json.loads(detail)["on"])
        # A day that was made up for is not one to which a clock was set back.
        runs.append((day, max(day, clock.local_date(at))))
    return set_back(runs, today)


def gathered(rows: Iterable[Any], made: Callable[..., V]) -> dict[int, tuple[V, ...]]:
    """Return {first column: what is made of the other columns, for each row that begins with it}."""
    found: dict[int, tuple[V, ...]] = {}
    for key, *others in rows:
        found[key] = (*found.get(key, ()), made(*others))
    return found
