"""Tables as a CSV file that a spreadsheet opens: the cells as printed, and nothing it would calculate."""

import csv
import io
from collections.abc import Iterable

from kscb_actions.figures.disclosure.protect import legend_for
from kscb_actions.figures.disclosure.tables import CountTable
from kscb_actions.text import one_line

from .blocks import lines_of, titles_of

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_of(tables: Iterable[tuple[str, CountTable]], notice: str = "") -> str:
    """Return (caption, table) one under the other, each after its caption, with what its marks mean.

    It begins with a byte order mark, by which spreadsheets know its encoding, and then with `notice` if there
    is one.
    """
    out = io.StringIO()
    write = csv.writer(out).writerow
    if notice:
        write([guarded(notice)])
        write([])
    for number, (caption, table) in enumerate(tables):
        if number:
            write([])
        write([guarded(caption)])
        write(map(guarded, titles_of(table)))
        for line in lines_of(table):
            write(map(guarded, line))
        meanings = legend_for(cell for line in table.lines() for cell in line)
        for mark, meaning in meanings.items():
            write([guarded(mark), guarded(meaning)])
    return "\ufeff" + out.getvalue()


def guarded(cell: int | str) -> int | str:
    """A cell that no spreadsheet takes for a formula."""
    if isinstance(cell, int):
        return cell
    is_formula = cell.startswith(_FORMULA) or one_line(cell).startswith(_FORMULA)
    return f"'{one_line(cell)}" if is_formula else one_line(cell)
