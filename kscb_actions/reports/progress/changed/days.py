"""Which days a chart over time has. Plain values."""

from collections.abc import Iterable
from datetime import date

from kscb_actions.reviews.rules import add_months

MOST = 20
QUARTERS = 8
_MONTHS = 3


def days_drawn(since: date, as_at: date, given: Iterable[date] = ()) -> list[date]:
    """Return the days, oldest first, at most 20: both of the paper, and those given or the quarters before.

    since, as_at  the two days of the paper
    given         days of earlier meetings; what is later than `as_at` is left out
    """
    earlier = set(given) or {add_months(as_at, -_MONTHS * number) for number in range(1, QUARTERS)}
    return sorted({since, as_at} | {day for day in earlier if day < as_at})[-MOST:]
