"""Dates, instants and counts in words, as pages, papers and mails write them."""

import re
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
# Between these no day lies.
NO_DAYS = (date.max, date.min)
_MONTH = re.compile(r"((?:19|20)[0-9]{2})-(0[1-9]|1[0-2])")


@lru_cache(2048)
def date_uk(day: date | None, missing: str = "no date") -> str:
    """Return a local date as people write it: `31 March 2012`; `missing` when there is none."""
    return f"{day.day} {day:%B %Y}" if day else missing


@lru_cache(2048)
def date_short(day: date | None, missing: str = "no date") -> str:
    """Return a local date for narrow columns: `31 Mar 2012`; `missing` when there is none."""
    return f"{day.day} {day:%b %Y}" if day else missing


def instant_uk(instant: datetime | None, missing: str = "never") -> str:
    """Return an instant in Europe/London words: `31 March 2012 at 9:05am`; `missing` when there is none.

    An instant without a zone is taken as UTC, which is how instants are stored. Noon and midnight are
    written as words, as the GOV.UK style guide asks.
    """
    if instant is None:
        return missing
    return f"{date_uk(_local(instant).date())} at {time_uk(instant)}"


def told_uk(instant: datetime, is_day: object = False) -> str:
    """Return an instant as `instant_uk` has it; `is_day`: it stands for a day of which no hour is known."""
    if not is_day:
        return instant_uk(instant)
    return date_uk(_local(instant).date())


def time_uk(instant: datetime) -> str:
    """Return the time of day of an instant in Europe/London words: `9:05am`, as `instant_uk` has it."""
    local = _local(instant)
    if local.minute == 0 and local.hour in (0, 12):
        return "midday" if local.hour else "midnight"
    minutes = f":{local:%M}" if local.minute else ""
    return f"{local.hour % 12 or 12}{minutes}{'pm' if local.hour >= 12 else 'am'}"


def _local(instant: datetime) -> datetime:
    return (instant if instant.tzinfo else instant.replace(tzinfo=UTC)).astimezone(LONDON)


def plural(count: int, one: str, many: str | None = None) -> str:
    """Return a count with its noun: `1 action`, `1,204 actions`; `many` where adding s is wrong."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def times(count: int) -> str:
    """Return how often, in words: "once", "twice", "3 times"."""
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


def upper_first(text: str) -> str:
    """Return `text` as it stands at the beginning of a line."""
    return text[:1].upper() + text[1:]


def lower_first(text: str) -> str:
    """Return `text` as it stands inside a sentence."""
    return text[:1].lower() + text[1:]


def days_of_month(named: str) -> tuple[date, date] | None:
    """Return the first and last day of a month as addresses name it, such as "2012-01"; None for no month."""
    found = _MONTH.fullmatch(named)
    if found is None:
        return None
    first = date(int(found[1]), int(found[2]), 1)
    return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def month_uk(named: str) -> str:
    """Return a month as people write it, such as "January 2012"; as it was named where it is none."""
    days = days_of_month(named)
    return f"{days[0]:%B %Y}" if days else named
