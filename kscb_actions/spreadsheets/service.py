"""Writing a table as .xlsx or .csv, a row at a time, so that memory does not grow with the rows."""

import csv
import io
from datetime import date, datetime
from typing import Any, BinaryIO

from .rules import MOST_ROWS, Sheet, Value, csv_cell, text_of_cell

_ABOUT = "About"
_WIDE = 60


class TooManyRows(Exception):
    """There are more rows than a sheet of Excel holds."""


def write_csv(out: BinaryIO, sheet: Sheet) -> int:
    """Write a table as comma-separated text that begins with a byte order mark; returns how many rows it has.

    Its first line are the headings, after the notice where there is one.
    """
    text = io.TextIOWrapper(out, encoding="utf-8-sig", newline="", write_through=False)
    write, count = csv.writer(text).writerow, 0
    if sheet.notice:
        write([csv_cell(sheet.notice)])
    write([csv_cell(column.heading) for column in sheet.columns])
    values = [column.value for column in sheet.columns]
    for row in sheet.rows:
        count += 1
        write([csv_cell(value(row)) for value in values])
    text.detach()
    return count


def write_xlsx(out: BinaryIO, sheet: Sheet) -> int:
    """Write a table as an Excel file with a second sheet on what it is; returns how many rows it has.

    The notice, where there is one, stands above the headings.
    Texts are written as texts, whatever they begin with. Raises TooManyRows.
    """
    # Loaded when a table goes out: whoever shows a list does without it.
    import xlsxwriter

    # Rows go to a file of its own as they come. A text is never taken for a formula, number or address.
    book = xlsxwriter.Workbook(out, {"constant_memory": True})
    bold = book.add_format({"bold": True})
    day = book.add_format({"num_format": "d mmm yyyy", "align": "left", "valign": "top"})
    moment = book.add_format({"num_format": "d mmm yyyy hh:mm", "align": "left", "valign": "top"})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    page = book.add_worksheet(_sheet_name(sheet.title))
    head = _head(page, sheet, bold)
    values, count = [column.value for column in sheet.columns], 0
    for count, row in enumerate(sheet.rows, 1):
        if head + count >= MOST_ROWS:
            book.close()
            raise TooManyRows
        for place, value in enumerate(values):
            _put(page, head + count, place, value(row), (wrapped, day, moment))
    page.autofilter(head, 0, head + count, len(sheet.columns) - 1)

    about = book.add_worksheet(_ABOUT)
    about.set_column(0, 1, _WIDE)
    for place, (label, text) in enumerate(sheet.about):
        about.write_string(place, 0, label, bold)
        about.write_string(place, 1, text_of_cell(text), wrapped)
    book.close()
    return count


def _sheet_name(title: str) -> str:
    """Return a title as a sheet may be called: without what Excel refuses there, at most 31 letters."""
    return "".join(letter for letter in title if letter not in "[]:*?/\\'")[:31]


def _head(page: Any, sheet: Sheet, bold: Any) -> int:
    """Write the notice, where there is one, and the headings; returns in which row these are, from 0."""
    head = 1 if sheet.notice else 0
    for place, column in enumerate(sheet.columns):
        page.set_column(place, place, column.width)
    if sheet.notice:
        page.write_string(0, 0, sheet.notice, bold)
    for place, column in enumerate(sheet.columns):
        page.write_string(head, place, column.heading, bold)
    page.freeze_panes(head + 1, 0)
    return head


def _put(page: Any, row: int, place: int, value: Value, formats: tuple[Any, Any, Any]) -> None:
    wrapped, day, moment = formats
    if isinstance(value, str):
        if value:
            page.write_string(row, place, text_of_cell(value), wrapped)
    elif isinstance(value, datetime):
        page.write_datetime(row, place, value, moment)
    elif isinstance(value, date):
        page.write_datetime(row, place, value, day)
    elif value is not None:
        page.write_number(row, place, value, wrapped)
