"""What in a recommendation would lead back to the child. Plain values in, plain values out."""

import re
from collections.abc import Collection, Iterable
from datetime import date

from ..deaths.identity import days_in, why_identifying

TOO_SHORT = 4
_APART = re.compile(r"[\W_]+")


def why_leads_back(
    text: str,
    case_number: str,
    died_on: date,
    district: Collection[str],
    age: tuple[int, str],
    beside: Iterable[str] = (),
) -> str | None:
    """Why a text cannot leave the case, for the reader; None when nothing in it can be recognised.

    district  what it is or was called; age: a number and "days", "months" or "years". One of them alone is
              many children's, both together are few's; `beside` are the other texts that leave with this one.
    """
    if _has_number(text, case_number):
        return "This has the case number in it. Take it out: people read this who may not know of the case."
    if _has_day(text, died_on):
        return "This has the date of death in it. Take it out: people read this who may not know of the case."
    whole = " ".join((text, *beside))
    if _has_age(text, age) and any(_has_name(whole, name) for name in district):
        return "The district and the age together may tell which child it was. Take one of them out."
    return why_identifying(text)


def _has_number(text: str, case_number: str) -> bool:
    """Is the case number there, however it is spaced? A very short one only as it is written."""
    number = _APART.sub("", case_number)
    if len(number) < TOO_SHORT:
        return bool(re.search(rf"(?<!\w){re.escape(case_number)}(?!\w)", text, re.IGNORECASE))
    loose = r"[\W_]*".join(map(re.escape, number))
    return bool(re.search(rf"(?<![^\W_]){loose}(?![^\W_])", text, re.IGNORECASE))


def _has_day(text: str, day: date) -> bool:
    """Is the day there, in any common way of writing it, in words also without its year?"""
    text = " ".join(text.split())
    if any(found == day for _, _, found in days_in(text)):
        return True
    month = rf"(?:{day:%B}|{day:%b}t?)\b"
    before = rf"(?<!\d){day.day}(?:st|nd|rd|th)?(?: of)? {month}(?!\.?,? \d{{4}})"
    after = rf"\b{month} {day.day}(?:st|nd|rd|th)?(?!\d)(?!,? \d{{4}})"
    return bool(re.search(f"{before}|{after}", text, re.IGNORECASE))


def _has_name(text: str, name: str) -> bool:
    return bool(re.search(rf"\b{re.escape(name)}\b", text, re.IGNORECASE))


def _has_age(text: str, age: tuple[int, str]) -> bool:
    number, unit = age
    return bool(re.search(rf"(?<!\d){number}[\s-]+{unit.rstrip('s')}s?\b", text, re.IGNORECASE))
