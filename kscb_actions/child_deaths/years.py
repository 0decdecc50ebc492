"""Reporting years, from 1 April to 31 March."""

from datetime import date

from kscb_actions.text import whole_number


def year_of(day: date) -> str:
    """Return the reporting year of a day, 1 April to 31 March, like "2011-12"."""
    return _name(day.year if (day.month, day.day) >= (4, 1) else day.year - 1)


def days_of(year: str) -> tuple[date, date] | None:
    """Return the first and the last day of a reporting year like "2011-12"; None of what is none."""
    first = whole_number(year[:4], 4) or 0
    if not 1 <= first <= 9998 or year != _name(first):
        return None
    return date(first, 4, 1), date(first + 1, 3, 31)


def years_between(first: date, last: date) -> list[str]:
    """Return the reporting years from that of `first` to that of `last`, newest first."""
    start, end = int(year_of(first)[:4]), int(year_of(last)[:4])
    return [_name(year) for year in range(end, start - 1, -1)]


def _name(first: int) -> str:
    return f"{first:04}-{(first + 1) % 100:02}"
