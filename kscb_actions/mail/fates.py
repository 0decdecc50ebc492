"""What has become of messages, for pages that tell of what was sent about a thing."""

from collections.abc import Collection

from kscb_actions.wording import instant_uk

from .models import OutboxMessage
from .rules import STATE_NAMES, State


def fates_of(ids: Collection[int], is_told_why: bool) -> dict[int, str]:
    """Return {id of a message: what became of it, in words}. One query; none where there are no ids.

    is_told_why  whether the words of the mail server are told: they hold addresses
    """
    if not ids:
        return {}
    columns = (OutboxMessage.id, OutboxMessage.state, OutboxMessage.sent_at, OutboxMessage.last_error)
    rows = OutboxMessage.select(*columns).where(OutboxMessage.id.in_(list(ids)))
    return {row.id: fate_words(row, is_told_why) for row in rows}


def fate_words(message: OutboxMessage, is_told_why: bool) -> str:
    """Return what became of a message: "sent 30 March 2012 at 8:00am", "not delivered", and why."""
    if message.state == State.SENT and message.sent_at:
        return f"sent {instant_uk(message.sent_at)}"
    name = STATE_NAMES[State(message.state)]
    words = f"{name[0].lower()}{name[1:]}"
    return f"{words}: {message.last_error}" if is_told_why and message.last_error else words
