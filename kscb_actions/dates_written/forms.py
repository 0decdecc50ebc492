"""The forms in which people write a date, day first, and where in a text one stands.

A period (a month, a quarter, a financial year from April) is found as its last day. A year of two digits
is 1969 to 2068, as POSIX reads it (strptime, %y).
"""

import calendar
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from functools import partial

from kscb_actions.text import whole_number
from kscb_actions.wording import date_uk

EARLIEST, LATEST = 1900, 2100
EXAMPLE = "27 3 2012"
_LONGEST_QUOTED = 60
_MONTHS = {name.lower(): number for number, name in enumerate(calendar.month_name) if name}
_MONTHS |= {name.lower(): number for number, name in enumerate(calendar.month_abbr) if name}
_MONTHS |= {"sept": 9, "febuary": 2}
_QUARTERS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": 4}
_DAYS_OF_PART = {"start": 1, "beginning": 1, "mid": 15, "middle": 15}

MONTH = rf"(?<![a-z])({'|'.join(sorted(_MONTHS, key=len, reverse=True))})(?![a-z])\.?"
DAY = r"(?<!\d)(\d{1,2})(?:st|nd|rd|th)?"
_YEAR = r"(\d{4}|\d{2})(?!\d|st|nd|rd|th)"
_GAP = r"[ ,./-]{0,3}"
_FINANCIAL = r"(?:fy ?)?(?<!\d)(\d{4}|\d{2}) ?[/-] ?(\d{4}|\d{2})(?![\d/-])"
_PART = r"(?:(start|beginning|mid|middle|end|early|late)(?: of)?[ -](?:the )?)?"
_QUARTER = rf"(?:q|quarter )([1-4])|([1-4])(?:st|nd|rd|th) quarter|({'|'.join(_QUARTERS)}) quarter"

_re = partial(re.compile, flags=re.ASCII)
_TIME = _re(
    r"\b(?:12 ?)?(?:noon|midday|midnight)\b"
    r"|(?:\bat )?(?<![\d.:/-])\d{1,2}(?:[:.][0-5]\d)? ?[ap]\.?m\b\.?"
    r"|(?:\bat )?(?<![\d.:/-])\d{1,2}:[0-5]\d(?::[0-5]\d(?:\.\d{1,9})?)?(?:z|[+-]\d\d:\d\d)?(?![\d:])"
)
_ANY_MONTH, _DIGIT = _re(MONTH), _re(r"\d")
_ISO_TIME = _re(r"(?<=\d)t(?=\d\d:)")


class Unreadable(ValueError):
    """What is meant as a date and is none: a sentence for the reader, and which of its parts are wrong."""

    def __init__(self, problem: str, *parts: str) -> None:
        super().__init__(problem)
        self.parts = parts


@dataclass(frozen=True)
class Found:
    """A date inside a text: what it says, as `rules.Written` has it, and where it stands."""

    on: date
    shown: str
    is_exact: bool = True
    has_whole_year: bool = True
    doubt: str = ""
    start: int = 0
    end: int = 0


def plain(text: str) -> str:
    """Return a text in lower case with plain spaces, hyphens, quotes and digits."""
    text = unicodedata.normalize("NFKC", text).lower()
    if not text.isascii():
        text = re.sub("[\u00ad\u200b-\u200f\u2060\ufeff]", "", text)
        text = re.sub("[\u2010-\u2015\u2212]", "-", text)
        text = re.sub("[\u2018\u2019\u02bc\u00b4]", "'", text)
    return " ".join(text.split())


def find(text: str) -> tuple[list[Found], str]:
    """Return the dates in a plain text, in their order, and the text with a # for each of their letters.

    Times of day are passed over. Raises Unreadable where something is meant as a date and is none.
    """
    rest = _TIME.sub(_hidden, _ISO_TIME.sub(" ", text))
    found: list[Found] = []
    has_month = _ANY_MONTH.search(rest) is not None
    for pattern, read in _FORMS:
        if not _DIGIT.search(rest):
            break
        if (has_month or pattern not in _WITH_MONTH) and (hits := [*pattern.finditer(rest)]):
            found += [replace(read(hit), start=hit.start(), end=hit.end()) for hit in hits]
            rest = pattern.sub(_hidden, rest)
    return sorted(found, key=lambda each: each.start), rest


def day_of(day: str, month: str, year: str) -> Found:
    """Return the day that three plain parts name. Raises Unreadable, naming which of them are wrong."""
    on_day = whole_number(re.sub(r"(?<=\d)(?:st|nd|rd|th)$", "", day), 2)
    on_month = _MONTHS.get(month.removesuffix("."), whole_number(month, 2))
    wrong = {}
    if on_day is None or not 1 <= on_day <= 31:
        wrong["day"] = f"“{quoted(day)}” is not a day"
    if on_month is None or not 1 <= on_month <= 12:
        wrong["month"] = f"“{quoted(month)}” is not a month"
    try:
        in_year = _year_of(year)
    except Unreadable:
        if not wrong:
            raise
        wrong["year"] = f"“{quoted(year)}” is not a year"
    if on_day is None or on_month is None or wrong:
        raise _no_day(wrong, on_day, on_month, year)
    if on_day > (last := calendar.monthrange(in_year, on_month)[1]):
        named = f"{calendar.month_name[on_month]} {in_year}"
        raise Unreadable(f"There is no {on_day} {named}. That month has {last} days.", "day")
    on = date(in_year, on_month, on_day)
    return Found(on, date_uk(on), has_whole_year=len(year.removeprefix("'")) == 4)


def quoted(text: str) -> str:
    """Return a text as a message quotes it: what is long, cut."""
    return text if len(text) <= _LONGEST_QUOTED else text[:_LONGEST_QUOTED].rstrip() + "…"


def out_of_range(year: int) -> str:
    """Return why a year cannot be taken, for the reader."""
    return f"The year {year} is out of range. Use a year from {EARLIEST} to {LATEST}."


def _hidden(hit: re.Match[str]) -> str:
    return "#" * len(hit[0])


def _no_day(wrong: dict[str, str], day: int | None, month: int | None, year: str) -> Unreadable:
    if [*wrong] == ["month"] and month and 13 <= month <= 31 and day and day <= 12:
        said = f"“{day}/{month}/{year}” has the month first. Write the day first: {month}/{day}/{year}."
        return Unreadable(said, "day", "month")
    *others, last = wrong.values()
    said = f"{', '.join(others)} and {last}" if others else last
    return Unreadable(f"{said}. Write the date like {EXAMPLE}.", *wrong)


def _year_of(text: str) -> int:
    digits = text.removeprefix("'")
    number = whole_number(digits, 4)
    if number is None or len(digits) not in (2, 4):
        raise Unreadable(f"“{quoted(text)}” is not a year. Write it in full, like 2012.", "year")
    if len(digits) == 2:
        return number + (2000 if number < 69 else 1900)
    if not EARLIEST <= number <= LATEST:
        raise Unreadable(out_of_range(number), "year")
    return number


def _month_of(part: str | None, month: int, year: int) -> Found:
    """Return the day that a month, or a part of one, means: its first, its middle, or else its last."""
    day = _DAYS_OF_PART.get(part or "", calendar.monthrange(year, month)[1])
    on, named = date(year, month, day), f"{calendar.month_name[month]} {year}"
    if part in ("mid", "middle", "early", "late"):
        shown = f"{part} {named}"
        return Found(on, shown, False, doubt=f"“{shown}” is read as {date_uk(on)}.")
    return Found(on, f"{part} of {named}" if part else named, False)


def _months_year(hit: re.Match[str]) -> Found:
    part, name, gap, year = hit.groups()
    found = _month_of(part, _MONTHS[name], _year_of(year))
    if len(year) == 4:
        return found
    could_be_a_day = not gap.strip(", ") and 1 <= int(year) <= 31
    asked = f"“{year}” is read as the year {found.on.year}, not as a day." if could_be_a_day else ""
    return replace(found, has_whole_year=False, doubt=f"{found.doubt} {asked}".strip())


def _numbered_month(month: str, year: str) -> Found:
    if not 1 <= int(month) <= 12:
        raise Unreadable(f"“{month}” is not a month. Write the date like {EXAMPLE}.", "month")
    return _month_of(None, int(month), _year_of(year))


def _financial_year(first: str, second: str) -> int:
    """Return the year in which a financial year begins. Raises Unreadable unless the second is the next."""
    begins = _year_of(first)
    if _year_of(second) != begins + 1:
        raise Unreadable(f"“{first}/{second}” is not a year from April to March.", "year")
    return begins


def _in_words(begins: int) -> str:
    return f"{begins}/{str(begins + 1)[2:]}"


def _quarter(quarter: str, first: str, second: str) -> Found:
    begins, number = _financial_year(first, second), _QUARTERS.get(quarter) or int(quarter)
    found = _month_of(None, (6, 9, 12, 3)[number - 1], begins + (number == 4))
    return replace(found, shown=f"Q{number} {_in_words(begins)}")


def _quarter_first(hit: re.Match[str]) -> Found:
    return _quarter(hit[1] or hit[2] or hit[3], hit[4], hit[5])


def _year_first(hit: re.Match[str]) -> Found:
    return _quarter(hit[3] or hit[4] or hit[5], hit[1], hit[2])


def _month_of_financial_year(hit: re.Match[str]) -> Found:
    part, name, first, second = hit.groups()
    return _month_of(part, _MONTHS[name], _financial_year(first, second) + (_MONTHS[name] < 4))


def _financial_year_or_month(hit: re.Match[str]) -> Found:
    first, second = hit[1], hit[2]
    if len(second) == 2 and int(second) != (int(first) + 1) % 100:
        return _numbered_month(second, first)
    begins = _financial_year(first, second)
    doubt = f"It could be December {begins} as well." if hit[0] == f"{begins}-12" else ""
    return replace(_month_of(None, 3, begins + 1), shown=_in_words(begins), doubt=doubt)


def _end_of_year(hit: re.Match[str]) -> Found:
    year = _year_of(hit[1])
    doubt = f"The financial year {_in_words(year - 1)} ends on 31 March {year}."
    return replace(_month_of(None, 12, year), shown=f"end of {year}", doubt=doubt)


def _eight_digits(hit: re.Match[str]) -> Found:
    # A century in the middle is no month, so only one of the two orders can be meant.
    digits = hit[0]
    if int(digits[4:6]) <= 12:
        return day_of(digits[6:], digits[4:6], digits[:4])
    return day_of(digits[:2], digits[2:4], digits[4:])


# Each form with what reads it; a form of which a part looks like another stands before that.
_FORMS: list[tuple[re.Pattern[str], Callable[[re.Match[str]], Found]]] = [
    (
        _re(r"(?<!\d)(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?!\d)"),
        lambda hit: day_of(hit[4], hit[3], hit[1]),
    ),
    (_re(r"(?<!\d)\d{8}(?!\d)"), _eight_digits),
    (
        _re(rf"{DAY}{_GAP}(?:of )?{MONTH}{_GAP}('?(?:\d{{4}}|\d{{2}}))(?!\d)(?! ?[/-] ?\d\d(?!\d))"),
        lambda hit: day_of(hit[1], hit[2], hit[3]),
    ),
    (
        _re(rf"{MONTH}{_GAP}{DAY}(?: ?, ?| )(\d{{4}})(?!\d)"),
        lambda hit: day_of(hit[2], hit[1], hit[3]),
    ),
    (
        _re(rf"(?<!\d)(\d{{4}}){_GAP}{MONTH}{_GAP}(\d{{1,2}})(?:st|nd|rd|th)?(?!\d)"),
        lambda hit: day_of(hit[3], hit[2], hit[1]),
    ),
    (
        _re(r"(?<!\d)(\d{1,2})( ?[./-] ?| )(\d{1,2})\2('?\d{1,9})(?!\d)"),
        lambda hit: day_of(hit[1], hit[3], hit[4]),
    ),
    (_re(rf"(?<![a-z])(?:{_QUARTER})[ ,:(-]{{0,3}}(?:of )?{_FINANCIAL}"), _quarter_first),
    (_re(rf"{_FINANCIAL}[ ,:(-]{{0,3}}(?:{_QUARTER})"), _year_first),
    (_re(rf"{_PART}{MONTH}[ ,(]{{0,2}}{_FINANCIAL}"), _month_of_financial_year),
    (_re(rf"{_PART}{MONTH}({_GAP}(?:of )?'?){_YEAR}"), _months_year),
    (
        _re(rf"(?<!\d)(\d{{4}}){_GAP}{MONTH}"),
        lambda hit: _month_of(None, _MONTHS[hit[2]], _year_of(hit[1])),
    ),
    (_re(r"(?<!\d)(\d{1,2}) ?[/.-] ?(\d{4})(?!\d)"), lambda hit: _numbered_month(hit[1], hit[2])),
    (_re(r"(?<!\d)(\d{4}) ?[/-] ?(\d{2}|\d{4})(?![\d/-])"), _financial_year_or_month),
    (_re(r"(?<![a-z])end (?:of )?(?:the )?(?:year )?(\d{4})(?!\d)"), _end_of_year),
]
_WITH_MONTH = frozenset(pattern for pattern, _ in _FORMS if MONTH in pattern.pattern)
