"""Makes plans' files for tests, as Word, Excel and their users make them."""

import io
import zipfile
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import docx
import xlsxwriter
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from kscb_actions.plans_in.service import keep_draft

Rows = Sequence[Sequence[Any]]
# In place of a text: the cell is merged with the one above it, or with the one before it.
ABOVE, BEFORE = object(), object()


def word(*tables: Rows, title: str = "Action plan", change: Callable[[Any], None] | None = None) -> bytes:
    """Return a Word document with these tables under a title; `change` may alter it before it is saved."""
    document = docx.Document()
    document.add_heading(title, 1)
    for rows in tables:
        document.add_paragraph("")
        _lay(document.add_table(len(rows), max(map(len, rows))), rows)
    if change:
        change(document)
    kept = io.BytesIO()
    document.save(kept)
    return kept.getvalue()


def _lay(table: Any, rows: Rows) -> None:
    for at, row in enumerate(rows):
        for column, text in enumerate(row):
            if text is ABOVE:
                table.cell(at - 1, column).merge(table.cell(at, column))
            elif text is BEFORE:
                table.cell(at, column - 1).merge(table.cell(at, column))
    for at, row in enumerate(rows):
        for column, text in enumerate(row):
            if text not in (ABOVE, BEFORE, ""):
                table.cell(at, column).text = str(text)


def numbered_by_word(document: Any, table: int, column: int) -> None:
    """Let Word number the cells of a column itself, as its list button does, below the headings."""
    for row in document.tables[table].rows[1:]:
        row.cells[column].paragraphs[0].style = document.styles["List Number"]
        properties = row.cells[column].paragraphs[0]._p.get_or_add_pPr()
        listed = OxmlElement("w:numPr")
        for name, value in (("w:ilvl", "0"), ("w:numId", _decimal_list(document))):
            each = OxmlElement(name)
            each.set(qn("w:val"), value)
            listed.append(each)
        properties.append(listed)


def _decimal_list(document: Any) -> str:
    """Return the id of a list of the document that counts 1., 2., 3."""
    root = document.part.numbering_part.element
    decimal = {
        abstract.get(qn("w:abstractNumId"))
        for abstract in root.iter(qn("w:abstractNum"))
        if next(abstract.iter(qn("w:numFmt"))).get(qn("w:val")) == "decimal"
    }
    for each in root.iter(qn("w:num")):
        if next(each.iter(qn("w:abstractNumId"))).get(qn("w:val")) in decimal:
            return str(each.get(qn("w:numId")))
    raise LookupError("no list that counts")


def excel(*sheets: Rows | tuple[str, Rows], change: Callable[[Any], None] | None = None) -> bytes:
    """Return a workbook with these sheets: dates as Excel keeps them, merged cells as it merges them."""
    kept = io.BytesIO()
    book = xlsxwriter.Workbook(kept, {"in_memory": True, "default_date_format": "dd/mm/yyyy"})
    for number, each in enumerate(sheets, 1):
        name, rows = each if isinstance(each, tuple) else (f"Sheet{number}", each)
        sheet = book.add_worksheet(name)
        for at, row in enumerate(rows):
            for column, value in enumerate(row):
                if value not in (ABOVE, BEFORE, "", None):
                    _write(book, sheet, at, column, value)
        _merge(sheet, rows)
    if change:
        change(book)
    book.close()
    return kept.getvalue()


def _write(book: Any, sheet: Any, at: int, column: int, value: Any) -> None:
    if isinstance(value, date):
        sheet.write_datetime(at, column, value)
    elif isinstance(value, tuple):
        # A number, and the format it is shown in.
        sheet.write(at, column, value[0], book.add_format({"num_format": value[1]}))
    elif isinstance(value, str) and value.startswith("="):
        sheet.write_formula(at, column, value, None, "")
    else:
        sheet.write(at, column, value)


def _merge(sheet: Any, rows: Rows) -> None:
    for at, row in enumerate(rows):
        for column, value in enumerate(row):
            if value in (ABOVE, BEFORE):
                continue
            down = across = 0
            while at + down + 1 < len(rows) and _cell(rows, at + down + 1, column) is ABOVE:
                down += 1
            while _cell(rows, at, column + across + 1) is BEFORE:
                across += 1
            if down or across:
                sheet.merge_range(at, column, at + down, column + across, value)


def _cell(rows: Rows, at: int, column: int) -> Any:
    return rows[at][column] if column < len(rows[at]) else None


def changed(package: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    """Return an Office file with one of its parts changed."""
    kept = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as old, zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            content = old.read(entry)
            new.writestr(entry.filename, change(content) if entry.filename == name else content)
    return kept.getvalue()


def plan_draft(world: Any, review: Any) -> Any:
    """Return a file of a review whose plan waits to be taken in."""
    content = word(
        [["Recommendation", "Action", "Lead agency"], ["Share minutes.", "Send them", "Kent Police"]]
    )
    return keep_draft(world.manager.viewer, review, world.store, io.BytesIO(content), "plan.docx")
