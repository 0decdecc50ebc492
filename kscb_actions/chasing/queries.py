"""What every run of reminders reads: who can be told, and whether it has been run."""

from datetime import date
from typing import Any

from kscb_actions.access.policy import Viewer
from kscb_actions.audit.models import AuditEvent
from kscb_actions.audit.rules import canonical
from kscb_actions.people.models import User

from .providers import Provider


def list_active_people() -> list[Viewer]:
    """Everybody who can sign in, as the policy sees them."""
    return [person.viewer for person in User.select().where(User.is_active).order_by(User.email)]


def has_run(provider: Provider[Any], on: date) -> bool:
    """Has this run of the day been done already?"""
    ran = AuditEvent.event == provider.event
    return AuditEvent.select().where(ran, AuditEvent.detail == canonical({"on": on})).exists()
