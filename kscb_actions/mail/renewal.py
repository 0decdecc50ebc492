"""What a higher room says of a digest that is about to go: what is left of it to say, in what words."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from .models import OutboxMessage


@dataclass(frozen=True)
class Words:
    """The subject and the text of a message."""

    subject: str
    body: str


class Renewer(Protocol):
    """What is asked of every digest of one run of delivery before it goes."""

    def waits(self, message: OutboxMessage) -> bool:
        """Return whether a message has to wait for a later run."""

    def gathered(self, message: OutboxMessage) -> OutboxMessage:
        """Return the message that goes in place of this one: a later digest that has taken it in, or itself.

        In the transaction that claims the message.
        """

    def words(self, message: OutboxMessage, base_url: str) -> Words | None:
        """Return the words of a message as they are true now; None where nothing is left to say.

        In the transaction that claims the message.
        """


class _AsItWas:
    def waits(self, message: OutboxMessage) -> bool:
        return False

    def gathered(self, message: OutboxMessage) -> OutboxMessage:
        return message

    def words(self, message: OutboxMessage, base_url: str) -> Words:
        return Words(message.subject, message.body)


_made_by: list[Callable[[], Renewer]] = [_AsItWas]


def renew_by(make: Callable[[], Renewer]) -> None:
    """Let each run of delivery ask what `make` returns, in place of any before."""
    _made_by[:] = [make]


# Why a message must not go that is no digest, as a sentence; "" where it may.
Withhold = Callable[[OutboxMessage], str]
_withheld_by: list[Withhold] = []


def withhold_by(why: Withhold) -> None:
    """Let each message that is no digest be asked of `why` before it goes: what it told of may have ended."""
    if why not in _withheld_by:
        _withheld_by.append(why)


def why_withheld(message: OutboxMessage) -> str:
    """Return why a message must not go; "" where it may. A digest says itself what is left of it."""
    reasons = (why(message) for why in _withheld_by) if message.digest_on is None else ()
    return next(filter(None, reasons), "")


def begin_renewal() -> Renewer:
    """Return what is to be asked in one run of delivery."""
    return _made_by[0]()
