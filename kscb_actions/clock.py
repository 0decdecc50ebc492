"""The only clock. Instants are UTC; days are those of Europe/London.

The demonstration board lives on one fixed day: `fix_day` makes `today()` that day and lets the time of
day run on. Sessions, leases and rate limits guard real people in real time and ask `real_now()`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time

from .wording import LONDON

_held: ContextVar[datetime | None] = ContextVar("held", default=None)
_fixed_day: ContextVar[date | None] = ContextVar("fixed_day", default=None)


def now() -> datetime:
    """Return the instant that records carry: aware, UTC."""
    held = _held.get()
    if held is not None:
        return held
    real, fixed = real_now(), _fixed_day.get()
    if fixed is None:
        return real
    return datetime.combine(fixed, real.astimezone(LONDON).time(), LONDON).astimezone(UTC)


def today() -> date:
    """Return the local date in Europe/London."""
    return local_date(now())


def real_now() -> datetime:
    """Return the true instant, whatever day the records are on: for sessions, leases and rate limits."""
    return datetime.now(UTC)


def local_date(instant: datetime) -> date:
    """Return the Europe/London date of an aware instant."""
    return instant.astimezone(LONDON).date()


def start_of(day: date) -> datetime:
    """Return the UTC instant at which `day` begins in Europe/London."""
    return datetime.combine(day, time(), LONDON).astimezone(UTC)


def fix_day(day: date | None) -> None:
    """Hold today() at `day` in this context from now on; None lets it run."""
    _fixed_day.set(day)


@contextmanager
def at(moment: datetime | date) -> Iterator[None]:
    """Hold the clock at an aware instant, or at noon London time of a date, inside the block."""
    if not isinstance(moment, datetime):
        moment = datetime.combine(moment, time(12), LONDON)
    token = _held.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _held.reset(token)
