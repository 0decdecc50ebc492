"""Working days in England: Monday to Friday without the bank holidays, as the package holidays knows them."""

from datetime import date
from functools import cache

SATURDAY = 5


def is_working_day(day: date) -> bool:
    """Return whether it is Monday to Friday, and not a bank holiday."""
    return why_not_working(day) is None


def why_not_working(day: date) -> str | None:
    """Return why nobody works on this day: "a Saturday", "a bank holiday"; None on a working day."""
    if day.weekday() >= SATURDAY:
        return "a Saturday" if day.weekday() == SATURDAY else "a Sunday"
    return "a bank holiday" if day in bank_holidays(day.year) else None


@cache
def bank_holidays(year: int) -> frozenset[date]:
    """Return the weekdays of a year that are bank holidays in England, up to the year 2100."""
    # Loaded here because it brings the calendars of every country: 17 MB, and a quarter of a second.
    import holidays

    days = holidays.country_holidays("GB", subdiv="ENG", years=year)
    return frozenset(day for day in days if day.weekday() < SATURDAY and day.year == year)
