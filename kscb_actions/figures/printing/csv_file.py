"""Tables as a CSV file that a spreadsheet opens: the cells as printed, and nothing it would calculate."""

import csv
import io
from collections.abc import Iterable

from kscb_actions.figures.disclosure.marks import legend_for
from kscb_actions.figures.disclosure.tables import CountTable
from kscb_actions.spreadsheets.rules import escape_formula

from .blocks import lines_of, titles_of


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
