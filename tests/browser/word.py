"""A report's words as the page shows them and as the Word file holds them, in the same shape."""

import re
from dataclasses import dataclass
from typing import Any

from docx.document import Document
from playwright.sync_api import Page

# Headings and tables in the order of the page, and in which block of rows that can be turned each stands.
# Words that only a screen reader is given, such as what a figure's link leads to, are not on paper.
PIECES = """
() => {
  document.querySelectorAll('.app-report td .govuk-visually-hidden').forEach(words => words.remove());
  const found = '.app-report .app-report__heading, .app-report table.app-report__table';
  return [...document.querySelectorAll(found)].map(piece => ({
    block: piece.closest('div[id^="rows-"]')?.id ?? '',
    heading: piece.tagName === 'TABLE' ? null : piece.innerText,
    rows: [...(piece.rows ?? [])].map(row => [...row.cells].map(cell => cell.innerText)),
  }));
}
"""
TURNS = """
() => Object.fromEntries([...document.querySelectorAll('div[id^="rows-"]:has(.app-report__turn)')]
  .map(block => [block.id, block.querySelector('.app-report__turn').innerText]))
"""


@dataclass(eq=False)
class Piece:
    """A heading, or a table's rows with their header row first."""

    block: str
    heading: str | None
    rows: list[list[str]]


def folded(text: str) -> str:
    """Return text without differences of white space."""
    return " ".join(text.split())


def pieces_of_page(page: Page) -> list[Piece]:
    """Return headings and tables of the report on the page, each long table turned through to its end."""
    pieces, address = _pieces(page), page.url
    join = "&" if "?" in address else "?"
    for block, turns in page.evaluate(TURNS).items():
        first, last, total = (int(each.replace(",", "")) for each in re.findall(r"[0-9,]+", turns)[:3])
        for turn in range(2, -(-total // (last - first + 1)) + 1):
            page.goto(f"{address}{join}{block}={turn}")
            _go_on(pieces, [piece for piece in _pieces(page) if piece.block == block])
    return pieces


def _pieces(page: Page) -> list[Piece]:
    return [
        Piece(
            each["block"],
            each["heading"] and folded(each["heading"]),
            [[folded(cell) for cell in row] for row in each["rows"]],
        )
        for each in page.evaluate(PIECES)
    ]


def _go_on(pieces: list[Piece], more: list[Piece]) -> None:
    """Put the rows of a later turn behind those of the block; a group that was begun goes on."""
    own = [piece for piece in pieces if piece.block == more[0].block]
    at = pieces.index(own[-1]) + 1
    headings = [piece.heading for piece in own if piece.heading]
    begun = more[1:] if more[0].heading and more[0].heading == headings[-1] else more
    if begun[0].heading is None:
        own[-1].rows += begun[0].rows[1:]
        begun = begun[1:]
    pieces[at:at] = begun


def tables_of_page(page: Page) -> list[list[list[str]]]:
    """Return tables, rows, cells of the report on the page."""
    return [piece.rows for piece in pieces_of_page(page) if piece.heading is None]


def headings_of_page(page: Page) -> list[str]:
    """Return the report's headings on the page, in order."""
    return [piece.heading for piece in pieces_of_page(page) if piece.heading]


def tables_of_word(word: Document) -> list[list[list[str]]]:
    """Return tables, rows, cells of the Word file, read from its XML: row.cells would take minutes."""
    tables = []
    for table in word.tables:
        rows = [[_text(cell) for cell in row.iterchildren(_w("tc"))] for row in table._tbl.tr_lst]
        tables.append(rows)
    return [rows for rows in tables if _is_of_content(rows)]


def headings_of_word(word: Document) -> list[str]:
    """Return the Word file's headings, in order, without its title."""
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
