"""Dates as people write them, day first: what a text, the parts of a date or a cell of a table says.

What names a period (a month, a quarter, a financial year) is read as its last day and is not exact. Where a
text names no period that has one last day (“Spring 2010”, “Q3 2011”, “2012”), nothing is invented: it is a
problem, for a person to settle.

Of two dates in one text, the one is taken to which the other was moved (“revised to”, “was”), or the last of
a span (“1/4/11 to 30/6/11”), and it is asked about. Any other two are a problem.
"""

import calendar
import re
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from kscb_actions.text import LONGEST, one_line, whole_number
from kscb_actions.wording import date_uk

from .forms import (
    DAY,
    EARLIEST,
    EXAMPLE,
    LATEST,
    MONTH,
    Found,
    Unreadable,
    day_of,
    find,
    out_of_range,
    plain,
    quoted,
)

# A child's birth is up to eighteen years back, and plans come in with their past; nothing is due so far off.
MOST_YEARS_BACK, MOST_YEARS_AHEAD = 20, 10
# A number below is no date of any plan, but a count or a part of a reference.
EARLIEST_SERIAL = date(1950, 1, 1)
_WEEKDAYS = [name.lower()[:3] for name in calendar.day_name]
_WEEKDAY = re.compile(r"\b(mon|tue|wed|thu|fri|sat|sun)(?:s|day|sday|nesday|rs|rsday|r|urday)?\b[.,]?")
_NO_DATE = re.compile(
    r"\b(?:on[- ]?going|immediate(?:ly)?|continu(?:ous|ously|ing|al)|t\.?b\.?[acd]|a\.?s\.?a\.?p"
    r"|as soon as possible|as (?:and when )?(?:required|needed)|as and when|now"
    r"|to be (?:confirmed|agreed|decided|determined|advised|set)|not applicable|n/?a|none|no date|rolling"
    r"|in progress|unknown|not (?:yet )?(?:known|set|agreed))\b"
)
_BEFORE_A_DAY = re.compile(r"\b(?:by|on|the)\b|[^a-z0-9]+")
_MOVED_FROM = re.compile(
    r"\b(?:was|from|originally|original|previously|formerly|old)\b[^a-z0-9]*(?:date\b[^a-z0-9]*)?$"
)
_MOVED_TO = re.compile(
    r"\b(?:revised|re-?scheduled|extended|extension|moved|changed|amended|now|new|deferred|slipped|postponed"
    r"|put back|brought forward|delayed|updated)\b"
)
_SPAN = re.compile(r"[ (]*(?:-|to|until|till|up to)(?: the)?(?: end(?: of)?)? *")
_SPAN_BEGUN = re.compile(rf"(?:{DAY}|{MONTH}) ?(?:-|/|to|and|&) ?$")
_NO_YEAR = re.compile(
    rf"{DAY}[ /.-]{{0,3}}(?:of )?{MONTH}|{MONTH} ?\d|^\W*(?:\w+ ){{0,3}}{MONTH}\W*$"
    r"|^\W*\d{1,2}[./-]\d{1,2}\W*$"
)
_ONLY_A_YEAR = re.compile(r"(?<!\d)(?:19|20|21)\d\d(?!\d)")


@dataclass(frozen=True)
class Written:
    """What a text says of a date.

    on           the date; None where there is none, or none that can be read
    words        the source's words, on one line
    is_exact     whether the words name one day, rather than a period of which `on` is the last day
    problem      why no date can be read, for the reader; "" also where the words say that there is no date
    doubt        what to ask a person before `on` is relied on, in sentences; "" where nothing
    shown        the date in words: "30 September 2011", or the period, "November 2009", "Q3 2011/12"
    is_plain     whether day, month and a year of four digits were written, and nothing else
    was          the date that stood before it was moved, where the words say so
    wrong_parts  which of "day", "month" and "year" are the problem
    """

    on: date | None
    words: str
    is_exact: bool = False
    problem: str = ""
    doubt: str = ""
    shown: str = ""
    is_plain: bool = False
    was: date | None = None
    wrong_parts: tuple[str, ...] = ()


def read_date(text: str, today: date | None = None) -> Written:
    """Return what `text` says of a date. With `today`, a year far from it is doubted. Never raises."""
    words = one_line(text)
    if len(words) > LONGEST:
        return Written(None, words, problem=f"No date can be read in a text of {len(words):,} characters.")
    try:
        found, rest = find(said := plain(words))
        return _decide(found, said, rest, words, today) if found else _without(rest, words)
    except Unreadable as wrong:
        return Written(None, words, problem=str(wrong), wrong_parts=wrong.parts)


def read_parts(day: str, month: str, year: str, today: date | None = None) -> Written:
    """Return what three parts of a date say, none of them empty; the month may be a name. Never raises."""
    words = one_line(f"{day} {month} {year}")
    try:
        found = day_of(*(plain(one_line(part)) for part in (day, month, year)))
    except Unreadable as wrong:
        return Written(None, words, problem=str(wrong), wrong_parts=wrong.parts)
    return _as_written(found, words, today, found.has_whole_year)


def read_serial(number: float, today: date | None = None, is_1904: bool = False) -> Written:
    """Return the date of a spreadsheet's serial number; `is_1904` where its workbook counts from 1904.

    The time of day, its fraction, is dropped. A number is a date from 1950 to 2100 alone; one of 1900 to
    2100 is itself a year.
    """
    words = str(number) if abs(number) < 10**15 else "a number"
    if EARLIEST <= number <= LATEST:
        return Written(None, words, problem=_only_a_year(words))
    # The count from 1900 has a 29 February 1900, which never was: from March on it is a day ahead.
    first = date(1904, 1, 1) if is_1904 else date(1899, 12, 30)
    if not (EARLIEST_SERIAL - first).days <= number < (date(LATEST, 12, 31) - first).days + 1:
        return Written(None, words, problem=f"“{words}” is a number and not a date.")
    return _of_day(first + timedelta(days=int(number)), words, today)


def read_cell(value: object, today: date | None = None, is_1904: bool = False) -> Written:
    """Return what a cell says of a date, itself a date, a serial number, a text, or nothing. Never raises."""
    if value is None:
        return Written(None, "")
    if isinstance(value, date):
        on = value.date() if isinstance(value, datetime) else value
        return _of_day(on, date_uk(on), today)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return read_serial(value, today, is_1904)
    text = one_line(str(value))
    # Five digits in a column of dates are a serial number that lost its format on the way.
    if len(text) == 5 and (number := whole_number(text)):
        serial = read_serial(number, today, is_1904)
        if serial.on:
            asked = f"“{text}” is read as a spreadsheet’s number of {serial.shown}."
            return replace(serial, doubt=f"{asked} {serial.doubt}".strip(), is_plain=False)
    return read_date(text, today)


def _of_day(on: date, words: str, today: date | None) -> Written:
    if not EARLIEST <= on.year <= LATEST:
        return Written(None, words, problem=out_of_range(on.year), wrong_parts=("year",))
    return _as_written(Found(on, date_uk(on)), words, today, is_plain=True)


def _decide(found: list[Found], said: str, rest: str, words: str, today: date | None) -> Written:
    """Return the one date that a text with some in it means. Raises Unreadable where that is open."""
    last, between = found[-1], rest[found[-2].end : found[-1].start] if len(found) > 1 else ""
    was: Found | None = None
    chosen, asked = last, _begun_before(last, rest)
    if len({(each.on, each.is_exact) for each in found}) > 1:
        if len(found) == 2 and _MOVED_FROM.search(between):
            chosen, was = found
        elif _MOVED_TO.search(between):
            chosen, was = last, found[-2]
        elif len(found) == 2 and _SPAN.fullmatch(between) and found[0].on < last.on:
            chosen = replace(last, is_exact=False)
            asked = f"The time from {found[0].shown} to {last.shown} is read as its last day."
        else:
            named = " and ".join(each.shown for each in found[:3])
            raise Unreadable(f"There is more than one date: {named}. Leave the one that counts.")
    if was:
        asked = f"Of two dates, {chosen.shown} is taken, and {was.shown} as what it was before."
    others = _BEFORE_A_DAY.sub("", _WEEKDAY.sub("", rest.replace("#", " ")))
    doubts = filter(None, [chosen.doubt, asked, _wrong_weekday(chosen, said)])
    is_plain = chosen.is_exact and chosen.has_whole_year and not others
    written = _as_written(replace(chosen, doubt=" ".join(doubts)), words, today, is_plain)
    return replace(written, was=was.on if was else None)


def _as_written(found: Found, words: str, today: date | None, is_plain: bool) -> Written:
    doubt = " ".join(filter(None, [found.doubt, _far_off(found.on, today)]))
    return Written(found.on, words, found.is_exact, "", doubt, found.shown, is_plain)


def _far_off(on: date, today: date | None) -> str:
    """Return what to ask of a date far from today; "" where it is not, or where no day is given."""
    if today is None:
        return ""
    day_and_month = (today.month, today.day)
    if (on.year, on.month, on.day) < (today.year - MOST_YEARS_BACK, *day_and_month):
        return f"{on.year} is more than {MOST_YEARS_BACK} years ago."
    if (on.year, on.month, on.day) > (today.year + MOST_YEARS_AHEAD, *day_and_month):
        return f"{on.year} is more than {MOST_YEARS_AHEAD} years away."
    return ""


def _begun_before(found: Found, rest: str) -> str:
    is_span = _SPAN_BEGUN.search(rest[: found.start])
    return f"A span is read as its last day, {date_uk(found.on)}." if is_span else ""


def _wrong_weekday(found: Found, said: str) -> str:
    before = _WEEKDAY.findall(said[: found.start])
    weekday = calendar.day_name[found.on.weekday()]
    if not found.is_exact or not before or before[-1] == weekday.lower()[:3]:
        return ""
    return f"{date_uk(found.on)} is a {weekday}, not a {calendar.day_name[_WEEKDAYS.index(before[-1])]}."


def _without(rest: str, words: str) -> Written:
    """Return what a text without a date says: that there is none, or something that cannot be read."""
    if _NO_YEAR.search(rest):
        problem = f"“{quoted(words)}” has no year. Write the date like {EXAMPLE}."
    elif _ONLY_A_YEAR.search(rest):
        problem = _only_a_year(quoted(words))
    elif not any(map(str.isalnum, rest)) or _NO_DATE.search(rest):
        problem = ""
    else:
        problem = f"No date can be read in “{quoted(words)}”. Write it like {EXAMPLE}."
    return Written(None, words, problem=problem)


def _only_a_year(said: str) -> str:
    return f"“{said}” says no day or month that can be read. Write the date like {EXAMPLE}."


def words_beside(words: str | None, on: date | None) -> str:
    """Return the words in which a date was written as they stand beside it, in quotes and short; "" for none.

    Words that name another date are left out: it has been put right since.
    """
    if not words or read_date(words).on not in (None, on):
        return ""
    return f"“{quoted(words)}”"
