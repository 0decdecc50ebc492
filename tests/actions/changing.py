"""What the tests of changing actions share."""

from datetime import date

from kscb_actions.actions.models import Action
from kscb_actions.actions.service import ActionFacts
from kscb_actions.audit.models import AuditEvent

DUE, LATER = date(2012, 5, 1), date(2012, 7, 1)


TEXT = ActionFacts("Change the procedure.", "An audit shows it.", DUE)


LONG = "x" * 10_001


def told(since: int) -> list[str]:
    """Return the events after the one with id `since`, in order."""
    return [event.event for event in AuditEvent.select().where(AuditEvent.id > since).order_by(AuditEvent.id)]


def now() -> int:
    """Return the id of the newest event."""
    return AuditEvent.select().count()


def fresh(action: Action) -> Action:
    """Return the action as it is in the database."""
    return Action.get_by_id(action.id)
