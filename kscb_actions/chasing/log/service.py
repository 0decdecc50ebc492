"""Writing down of what each person was reminded, in the change that queues the message."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from kscb_actions.chasing.providers import Provider
from kscb_actions.chasing.rules import Item, Told
from kscb_actions.mail.models import OutboxMessage
from kscb_actions.prepared import insert_all

from .models import Reminder
from .rules import Named

TOLD_NAMES = {each: each.name.lower() for each in Told}


def name_of(provider: Provider[Any], waiting: Any) -> Named:
    """Return by what the log knows a thing again."""
    return provider.kind_of(waiting), waiting.label, provider.stands_at(waiting)[1] or None


def note_reminders(
    provider: Provider[Any], given: Iterable[tuple[Item[Any], OutboxMessage]], on: date
) -> None:
    """Write a row, in the open change, for each thing that a message reminds its addressee of."""
    rows = []
    for item, message in given:
        waiting = item.waiting
        review_id, agency_id = provider.stands_at(waiting)
        about = next(iter(provider.about(waiting)), None)
        row = {
            "message": message.id,
            "review": review_id,
            "action": about.action_id if about else None,
            "agency": agency_id or None,
            "subject": provider.kind_of(waiting),
            "label": waiting.label,
            "stage": item.stage,
            "due_on": waiting.due_on,
            "chased_on": on,
            "told": TOLD_NAMES[item.told],
        }
        rows.append(row)
    insert_all(Reminder, rows)
