"""Tables as a CSV file that a spreadsheet opens: the cells as printed, and nothing it would calculate."""

import csv
import io
import re
from collections.abc import Iterable

from kscb_actions.figures.disclosure.marks import legend_for
from kscb_actions.figures.disclosure.tables import CountTable
from kscb_actions.text import REPORTING_YEAR, one_line

from .blocks import lines_of, titles_of

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_DATE = re.compile(r"[0-9]{1,4}[-/][0-9]{1,2}([-/][0-9]{1,4})?")


def csv_of(tables: Iterable[tuple[str, CountTable]], notice: str = "") -> str:
    """Return (caption, table) one under the other, each after its caption, with what its marks mean.

    The text begins with a byte order mark, by which spreadsheets know its encoding, and then with `notice` if
    there is one.
    """
    out = io.StringIO()
    write = csv.writer(out).writerow
    if notice:
        write([escape_formula(notice)])
        write([])
    for number, (caption, table) in enumerate(tables):
        if number:
            write([])
        write([escape_formula(caption)])
        write(map(escape_formula, titles_of(table)))
        for line in lines_of(table):
            write(map(escape_formula, line))
        meanings = legend_for(cell for line in table.lines() for cell in line)
        for mark, meaning in meanings.items():
            write([escape_formula(mark), escape_formula(meaning)])
    return "\ufeff" + out.getvalue()


def escape_formula(cell: int | str) -> int | str:
    """Return a cell that no spreadsheet takes for a formula or a date.

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
