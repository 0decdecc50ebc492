"""Working days in England and Wales, by rule.

Sources: Banking and Financial Dealings Act 1971, schedule 1; the royal proclamations that moved or added
single days. The list is the one published at www.gov.uk/bank-holidays.
"""

from datetime import date, timedelta
from functools import cache

MONDAY, SATURDAY = 0, 5
# A Monday in May given up, and the day that was kept in its place.
MOVED = {
    date(1995, 5, 1): date(1995, 5, 8),
    date(2002, 5, 27): date(2002, 6, 4),
    date(2012, 5, 28): date(2012, 6, 4),
    date(2020, 5, 4): date(2020, 5, 8),
    date(2022, 5, 30): date(2022, 6, 2),
}
# Days that were holidays once: royal weddings and jubilees, the millennium, a funeral, a coronation.
ONCE = (
    date(1999, 12, 31),
    date(2002, 6, 3),
    date(2011, 4, 29),
    date(2012, 6, 5),
    date(2022, 6, 3),
    date(2022, 9, 19),
    date(2023, 5, 8),
)


def is_working_day(day: date) -> bool:
    """Monday to Friday, and not a bank holiday."""
    return why_not_working(day) is None


def why_not_working(day: date) -> str | None:
    """Why nobody works on this day: "a Saturday", "a bank holiday"; None on a working day."""
    if day.weekday() >= SATURDAY:
        return "a Saturday" if day.weekday() == SATURDAY else "a Sunday"
    return "a bank holiday" if day in bank_holidays(day.year) else None


@cache
def bank_holidays(year: int) -> frozenset[date]:
    """The bank holidays of England and Wales in a year, from 1978 (when May Day became one)."""
    easter = easter_sunday(year)
    usual = (
        easter - timedelta(days=2),
        easter + timedelta(days=1),
        _first_monday(year, 5),
        _last_monday(date(year, 5, 31)),
        _last_monday(date(year, 8, 31)),
    )
    once = (day for day in ONCE if day.year == year)
    return frozenset((*_fixed(year), *(MOVED.get(day, day) for day in usual), *once))


def easter_sunday(year: int) -> date:
    """Easter Sunday in the Gregorian calendar (Meeus, Astronomical Algorithms, chapter 8)."""
    century, in_century = divmod(year, 100)
    golden = year % 19
    correction = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + century - century // 4 - correction + 15) % 30
    weekday = (32 + 2 * (century % 4) + 2 * (in_century // 4) - epact - in_century % 4) % 7
    late = (golden + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)


def _fixed(year: int) -> list[date]:
    """New Year's Day, Christmas Day and Boxing Day, and a weekday in place of each on a weekend."""
    kept: list[date] = []
    for month, day in ((1, 1), (12, 25), (12, 26)):
        holiday = date(year, month, day)
        while holiday.weekday() >= SATURDAY or holiday in kept:
            holiday += timedelta(days=1)
        kept.append(holiday)
    return kept


def _first_monday(year: int, month: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(MONDAY - first.weekday()) % 7)


def _last_monday(last: date) -> date:
    return last - timedelta(days=last.weekday())
