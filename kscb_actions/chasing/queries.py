"""What every run of reminders reads: who can be told, and whether it has been run."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any, TypeVar

from kscb_actions.access.policy import Viewer
from kscb_actions.audit.models import AuditEvent
from kscb_actions.audit.rules import canonical
from kscb_actions.people.models import User

from .providers import Provider

V = TypeVar("V")


def list_active_people() -> list[Viewer]:
    """Return everybody who can sign in, as the policy sees them."""
    return [person.viewer for person in User.select().where(User.is_active).order_by(User.email)]


def has_run(provider: Provider[Any], on: date) -> bool:
    """Return whether this run of the day has been done already."""
    ran = AuditEvent.event == provider.event
    return AuditEvent.select().where(ran, AuditEvent.detail == canonical({"on": on})).exists()


def gathered(rows: Iterable[Any], made: Callable[..., V]) -> dict[int, tuple[V, ...]]:
    """Return {first column: what is made of the other columns, for each row that begins with it}."""
    found: dict[int, tuple[V, ...]] = {}
    for key, *others in rows:
        found[key] = (*found.get(key, ()), made(*others))
    return found
