"""Pure rules of the outbox: its states, and when a message is tried again."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from kscb_actions.ahead import furthest


@dataclass(frozen=True)
class About:
    """One thing that a message is about, by the ids of its row: a review, what is in it, or a death.

    Who may not know of the thing may not know of the message.
    """

    review_id: int | None = None
    action_id: int | None = None
    death_id: int | None = None
    recommendation_id: int | None = None
    challenge_id: int | None = None


# What a message is about that anybody who reads the outbox may know of.
NOTHING: tuple[About, ...] = ()


class State(StrEnum):
    """What has become of a message."""

    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"
    NOT_ARRIVED = "not_arrived"
    DROPPED = "dropped"


STATE_NAMES = {
    State.QUEUED: "Waiting",
    State.SENT: "Sent",
    State.FAILED: "Not delivered",
    State.NOT_ARRIVED: "Did not arrive",
    State.DROPPED: "Withheld",
}
# Whoever was to read these has not had them.
LOST = (State.FAILED, State.NOT_ARRIVED)
# A server that is down over Easter costs no message: the waits add up to four days.
WAITS = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=8),
    timedelta(hours=24),
    timedelta(hours=24),
    timedelta(hours=38),
)
MAX_TRIES = len(WAITS) + 1
# While one process is sending a message no other takes it up; after a crash it is taken up again then.
CLAIM = timedelta(minutes=10)


def is_due(next_try_at: datetime | None, attempts: int, now: datetime) -> bool:
    """Return whether a message is to be tried now.

    A next try further ahead than the wait after `attempts` tries was set by a clock that was ahead.
    """
    if next_try_at is None or next_try_at <= now:
        return True
    waits = WAITS[attempts - 1] if 0 < attempts < MAX_TRIES else timedelta()
    return next_try_at > furthest(now, max(CLAIM, waits))


def next_try(attempts: int, now: datetime) -> datetime | None:
    """Return when to retry a message after `attempts` failures; None when it is abandoned."""
    return now + WAITS[attempts - 1] if attempts < MAX_TRIES else None
