"""Writing down of what each person was reminded, in the change that queues the message."""

from datetime import date
from typing import Any

from kscb_actions.chasing.providers import Provider
from kscb_actions.chasing.rules import Digest
from kscb_actions.mail.models import OutboxMessage

from .models import Reminder

# So many rows are written by one statement.
AT_ONCE = 500


def note_reminders(provider: Provider[Any], digest: Digest[Any], on: date, message: OutboxMessage) -> None:
    """Write a row, in the open change, for each thing that a message reminds its addressee of."""
    rows = []
    for item in digest.items:
        waiting = item.waiting
        review_id, agency_id = provider.stands_at(waiting)
        about = next(iter(provider.about(waiting)), None)
        rows.append(
            {
                "message": message.id,
                "review": review_id,
                "action": about.action_id if about else None,
                "agency": agency_id or None,
                "subject": provider.kind_of(waiting),
                "label": waiting.label,
                "stage": item.stage,
                "due_on": waiting.due_on,
                "chased_on": on,
                "told": item.told.name.lower(),
            }
        )
    for first in range(0, len(rows), AT_ONCE):
        Reminder.insert_many(rows[first : first + AT_ONCE]).execute()
