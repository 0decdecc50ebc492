"""Writing down of what each person was reminded, in the change that queues the message."""

from datetime import date
from typing import Any

from kscb_actions.audit.service import Change
from kscb_actions.chasing.providers import Provider
from kscb_actions.chasing.rules import Digest
from kscb_actions.mail.models import OutboxMessage

from .models import Reminder
from .rules import stage_words


def note_reminders(
    tx: Change, provider: Provider[Any], digest: Digest[Any], on: date, message: OutboxMessage
) -> None:
    """Write a row, in the open change, for each thing that a message reminds its addressee of.

    The event says in words which rung it was and who was told, as it was that day.
    """
    subjects = {subject.code: subject for subject in provider.subjects}
    for item in digest.items:
        waiting = item.waiting
        review_id, agency_id = provider.stands_at(waiting)
        about = next(iter(provider.about(waiting)), None)
        subject = subjects[provider.kind_of(waiting)]
        row = Reminder(
            message=message,
            review=review_id,
            action=about.action_id if about else None,
            agency=agency_id or None,
            subject=subject.code,
            label=waiting.label,
            stage=item.stage,
            due_on=waiting.due_on,
            chased_on=on,
            told=item.told.name.lower(),
        )
        tx.add(
            row, "reminder.given", {"rung": stage_words(item.stage, subject.counted), "to": digest.to.name}
        )
