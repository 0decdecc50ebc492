"""A report's words as the page shows them and as the Word file holds them, in the same shape."""

from typing import Any

from docx.document import Document
from playwright.sync_api import Page

TABLES = """
() => [...document.querySelectorAll('.app-report table.app-report__table')].map(table =>
  [...table.rows].map(row => [...row.cells].map(cell => cell.innerText)))
"""


def folded(text: str) -> str:
    """Text without differences of white space."""
    return " ".join(text.split())


def tables_of_page(page: Page) -> list[list[list[str]]]:
    """Tables, rows, cells of the report on the page."""
    return [[[folded(cell) for cell in row] for row in table] for table in page.evaluate(TABLES)]


def tables_of_word(word: Document) -> list[list[list[str]]]:
    """Tables, rows, cells of the Word file, read from its XML: row.cells would take minutes."""
    tables = []
    for table in word.tables:
        rows = [[_text(cell) for cell in row.iterchildren(_w("tc"))] for row in table._tbl.tr_lst]
        tables.append(rows)
    return [rows for rows in tables if _is_of_content(rows)]


def headings_of_page(page: Page) -> list[str]:
    """The report's headings on the page, in order."""
    return [folded(text) for text in page.locator(".app-report__heading").all_inner_texts()]


def headings_of_word(word: Document) -> list[str]:
    """The Word file's headings, in order, without its title."""
    return [
        folded(paragraph.text)
        for paragraph in word.paragraphs
        if paragraph.style is not None and paragraph.style.name.startswith("Heading")
    ]


def _is_of_content(rows: list[list[str]]) -> bool:
    # The committee header (By, To, Subject …) is a two-column block on paper and a list on the page.
    return not (rows and rows[0] and rows[0][0] == "By")


def _text(cell: Any) -> str:
    parts = []
    for node in cell.iter(_w("t"), _w("br"), _w("p")):
        parts.append(" " if node.tag != _w("t") else node.text or "")
    return folded("".join(parts))


def _w(name: str) -> str:
    return f"{{http://schemas.openxmlformats.org/wordprocessingml/2006/main}}{name}"
