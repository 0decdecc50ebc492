"""What stands in a cell of a spreadsheet. Plain values."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from kscb_actions.text import REPORTING_YEAR, clean_text, one_line

# A date is a day; a datetime is in local time, without a time zone, as a spreadsheet has it.
Value = str | int | date | datetime | None

# What Excel holds in a sheet, and in a cell.
MOST_ROWS = 1_048_576
LONGEST_CELL = 32_767
_CUT = " … (cut)"
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_DATE = re.compile(r"[0-9]{1,4}[-/][0-9]{1,2}([-/][0-9]{1,4})?")


@dataclass(frozen=True)
class Column:
    """A column: its heading, what it has of a row, and how many letters wide it is."""

    heading: str
    value: Callable[[Any], Value]
    width: int = 18


@dataclass(frozen=True)
class Sheet:
    """A table for a file: `about` are labels and texts on what it is, `notice` what every face of it says."""

    title: str
    columns: Sequence[Column]
    rows: Iterable[Any]
    about: Sequence[tuple[str, str]] = ()
    notice: str = ""


def text_of_cell(text: str) -> str:
    """Return a text as a cell can hold it: cleaned, and cut where it is longer than one can be."""
    text = clean_text(text)
    return text if len(text) <= LONGEST_CELL else text[: LONGEST_CELL - len(_CUT)] + _CUT


def escape_formula(cell: int | str) -> int | str:
    """Return a cell of delimited text that no spreadsheet takes for a formula or a date.

    What looks like a formula, or like a date other than a reporting year, is quoted.
    """
    if isinstance(cell, int):
        return cell
    # A spreadsheet takes 2011-12 for December 2011.
    if REPORTING_YEAR.fullmatch(one_line(cell)):
        return f"Year {one_line(cell)}"
    # Checked on one line too: a spreadsheet skips the blanks before a formula.
    line = one_line(cell)
    is_taken = cell.startswith(_FORMULA) or line.startswith(_FORMULA) or _DATE.fullmatch(line)
    return f"'{line}" if is_taken else line


def csv_cell(value: Value) -> str | int:
    """Return a value as delimited text has it: a date as ISO 8601, a text without formulas."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat(" ", "minutes")
    return value.isoformat() if isinstance(value, date) else escape_formula(value)
