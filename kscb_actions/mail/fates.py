"""What has become of a message, in words, for pages that tell of what was sent about a thing."""

from kscb_actions.wording import instant_uk, lower_first

from .models import OutboxMessage
from .rules import STATE_NAMES, State


def fate_words(message: OutboxMessage, is_told_why: bool) -> str:
    """Return what became of a message: "sent 30 March 2012 at 8am", "not delivered", and why.

    is_told_why  whether the words of the mail server are told: they hold addresses
    """
    if message.state == State.SENT and message.sent_at:
        return f"sent {instant_uk(message.sent_at)}"
    if message.state == State.TAKEN_IN:
        return lower_first(message.last_error).rstrip(".")
    words = lower_first(STATE_NAMES[State(message.state)])
    return f"{words}: {message.last_error}" if is_told_why and message.last_error else words
