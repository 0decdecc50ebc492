"""Pure rules of the outbox: its states, and when a message is tried again."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


@dataclass(frozen=True)
class About:
    """One thing that a message is about, by the ids of its row: a review, an action of it, or a death.

    Who may not know of the thing may not know of the message.
    """

    review_id: int | None = None
    action_id: int | None = None
    death_id: int | None = None


# What a message is about that anybody who reads the outbox may know of.
NOTHING: tuple[About, ...] = ()


class State(StrEnum):
    """What has become of a message."""

    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"
    DROPPED = "dropped"


STATE_NAMES = {
    State.QUEUED: "Waiting",
    State.SENT: "Sent",
    State.FAILED: "Not delivered",
    State.DROPPED: "Withheld",
}
# A server that is down over a long weekend costs no message: the waits add up to three and a half days.
WAITS = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=8),
    timedelta(hours=24),
    timedelta(hours=48),
)
MAX_TRIES = len(WAITS) + 1
# While one process is sending a message no other takes it up; after a crash it is taken up again then.
CLAIM = timedelta(minutes=10)


def next_try(attempts: int, now: datetime) -> datetime | None:
    """Return when to retry a message after `attempts` failures; None when it is abandoned."""
    return now + WAITS[attempts - 1] if attempts < MAX_TRIES else None
