"""Sending messages again that were not delivered: on the word of somebody who reads the outbox."""

from typing import Any

from kscb_actions.access.policy import Permission, Viewer, require
from kscb_actions.audit.service import change
from kscb_actions.database import writing

from .models import OutboxMessage
from .rules import LOST, State


def can_be_sent_again() -> Any:
    """Return the condition on OutboxMessage that it was lost, nothing made it good, and its text is there."""
    is_readable = OutboxMessage.is_secret == False  # noqa: E712
    return OutboxMessage.state.in_(LOST) & OutboxMessage.made_good_at.is_null() & is_readable


def send_again(viewer: Viewer, which: Any) -> int:
    """Put messages that were lost in the queue anew, each with all its tries; returns how many.

    One that waits already, or has gone, is left as it is: asking twice sends once. Raises Refused.

    which  the condition on OutboxMessage that keeps those that are meant and that this person may know of
    """
    require(viewer, Permission.READ_OUTBOX)
    with writing():
        found = list(OutboxMessage.select().where(can_be_sent_again(), which).order_by(OutboxMessage.id))
        if found:
            with change(viewer) as tx:
                for message in found:
                    message.state, message.attempts, message.next_try_at = State.QUEUED.value, 0, None
                    tx.update(message, "mail.sent-again")
    return len(found)
