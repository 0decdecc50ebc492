"""What is done at a certain hour of the demonstration; its working days, and the subgroup’s meetings."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from kscb_actions.working_days.england import is_working_day

WEDNESDAY = 2


@dataclass(frozen=True)
class ScheduledEvent:
    """Hold something to be done at a certain hour of a certain day, in the order of time."""

    on: date
    hour: int
    run: Callable[[], object]


def on_or_after(day: date) -> date:
    """Return `day`, or the first working day after it."""
    while not is_working_day(day):
        day += timedelta(days=1)
    return day


def on_or_before(day: date) -> date:
    """Return `day`, or the last working day before it."""
    while not is_working_day(day):
        day -= timedelta(days=1)
    return day


def meeting_on_or_after(day: date) -> date:
    """Return the first subgroup meeting, a month's third Wednesday, that is not before `day`."""
    third = _third_wednesday(day.year, day.month)
    if third >= day:
        return third
    return _third_wednesday(day.year + day.month // 12, day.month % 12 + 1)


def meeting_on_or_before(day: date) -> date:
    """Return the last subgroup meeting that is not after `day`."""
    third = _third_wednesday(day.year, day.month)
    if third <= day:
        return third
    return _third_wednesday(day.year - (day.month == 1), (day.month - 2) % 12 + 1)


def _third_wednesday(year: int, month: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(WEDNESDAY - first.weekday()) % 7 + 14)
