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
    TAKEN_IN = "taken_in"


STATE_NAMES = {
    State.QUEUED: "Waiting",
    State.SENT: "Sent",
    State.FAILED: "Not delivered",
    State.NOT_ARRIVED: "Did not arrive",
    State.DROPPED: "Withheld",
    State.TAKEN_IN: "In a later digest",
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
# A digest that took in what has waited so long is given up after a morning's tries of its own.
LONGEST = timedelta(days=4)
TRIES_OF_A_MORNING = 5
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


def next_try(attempts: int, now: datetime, waited: timedelta = timedelta()) -> datetime | None:
    """Return when to retry a message after `attempts` failures; None when it is abandoned.

    waited  how long the oldest waits that it took in: an address that takes nothing is to be seen, though
            each morning's digest begins its own tries
    """
    is_spent = attempts >= MAX_TRIES or (waited >= LONGEST and attempts >= TRIES_OF_A_MORNING)
    return None if is_spent else now + WAITS[attempts - 1]
