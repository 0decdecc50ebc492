"""Periods of which a measure is read, as people write them: years, halves, quarters and months. Plain."""

import re
from calendar import month_abbr, month_name, monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from kscb_actions.text import plain_letters

# How long a period may be, in months, and how often that is.
EVERY = {1: "every month", 3: "every three months", 6: "every six months", 12: "every year"}
HOW_TO_WRITE = "Write it like 2011-12, Q1 2011-12, H1 2011-12 or April 2011."
_YEAR_BEGINS = 4
_NAMES = {1: "month", 3: "quarter", 6: "half-year", 12: "year"}
_LENGTHS = {name: months for months, name in _NAMES.items()}
_MONTHS = {
    name.lower(): number for names in (month_name, month_abbr) for number, name in enumerate(names) if name
}
_FINANCIAL = r"(\d{4})[-/](\d{4}|\d\d)"
_PART = re.compile(rf"([qh])(?:uarter|alf)? ?([1-4])(?: of)? {_FINANCIAL}", re.ASCII)
_PART_LAST = re.compile(rf"{_FINANCIAL} ([qh])(?:uarter|alf)? ?([1-4])", re.ASCII)
_WHOLE = re.compile(_FINANCIAL, re.ASCII)
_MONTH = re.compile(r"([a-z]{3,9})\.? (\d{4})", re.ASCII)
_ENDING = re.compile(r"(month|quarter|half-year|year) to ([a-z]{3,9})\.? (\d{4})", re.ASCII)
_CALENDAR = re.compile(r"\d{4}", re.ASCII)
_FIRST_YEAR, _LAST_YEAR = 1990, 2100


@dataclass(frozen=True, order=True)
class Period:
    """So many whole months, the last of which ends on a day."""

    ends_on: date
    months: int

    @property
    def begins_on(self) -> date:
        """Return its first day."""
        return months_on(self.ends_on, -self.months) + timedelta(days=1)

    @property
    def next(self) -> "Period":
        """Return the period after it."""
        return Period(months_on(self.ends_on, self.months), self.months)

    @property
    def words(self) -> str:
        """Return it as people write it; `read_period` reads that."""
        end, first = self.ends_on, self.begins_on
        if self.months == 1:
            return f"{month_name[end.month]} {end.year}"
        into = (first.month - _YEAR_BEGINS) % 12
        year = first.year - (first.month < _YEAR_BEGINS)
        named = f"{year}-{str(year + 1)[2:]}"
        if self.months == 12 and first.month in (1, _YEAR_BEGINS):
            return str(end.year) if first.month == 1 else named
        if self.months < 12 and into % self.months == 0:
            return f"{'Q' if self.months == 3 else 'H'}{into // self.months + 1} {named}"
        return f"{_NAMES[self.months]} to {month_name[end.month]} {end.year}"

    def is_in_step(self, other: "Period") -> bool:
        """Return whether another period is as long, and begins where one of this row begins."""
        apart = (other.ends_on.year - self.ends_on.year) * 12 + other.ends_on.month - self.ends_on.month
        return other.months == self.months and apart % self.months == 0


def months_on(end: date, months: int) -> date:
    """Return the last day of the month that lies so many months after (or before) the month of a day."""
    years, month = divmod(end.year * 12 + end.month - 1 + months, 12)
    return _end_of(years, month + 1)


def read_period(text: str) -> Period | None:
    """Return the period that a text names; None where it names none.

    A year like 2011-12 runs from April to March, and so do its quarters and halves; 2011 alone is a calendar
    year, and "year to August 2011" any other.
    """
    words = " ".join(plain_letters(text).lower().replace(" - ", "-").split())
    if found := _PART.fullmatch(words):
        return _part(*found.groups())
    if found := _PART_LAST.fullmatch(words):
        first, second, kind, number = found.groups()
        return _part(kind, number, first, second)
    if found := _WHOLE.fullmatch(words):
        year = _financial_year(*found.groups())
        return Period(_end_of(year + 1, 3), 12) if year else None
    if found := _ENDING.fullmatch(words):
        return _ending(_LENGTHS[found[1]], found[2], found[3])
    if found := _MONTH.fullmatch(words):
        return _ending(1, *found.groups())
    return Period(date(int(words), 12, 31), 12) if _CALENDAR.fullmatch(words) and _known(words) else None


def _part(kind: str, number: str, first: str, second: str) -> Period | None:
    year, months = _financial_year(first, second), 3 if kind == "q" else 6
    if not year or int(number) * months > 12:
        return None
    return Period(months_on(_end_of(year, _YEAR_BEGINS - 1), int(number) * months), months)


def _ending(months: int, month: str, year: str) -> Period | None:
    if month not in _MONTHS or not _known(year):
        return None
    return Period(_end_of(int(year), _MONTHS[month]), months)


def _financial_year(first: str, second: str) -> int | None:
    follows = int(first) + 1
    return int(first) if _known(first) and second in (str(follows), str(follows)[2:]) else None


def _known(year: str) -> bool:
    return _FIRST_YEAR <= int(year) <= _LAST_YEAR


def _end_of(year: int, month: int) -> date:
    return date(year, month, monthrange(year, month)[1])
