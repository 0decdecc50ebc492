"""Reporting years, from 1 April to 31 March."""

from datetime import date


def year_of(day: date) -> str:
    """Return the reporting year of a day, 1 April to 31 March, like "2011-12"."""
    first = day.year if (day.month, day.day) >= (4, 1) else day.year - 1
    return f"{first}-{(first + 1) % 100:02}"
