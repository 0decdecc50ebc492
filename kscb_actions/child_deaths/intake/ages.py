"""Ages at death as people write them. Plain."""

import re
from datetime import date, timedelta

MONTHS_A_YEAR, DAYS_A_WEEK, HOURS_A_DAY = 12, 7, 24
_UNITS = (
    ("years", "years?|yrs?|y"),
    ("months", "months?|mths?|mos?|m"),
    ("weeks", "weeks?|wks?|w"),
    ("days", "days?|d"),
    ("hours", "hours?|hrs?|h"),
)
_WORDS = "|".join(f"(?P<{name}>{words})(?![a-z])" for name, words in _UNITS)
_PIECE = re.compile(f"(?P<number>[0-9]{{1,4}}) ?(?:{_WORDS})")
# Weeks of a year, months of a year, days of a week: as doctors write 3/52, 5/12 and 2/7.
_OF = {"52": "weeks", "12": "months", "7": "days"}
_FRACTION = re.compile(f"(?P<number>[0-9]{{1,3}})/(?P<of>{'|'.join(_OF)})")
_BETWEEN = re.compile(r"[ ,;&]+|\band\b|\bold\b")


def days_of_age(text: str, died_on: date) -> int | None:
    """Return the age in days that is written, for a death on that day; None where it cannot be read.

    A number alone is days. Years and months are counted by the calendar, back from the day of death.
    """
    text = text.casefold().strip()
    if re.fullmatch("[0-9]{1,9}", text):
        return int(text)
    if text in ("newborn", "at birth"):
        return 0
    found = dict.fromkeys((name for name, _ in _UNITS), 0)
    pieces = [*_PIECE.finditer(text), *_FRACTION.finditer(text)]
    left = text
    for piece in pieces:
        left = left.replace(piece[0], " ", 1)
        unit = _OF[piece["of"]] if "of" in piece.groupdict() else str(piece.lastgroup)
        found[unit] += int(piece["number"])
    if not pieces or _BETWEEN.sub("", left):
        return None
    days = found["weeks"] * DAYS_A_WEEK + found["days"] + found["hours"] // HOURS_A_DAY
    return _days_of_months(found["years"] * MONTHS_A_YEAR + found["months"], died_on, days)


def _days_of_months(months: int, died_on: date, days: int) -> int | None:
    """Return how many days lie between a birthday so many months before and the day, and `days` more."""
    number = died_on.year * MONTHS_A_YEAR + died_on.month - 1 - months
    if number < MONTHS_A_YEAR:
        return None
    first = date(number // MONTHS_A_YEAR, number % MONTHS_A_YEAR + 1, 1)
    # Born on the 31st, a child is a month old on the last day of a shorter month.
    following = (first + timedelta(days=31)).replace(day=1)
    born_on = min(first + timedelta(days=died_on.day - 1), following - timedelta(days=1))
    return (died_on - born_on).days + days
