"""What single cells of a plan say: numbers before a text, status words, ticks, days of completion."""

import re
from datetime import date

from kscb_actions.dates_written.rules import Written, read_cell, read_date
from kscb_actions.text import one_line

from .headings import plain

# "1.", "4.2", "4.3.1", "R3:", "(iv)", "12b)", after "Recommendation" without a stop too.
_NUMBER = r"\(?(?:[A-Z]{0,4}[ -]?\d{1,3}(?:\.\d{1,3}){0,4}[a-z]?|[ivx]{1,5}|[a-zA-Z])\)?"
_NUMBERED = re.compile(
    rf"(?:(?P<after>(?:key )?rec(?:ommendation)?s?\.?\s+(?:no\.?|number)?\s*{_NUMBER})"
    rf"(?:\s*[.:)–-]+\s*|\s+(?=(?-i:[A-Z]))|$)"
    rf"|(?P<alone>{_NUMBER})(?:[.:)]+\s+|(?<=\d)[.:)](?=(?-i:[A-Z]))|(?<=\))\s+|\s*–\s+)"
    rf"|(?P<levels>\d{{1,3}}(?:\.\d{{1,3}})+)\s+(?=[^\W\d]))",
    re.IGNORECASE,
)
_BEFORE_NUMBER = re.compile(
    r"(?:key\s+)?rec(?:ommendation)?s?\.?\s*(?:no\.?|number)?\s*(?=[\dA-Z(])", re.IGNORECASE
)
_LIKE_NUMBER = re.compile(
    r"[A-Z]{0,5}[ /-]?\(?(?:\d{1,4}(?:[./-]\d{1,4}){0,5}[a-zA-Z]?|[ivxIVX]{1,5}|[a-zA-Z])\)?[.:)]?"
)
_MONTH = r"(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*"
# What Excel writes into text for a number that it took for a date: "01-Feb", "Feb-10", "01/02/2012".
_LIKE_DATE = re.compile(
    rf"(?:\d{{1,2}}[ /-]{_MONTH}(?:[ /-]\d{{2,4}})?|{_MONTH}[ /-]\d{{2,4}}"
    r"|\d{1,2}[./-]\d{1,2}[./-]\d{4}|\d{4}-\d{2}-\d{2})(?:[ T]\d{1,2}:\d{2}(?::\d{2})?)?",
    re.IGNORECASE,
)
_TICKS = frozenset("✓ ✔ √ ☑ ☒ x X y Y yes Yes YES true TRUE ● • done Done".split())
_CROSSES = frozenset("no No NO n N ✗ ✘ ☐ - – n/a N/A FALSE false".split())

NOT_STARTED, IN_PROGRESS, DONE, CANNOT = "not_started", "in_progress", "done", "cannot"
_SAYS = {
    NOT_STARTED: """
        not started, not yet started, no progress, outstanding, to do, white, not commenced, planned
    """,
    IN_PROGRESS: """
        green, amber, red, a, r, g, in progress, on track, on target, on target to achieve, ongoing, on
        going, underway, under way, partly achieved, partially complete, partially completed, delayed,
        slipped, behind, red amber, amber green, started, overdue, at risk, continuing, 2, 3
    """,
    DONE: """
        complete, completed, done, achieved, fully achieved, blue, b, closed, embedded, finished,
        implemented, met, action complete, action completed, completed and embedded, 1, signed off,
        discharged
    """,
    CANNOT: """
        not achieved, cannot be done, will not be done, withdrawn, rejected, superseded, no longer
        applicable, 4, not applicable
    """,
}
_STATUS = {one_line(phrase): status for status, phrases in _SAYS.items() for phrase in phrases.split(",")}
# Words of a status that are compared; a longer text is no status, and a person says what it is.
LONGEST_KEY = 60
_DONE_FIRST = re.compile(
    r"(?:now |fully |action )?(?:completed?|done|achieved|closed|finished|implemented)\b", re.IGNORECASE
)
_PARTED = re.compile(r"\s*(?:[:;\n]|\s[–-]\s|\.\s)\s*")


def number_of(text: str) -> str:
    """Return a published number as it is kept: text, without the word before it and the stop after it."""
    said = _BEFORE_NUMBER.sub("", one_line(text), count=1).strip()
    said = said.rstrip(".:").strip()
    return said[:-1] if said.endswith(")") and "(" not in said else said


def is_like_number(text: str) -> bool:
    """Return whether a text is what a column of numbers holds, and no words."""
    return bool(_LIKE_NUMBER.fullmatch(_BEFORE_NUMBER.sub("", one_line(text), count=1)))


def is_like_date(text: str) -> bool:
    """Return whether a text in a column of numbers is what Excel makes of one that it takes for a date."""
    return bool(_LIKE_DATE.fullmatch(one_line(text)))


def numbered(text: str) -> tuple[str, str]:
    """Return the number that stands before a text, or "", and the text after it."""
    found = _NUMBERED.match(text)
    if not found or not (rest := text[found.end() :].strip()):
        return "", text
    number = found["after"] or found["alone"] or found["levels"]
    # "A referral", "I will": a word, not a number.
    return number_of(number), rest


def is_recommendation(text: str) -> bool:
    """Return whether a text calls itself a recommendation and has a number: "Recommendation 3: Share …"."""
    return bool(_BEFORE_NUMBER.match(text)) and bool(numbered(text)[0])


def status_of(text: str) -> str:
    """Return what the words of a status are usually read as; "" for words that are not known."""
    said = plain(text)
    if said in _STATUS:
        return _STATUS[said]
    first = plain(_PARTED.split(one_line(text), maxsplit=1)[0])
    if first in _STATUS:
        return _STATUS[first]
    return DONE if _DONE_FIRST.match(one_line(text)) else ""


def status_key(text: str) -> str:
    """Return by what the words of a status are known again: without case, signs, and what follows them.

    "Complete – 30 September 2011" is "complete". Words that say a whole sentence are cut short.
    """
    said, first = plain(text), plain(_PARTED.split(one_line(text), maxsplit=1)[0])
    if said in _STATUS or not first:
        return said[:LONGEST_KEY]
    if first not in _STATUS and _DONE_FIRST.match(one_line(text)):
        first = first.split()[0]
    return first[:LONGEST_KEY]


def is_ticked(text: str) -> bool | None:
    """Return whether a column that is ticked is; None where it holds words."""
    said = one_line(text)
    if said in _TICKS:
        return True
    return False if said in _CROSSES or not said else None


def done_date(text: str, today: date | None) -> Written:
    """Return the day on which something was done, from a cell that may tell the outcome after it."""
    first, *rest = _PARTED.split(text.strip(), maxsplit=1)
    alone = read_cell(first, today)
    if alone.on or not rest:
        return alone if alone.on or _is_short(text) else Written(None, one_line(text))
    whole = read_date(text, today)
    return whole if whole.on else Written(None, one_line(text))


def _is_short(text: str) -> bool:
    """Return whether a text is too short to be an outcome, so that what it says should have been a date."""
    return len(text) <= 12 and any(letter.isdigit() for letter in text)
