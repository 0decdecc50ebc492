"""The tables of a Word document, as a reader of the page sees them.

Rows and cells that Word keeps inside content controls are read; what tracked changes have taken away is not.
A table inside a cell is a table of its own, and its text stands in the cell too. A recommendation that a
paragraph above a table tells is read as a row above it.
"""

from collections.abc import Iterator
from typing import IO, Any

from kscb_actions.text import clean_text, whole_number

from ..tables import ABOVE, MERGED, PLAIN, Allowance, Cell, NotRead, Row, Source, Table
from ..words import is_recommendation
from .numbering import Numbering
from .package import Package, forget, local, name_in

NO_TABLE = (
    "There is no table in the document. The plan has to be a table with headings, one recommendation or "
    "action a row."
)
_TEXT = ("{*}t", "{*}tab", "{*}br", "{*}cr", "{*}p", "{*}noBreakHyphen", "{*}sym", "{*}numPr")
_SAID = {"tab": " ", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
# Ticks and crosses of the symbol fonts (Wingdings), by their code.
_SYMBOLS = {"F0FC": "✓", "F0FE": "✓", "F052": "✓", "F0FB": "✗", "F0FD": "✗", "F051": "✗"}
# A row without any of these is nothing but cells with paragraphs of text, and is read much faster.
_MORE = tuple(
    f"{{*}}{name}"
    for name in (
        "tab br cr noBreakHyphen sym numPr gridSpan vMerge gridBefore moveFrom Fallback del ins sdt "
        "customXml tbl txbxContent"
    ).split()
)
# No page shows these, or they are shown once more.
_UNSEEN = ("{*}moveFrom", "{*}Fallback", "{*}del")


def read_word(stream: IO[bytes]) -> Source:
    """Return the tables of a Word document. Raises NotRead and one of package.UNREADABLE."""
    package = Package(stream)
    main = package.main()
    numbering = Numbering.of(package, main)
    allowance = Allowance()
    tables: list[Table] = []
    open_tables: list[_OpenTable] = []
    for event, element in package.events(main, "tbl", "tr"):
        is_table = local(element) == "tbl"
        if event == "start":
            if is_table:
                table = _OpenTable(Table(f"table {len(tables) + 1}"), allowance, numbering)
                if not open_tables:
                    table.add_what_is_above(element)
                tables.append(table.table)
                open_tables.append(table)
        elif is_table:
            open_tables.pop()
            if not open_tables:
                forget(element)
        else:
            open_tables[-1].add(element)
            if len(open_tables) == 1:
                forget(element)
    if not tables:
        raise NotRead(NO_TABLE)
    return Source(tables)


class _OpenTable:
    """A table that is being read: what is merged downward is carried from row to row."""

    def __init__(self, table: Table, allowance: Allowance, numbering: Numbering) -> None:
        self.table = table
        self._allowance = allowance
        self._numbering = numbering
        self._above: dict[int, str] = {}
        self._last_plain: Row | None = None
        self._count = 0

    def add_what_is_above(self, element: Any) -> None:
        """Read the recommendation that a paragraph since the table before tells, if any does."""
        for above in element.itersiblings(preceding=True):
            if local(above) != "p":
                return
            text = "".join(each.text or " " for each in above.iter("{*}t", "{*}tab", "{*}br"))
            text = clean_text(text).strip()
            if is_recommendation(text):
                self._allowance.take(len(text))
                self.table.rows.append(Row(ABOVE, {1: Cell(text)}))
                return

    def add(self, element: Any) -> None:
        """Read a row."""
        if next(element.iter(*_MORE), None) is None:
            self._add_plain(element)
            return
        if any(local(each) == "del" for each in _children(element, "trPr")):
            return
        if self._last_plain is not None:
            self._above = {at: cell.text for at, cell in self._last_plain.cells.items()}
            self._last_plain = None
        for unseen in list(element.iter(*_UNSEEN)):
            unseen.getparent().remove(unseen)
        self._count += 1
        row = Row(self._count)
        column = 1 + _number(next((e for e in _children(element, "trPr") if local(e) == "gridBefore"), None))
        for cell in _cells(element):
            column += self._read(row, column, cell)
        if row.cells:
            self.table.rows.append(row)

    def _add_plain(self, element: Any) -> None:
        self._count += 1
        cells, characters = {}, 0
        every: list[list[str]] = []
        for each in element.iter("{*}tc", "{*}p", "{*}t"):
            name = name_in(each.tag)
            if name == "tc":
                every.append([])
            elif every:
                every[-1].append((each.text or "") if name == "t" else "\n")
        for column, pieces in enumerate(every, 1):
            if text := clean_text("".join(pieces)).strip():
                characters += len(text)
                cells[column] = Cell(text)
        self._allowance.take(characters, len(cells))
        self._last_plain = Row(self._count, cells)
        if cells:
            self.table.rows.append(self._last_plain)

    def _read(self, row: Row, column: int, cell: Any) -> int:
        width, is_continued = 1, False
        for each in _children(cell, "tcPr"):
            name = local(each)
            if name == "gridSpan":
                width = max(1, _number(each))
            elif name == "vMerge":
                is_continued = _value(each) != "restart"
        if is_continued:
            text, mark = self._above.get(column, ""), MERGED
        else:
            text, mark = self._text(cell), PLAIN
            self._above[column] = text
        if text:
            if not is_continued:
                self._allowance.take(len(text))
            row.cells[column] = Cell(text, mark, width)
        return width

    def _text(self, cell: Any) -> str:
        pieces: list[str] = []
        for each in cell.iter(*_TEXT):
            name = local(each)
            if name == "t":
                pieces.append(each.text or "")
            elif name == "p":
                pieces.append("\n")
            elif name == "numPr":
                pieces.append(self._numbering.next(each))
            elif name == "sym":
                pieces.append(_SYMBOLS.get(_value(each, "char").upper(), ""))
            elif name != "tab" or local(each.getparent()) == "r":
                # Elsewhere a tab is a place on the ruler.
                pieces.append(_SAID[name])
        return clean_text("".join(pieces)).strip()


def _cells(row: Any) -> Iterator[Any]:
    for each in row.iterchildren():
        name = local(each)
        if name == "tc":
            yield each
        elif name not in ("trPr", "tblPrEx", ""):
            yield from _cells(each)


def _children(element: Any, properties: str) -> Iterator[Any]:
    found = next(element.iterchildren(f"{{*}}{properties}"), None)
    return iter(()) if found is None else found.iterchildren()


def _value(element: Any, key: str = "val") -> str:
    return next((value for name, value in element.items() if name.rpartition("}")[2] == key), "")


def _number(element: Any) -> int:
    """Return the number that an element holds; 0 for none, and at most what a table can have."""
    value = "" if element is None else _value(element)
    return min(whole_number(value) or 0, 1000)
