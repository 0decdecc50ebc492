"""Text that would identify a child, as far as a machine can recognise it. Plain values in, plain values out.

A name standing alone cannot be told from any other word; what can be recognised is refused.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import date

from kscb_actions.text import LONGEST, why_too_long

CHECKED = (
    "No names, dates of birth, addresses or NHS numbers. The page looks for NHS numbers, postcodes, dates of "
    "birth and names after Mr, Mrs, Miss, Ms or Dr, and refuses them; a name by itself it cannot recognise."
)


LONGEST_NUMBER = 30


_REFUSED = {
    "name": "a name",
    "alias": "a name",
    "initials": "a name",
    "nhs": "the NHS number",
    "birth": "the date of birth",
    "dob": "the date of birth",
    "postcode": "the address",
    "address": "the address",
    "mother": "who the family is",
    "father": "who the family is",
}


_CASE_NUMBER = re.compile(r"[A-Za-z0-9][A-Za-z0-9/-]*")


# Ten digits as they are written, in groups of 3, 3 and 4 or together (NHS Data Dictionary, NHS NUMBER).
_NHS_NUMBER = re.compile(r"(?<![0-9])[0-9]{3}[ -]?[0-9]{3}[ -]?[0-9]{4}(?![0-9])")


# BS 7666: an outward code, then a digit and two letters, which are never C, I, K, M, O or V.
_POSTCODE = re.compile(
    r"(?<![A-Za-z0-9])[A-Z]{1,2}[0-9][A-Z0-9]? ?[0-9][ABD-HJLNP-UW-Z]{2}(?![A-Za-z0-9])", re.IGNORECASE
)


_TITLE = re.compile(r"\b(?:Mr|Mrs|Miss|Ms|Mx|Dr)\.? [A-Z][a-z’'-]+[A-Za-z]*")


_MONTHS = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"


_DATE = re.compile(
    r"(?<![0-9])(?:"
    r"(?P<y>[0-9]{4})[-/.](?P<m>[0-9]{1,2})[-/.](?P<d>[0-9]{1,2})"
    r"|(?P<d2>[0-9]{1,2})[-/. ](?P<m2>[0-9]{1,2})[-/. ](?P<y2>[0-9]{4}|[0-9]{2})"
    rf"|(?P<d3>[0-9]{{1,2}})(?:st|nd|rd|th)?(?: of)?[ -](?P<m3>{_MONTHS})[a-z]*\.?,?[ -]"
    r"(?P<y3>[0-9]{4}|[0-9]{2})"
    r")(?![0-9])"
    rf"|\b(?P<m4>{_MONTHS})[a-z]*\.? (?P<d4>[0-9]{{1,2}})(?:st|nd|rd|th)?,? (?P<y4>[0-9]{{4}})(?![0-9])",
    re.IGNORECASE,
)


# Not 2011/12/3, which is how a year and a number of it may be written.
_DAY_ALONE = re.compile(r"[0-9]{1,2}[/-][0-9]{1,2}[/-][0-9]{4}|[0-9]{4}-[0-9]{2}-[0-9]{2}")


# Such a word, and at most 20 characters between it and the date after it.
_BORN = re.compile(r"\b(?:born|birth|birthday|dob|d\.o\.b)\b\.?[^.0-9]{0,20}\Z", re.IGNORECASE)


def why_not_case_number(number: str) -> str | None:
    """Return why this cannot be the number of a case, for the reader; None when it can."""
    if not number.strip():
        return "Enter the case number."
    if not _CASE_NUMBER.fullmatch(number):
        return "Use letters, digits, hyphens and slashes only, like 11/042."
    if len(number) > LONGEST_NUMBER:
        return f"Use at most {LONGEST_NUMBER} characters."
    if not re.search("[0-9]", number):
        return "A case number has a digit in it. Do not use a name or initials."
    if why_identifying(number) or _DAY_ALONE.fullmatch(number):
        return "This looks like an NHS number, a postcode or a date. Use the number that the panel gave."
    return None


def why_identifying(text: str, date_of_birth: date | None = None) -> str | None:
    """Return why a text would identify somebody, for the reader; None when nothing in it can be recognised.

    `date_of_birth` is what was typed beside it, to be found in any common way of writing it.
    """
    text = " ".join(text.split())
    for found in _NHS_NUMBER.finditer(text):
        if is_nhs_number(re.sub("[ -]", "", found[0])):
            return f"“{found[0]}” looks like an NHS number. Take it out."
    postcode = _POSTCODE.search(text)
    if postcode:
        return f"“{postcode[0]}” looks like a postcode. Say the district at most."
    title = _TITLE.search(text)
    if title:
        return f"“{title[0]}” looks like a name. Say what the person is to the child, or their post."
    for start, written, day in days_in(text):
        if day == date_of_birth or _BORN.search(text[:start]):
            return f"“{written}” looks like a date of birth. Say the age instead."
    return None


def why_not_text(text: str, longest: int = LONGEST) -> str | None:
    """Return why a text on a case is refused: too long, or identifying; None when it is accepted."""
    return why_too_long(text, longest) or why_identifying(text)


def refused_columns(header: Iterable[str]) -> dict[str, str]:
    """Return {column: reason} for the columns of an import that would identify a child."""
    refused = {}
    for column in header:
        letters = re.sub("[^a-z]", "", column.lower())
        what = next((description for fragment, description in _REFUSED.items() if fragment in letters), None)
        if what:
            refused[column] = (
                f"The column “{column}” looks like {what}. Cases are kept by number alone: leave it out."
            )
    return refused


def is_nhs_number(digits: str) -> bool:
    """Return whether these ten digits are an NHS number, by its check digit (modulus 11).

    The algorithm is that of the NHS Data Dictionary, attribute NHS NUMBER. Ten times the same digit is none.
    """
    if not re.fullmatch("[0-9]{10}", digits) or len(set(digits)) == 1:
        return False
    total = sum(int(digit) * weight for digit, weight in zip(digits, range(10, 1, -1), strict=False))
    # A check digit of 11 is written 0, and numbers that give 10 are never issued.
    check = 11 - total % 11
    return check != 10 and check % 11 == int(digits[9])


def days_in(text: str) -> Iterator[tuple[int, str, date]]:
    """Yield (position, as written, date) of each date in a text, the day before the month."""
    for found in _DATE.finditer(text):
        parts = {name.rstrip("234"): value for name, value in found.groupdict().items() if value}
        month, year = parts["m"], int(parts["y"])
        if year < 100:
            # Two figures: below 50 of this century, as children were born; others are of the one before.
            year += 2000 if year < 50 else 1900
        number = int(month) if month.isdigit() else _MONTHS.split("|").index(month.lower()) + 1
        try:
            yield found.start(), found[0], date(year, number, int(parts["d"]))
        except ValueError:
            continue


def problems_with_reason(reason: str) -> dict[str, str]:
    """Return {"reason": message} unless a reason was given that fits; {} when it was."""
    why = why_not_text(reason) if reason else "Say why, for whoever reads this later."
    return {"reason": why} if why else {}
