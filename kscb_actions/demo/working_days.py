"""Working days of the demonstration's years, and the days on which the subgroup met."""

from datetime import date, timedelta

# Bank holidays in England, April 2009 to March 2012.
BANK_HOLIDAYS = frozenset(
    date.fromisoformat(day)
    for day in (
        "2009-04-10 2009-04-13 2009-05-04 2009-05-25 2009-08-31 2009-12-25 2009-12-28 "
        "2010-01-01 2010-04-02 2010-04-05 2010-05-03 2010-05-31 2010-08-30 2010-12-27 2010-12-28 "
        "2011-01-03 2011-04-22 2011-04-25 2011-04-29 2011-05-02 2011-05-30 2011-08-29 2011-12-26 2011-12-27 "
        "2012-01-02"
    ).split()
)
WEDNESDAY = 2


def is_working_day(day: date) -> bool:
    """Neither a weekend nor a bank holiday."""
    return day.weekday() < 5 and day not in BANK_HOLIDAYS


def on_or_after(day: date) -> date:
    """`day`, or the first working day after it."""
    while not is_working_day(day):
        day += timedelta(days=1)
    return day


def on_or_before(day: date) -> date:
    """`day`, or the last working day before it."""
    while not is_working_day(day):
        day -= timedelta(days=1)
    return day


def meeting_on_or_after(day: date) -> date:
    """The first subgroup meeting, a month's third Wednesday, that is not before `day`."""
    third = _third_wednesday(day.year, day.month)
    if third >= day:
        return third
    return _third_wednesday(day.year + day.month // 12, day.month % 12 + 1)


def meeting_on_or_before(day: date) -> date:
    """The last subgroup meeting that is not after `day`."""
    third = _third_wednesday(day.year, day.month)
    if third <= day:
        return third
    return _third_wednesday(day.year - (day.month == 1), (day.month - 2) % 12 + 1)


def _third_wednesday(year: int, month: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(WEDNESDAY - first.weekday()) % 7 + 14)
