"""What a board can set, with its defaults. Plain values."""

import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from kscb_actions.terms import Terms, say_all, say_later
from kscb_actions.text import whole_number, why_no_address, why_no_name

LONGEST = {"name": 120, "short_name": 30, "marking": 60, "post": 60}
LONGEST_TELEPHONE = 30
# Longer than any board waits to ask what difference was made.
MOST_MONTHS = 60


# WCAG 2.2, success criterion 1.4.3.
MIN_CONTRAST = 4.5


# Every page and every file of a demonstration says this, so that nothing of it is taken for a record.
DEMONSTRATION = "Demonstration: made-up content"
FORMS_2018_FIRST = date(2018, 4, 1)
# On this day the Government Security Classifications took the place of the protective marking scheme.
OFFICIAL_SINCE = date(2014, 4, 2)
# By this day partners had taken the place of every board (Working Together: transitional guidance, 2018).
PRACTICE_SINCE = date(2019, 9, 29)


class Guidance(StrEnum):
    """Which editions of the national guidance a review goes by: they set its kinds, stages and dates."""

    SERIOUS_CASE = "serious_case"
    PRACTICE = "practice"


GUIDANCE_NAMES = {
    Guidance.SERIOUS_CASE: "Working Together 2006 to 2015, with serious case reviews",
    Guidance.PRACTICE: "Working Together since 2018, with child safeguarding practice reviews",
}


@dataclass(frozen=True)
class Thresholds:
    """Days and counts behind rating.

    due_soon_days      an action due within so many days, and not submitted, is amber
    silent_days        no update for so many days is amber
    many_extensions    extended so often is amber
    """

    due_soon_days: int = 14
    silent_days: int = 90
    many_extensions: int = 2


@dataclass(frozen=True)
class Board:
    """The board as its pages and papers present it.

    marking    protective marking printed on pages and papers
    colour     background of the page header, #rrggbb
    reply_to   the mailbox to which replies to mail of the tracker go; "" for none
    post       who signs the board's papers; telephone is by what number to ask about them, "" for none
    has_child_deaths  whether the rooms of child deaths are open; off, nothing of them is seen or sent
    forms_2018_since  deaths from this day are reviewed by the forms of 2018, earlier ones by those of 2008
    impact_months  so long after its last action was accepted a recommendation comes back
    guidance   what new reviews go by, a `Guidance`; "" for that of the day on which one is recorded
    fixed_today  the one day a demonstration board lives on; None on a real board
    terms      its own words, in the place of the standard ones
    """

    name: str = "Safeguarding Children Board"
    short_name: str = "Board"
    colour: str = "#003a5d"
    marking: str = "OFFICIAL-SENSITIVE"
    reply_to: str = ""
    post: str = "Board manager"
    telephone: str = ""
    has_child_deaths: bool = True
    forms_2018_since: date = date(2019, 4, 1)
    impact_months: int = 6
    guidance: str = ""
    fixed_today: date | None = None
    thresholds: Thresholds = field(default_factory=Thresholds)
    terms: Terms = Terms()

    @property
    def notice(self) -> str:
        """Return what every page and every file says on a demonstration board; "" on a real one."""
        return DEMONSTRATION if self.fixed_today else ""

    def guidance_on(self, day: date) -> Guidance:
        """Return what a review goes by that is recorded on this day."""
        return Guidance(self.guidance) if self.guidance else usual_guidance(day)


def public_marking(made_on: date) -> str:
    """Return the marking of a paper for the public that is made on this day: councils' papers before April
    2014 were “Unrestricted”, for OFFICIAL did not exist yet.
    """
    return "OFFICIAL" if made_on >= OFFICIAL_SINCE else "UNRESTRICTED"


def usual_marking(made_on: date) -> str:
    """Return the marking that a new review is offered on this day."""
    return "OFFICIAL-SENSITIVE" if made_on >= OFFICIAL_SINCE else "PROTECT"


def usual_guidance(made_on: date) -> Guidance:
    """Return what a review of this day goes by where the board has chosen nothing."""
    return Guidance.PRACTICE if made_on >= PRACTICE_SINCE else Guidance.SERIOUS_CASE


def problems_with(values: Mapping[str, Any]) -> dict[str, str]:
    """Return {setting: message for the reader} for each value that cannot be used."""
    problems = {}
    for key, value in values.items():
        message = _problem(key, value)
        if message:
            problems[key] = message
    return problems


def _problem(key: str, value: Any) -> str | None:
    if key in LONGEST:
        return _problem_with_text(value, LONGEST[key])
    if key == "reply_to":
        return why_no_address(value) if value else None
    if key == "telephone":
        return _problem_with_text(value, LONGEST_TELEPHONE) if value else None
    if key == "colour":
        return _problem_with_colour(value)
    if key in ("due_soon_days", "silent_days", "many_extensions"):
        is_count = isinstance(value, int) and 1 <= value <= 999
        return None if is_count else "Enter a whole number from 1 to 999."
    if key == "forms_2018_since":
        is_day = isinstance(value, str) and value >= FORMS_2018_FIRST.isoformat()
        return None if is_day else "Enter a date from 1 April 2018 on, when these forms appeared."
    if key == "guidance":
        return None if value in GUIDANCE_NAMES else "Choose which guidance new reviews go by."
    if key == "impact_months":
        is_count = isinstance(value, int) and 1 <= value <= MOST_MONTHS
        return None if is_count else f"Enter a whole number from 1 to {MOST_MONTHS}."
    return None


def _problem_with_text(value: str, longest: int) -> str | None:
    if not value:
        return "Enter some text."
    return f"Use at most {longest} characters." if len(value) > longest else None


def _problem_with_colour(value: str) -> str | None:
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", value):
        return "Enter the colour as # and six hexadecimal digits, like #003a5d."
    if contrast_with_white(value) < MIN_CONTRAST:
        return "White text could not be read on this colour. Choose a darker one."
    return None


def read_count(text: str) -> int | None:
    """Return the whole number that was typed; None when it is not one."""
    return whole_number(text.strip(), 6)


def contrast_with_white(colour: str) -> float:
    """Return contrast ratio of #rrggbb with white (WCAG 2.2, relative luminance): 1 to 21."""
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return 1.05 / (luminance + 0.05)


LONGEST_NAME, LONGEST_CODE = 60, 30


# Beside every board’s districts, {code: name}, in tables, forms and files. No name gives the first code.
OUTSIDE, NOT_KNOWN = "outside-area", "not_known"
BESIDE = say_all({OUTSIDE: "Outside the Board’s area", NOT_KNOWN: "Not known"})
RESERVED = frozenset(BESIDE)
COUNTED_OUTSIDE = say_later(
    "A child who lived outside the Board’s area is counted in every table like any other where this panel "
    "reviews the death, among the districts as “Outside the Board’s area”. A death that the panel of another "
    "area reviews is closed here as not resident, and is counted nowhere."
)


@dataclass(frozen=True)
class Districts:
    """The board's districts, {code: name} by name: those that are offered, and the closed ones.

    Beside them there are always BESIDE: lived outside the area, and not known.
    """

    open: Mapping[str, str]
    closed: Mapping[str, str] = field(default_factory=dict)

    @property
    def names(self) -> dict[str, str]:
        """Return the names of all districts, by code."""
        return {**self.open, **self.closed, **BESIDE}

    def offered(self, own: str | None = None) -> dict[str, str]:
        """Return those that a case may be given; `own`, the one it has, even when it is closed."""
        closed = {code: name for code, name in self.closed.items() if code == own}
        return {**self.open, **closed, **BESIDE}


def problem_with_name(name: str, others: Mapping[str, str]) -> str | None:
    """Return why a district cannot be called so, for the reader; None when it can.

    others  {code: name} of the other districts. A code is the name that a district had first.
    """
    letters = _letters(name)
    if no_name := why_no_name(name):
        return no_name
    if not letters or len(name) > LONGEST_NAME:
        return f"Enter the district in up to {LONGEST_NAME} characters."
    for other in (*others.values(), *BESIDE.values()):
        if letters == _letters(other):
            return f"“{other}” is on the list already."
    for code, other in others.items():
        if letters == _letters(code):
            return f"“{other}” was called this before, and a file to import may still call it so."
    return None


def code_for(name: str, taken: Collection[str]) -> str:
    """Return the code of a new district: its name in small letters, with a number where that is taken."""
    plain = unicodedata.normalize("NFKD", name.casefold()).replace("'", "").encode("ascii", "ignore").decode()
    code = first = "_".join(re.findall("[a-z0-9]+", plain))[:LONGEST_CODE].rstrip("_") or "district"
    number = 1
    while code in RESERVED or code in taken:
        number += 1
        code = f"{first[: LONGEST_CODE - len(str(number)) - 1]}_{number}"
    return code


def _letters(name: str) -> str:
    """Return the letters and digits of a name: all in which two names can differ."""
    return "".join(each for each in unicodedata.normalize("NFKD", name.casefold()) if each.isalnum())
