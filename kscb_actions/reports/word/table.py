"""Tables of a Word file as pieces of WordprocessingML, made row by row: memory does not grow with them."""

import re
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import chain

from kscb_actions.reports.content import Cell, Column, Group, Report, Row, Table
from kscb_actions.text import one_line

from . import text as words
from .text import TEXT, paragraph, paragraph_opening, reads_from_right, run_opening, run_text

# Background and text of coloured cells and of a chart's bars: a contrast of 4.5:1 or more (WCAG 1.4.3).
COLOURS = {
    "blue": ("1D70B8", "FFFFFF"),
    "red": ("C52F2F", "FFFFFF"),
    "amber": ("FFBF47", "0B0C0C"),
    "green": ("00703C", "FFFFFF"),
    "grey": ("D5D8DA", "0B0C0C"),
}
_ON_COLOUR = {name: f'<w:b/><w:bCs/><w:color w:val="{ink}"/>' for name, (_, ink) in COLOURS.items()}
_TWIPS_PER_MM = 1440 / 25.4
_LABEL_MM = 42
_CELL_END = "</w:t></w:r></w:p></w:tc>"
_ROW_START = "<w:tr><w:trPr><w:cantSplit/></w:trPr>"
_ROW_OPENING, _ROW_OPENING_SPLIT, _ROW_END = _ROW_START.encode(), b"<w:tr>", b"</w:tr>"
_HEADER_START = "<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>"
# Two tables that touch become one in Word: a low paragraph keeps them apart.
_GAP = '<w:p><w:pPr><w:pStyle w:val="TableEnd"/></w:pPr></w:p>'
_KEPT_GAP = '<w:p><w:pPr><w:pStyle w:val="TableEnd"/><w:keepNext/></w:pPr></w:p>'
_STYLE = re.compile(rb'(<w:pStyle w:val="\w+"/>)(?!<w:keepNext/>)')
_KEPT = rb"\1<w:keepNext/>"
_JUSTIFY_OR_END = re.compile("<w:jc |</w:pPr>")
_TABLE_END = f"</w:tbl>{_GAP}"
# The first row heads the columns, the first column the rows: what a screen reader says with each cell.
_HEADED = '<w:tblLook w:val="04A0" w:firstRow="1" w:firstColumn="1" w:noVBand="1"/>'
_LABELLED = '<w:tblLook w:val="0480" w:firstRow="0" w:firstColumn="1" w:noVBand="1"/>'
# A table of so many rows stays on one page; of a longer one so many stay together at its start and its end.
_WHOLE = 15
_TOGETHER = 3
# Letters of a cell whose row may go on on the next page: whole, it could leave half of one empty.
_TALL = 300
# Letters of a text that is still short: such come again and again, and a row of them is low.
SHORT = 90
# So many of them are kept of each column.
_KEPT_TEXTS = 1024


def table_xml(table: Table, page_mm: int, numbers: Iterator[int]) -> Iterator[bytes]:
    """Yield the table in pieces, at most `page_mm` wide, after its caption; for an empty one, its sentence.

    A caption takes its number from `numbers`. Each group becomes a heading and a table of its own, which the
    heading names in place of the caption.
    """
    rows = iter(table.rows)
    first = next(rows, None)
    if not isinstance(first, Group):
        yield words.caption(one_line(table.caption), "Table", next(numbers)).encode()
    if first is None:
        yield paragraph(table.empty, "Normal").encode()
        return
    widths = _widths(table.columns, page_mm)
    header = _header_row(table.columns, widths)
    pairs = list(zip(table.columns, widths, strict=True))
    cells = [_Cells(column, width, is_kept=False) for column, width in pairs]
    kept = [_Cells(column, width, is_kept=True) for column, width in pairs]
    name, is_open = table.caption, False
    for row, stays, may_split in _with_what_stays(chain([first], rows)):
        if isinstance(row, Group):
            heading = paragraph(one_line(row.heading), f"Heading{row.level}", is_kept=True)
            yield f"{_TABLE_END if is_open else ''}{heading}".encode()
            name, is_open = row.heading, False
            continue
        if not is_open:
            yield f"{_opening('ReportTable', widths, _HEADED, name)}{header}".encode()
            is_open = True
        yield _body_row(row, kept if stays else cells, may_split)
    if is_open:
        yield _TABLE_END.encode()


def before_paragraph(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Yield these pieces as they stand before a low paragraph, which is their gap and keeps a sentence."""
    last, gap = b"", _GAP.encode()
    for piece in pieces:
        yield last
        last = piece
    if last.endswith(gap):
        yield last.removesuffix(gap)
        return
    before, start, after = last.rpartition(b"<w:p>")
    yield before + _STYLE.sub(_KEPT, start + after)


def _with_what_stays(rows: Iterable[Row | Group]) -> Iterator[tuple[Row | Group, bool, bool]]:
    """Yield each row, whether it stays on the page of the next one, and whether a tall one may go on there.

    Of each group's table on its own. Reads _WHOLE rows ahead, no more. A row of long text stays with none: it
    would leave a page half empty; in a long table a tall one may even be split. The last one stays with the
    paragraph below the table, which alone would make a page of its own.
    """
    waiting: deque[Row] = deque()
    passed = 0
    for row in rows:
        if isinstance(row, Group):
            yield from _last_rows(waiting, passed)
            yield row, False, False
            waiting.clear()
            passed = 0
            continue
        waiting.append(row)
        if len(waiting) > _WHOLE:
            first = waiting.popleft()
            yield first, passed < _TOGETHER - 1 and _is_low(first), True
            passed += 1
    yield from _last_rows(waiting, passed)


def _last_rows(rows: Sequence[Row], passed: int) -> Iterator[tuple[Row, bool, bool]]:
    """Yield the last rows of a table of which `passed` have been read: all of it when it is small."""
    last = len(rows) - 1
    for place, row in enumerate(rows):
        ends = not passed or passed + place < _TOGETHER - 1 or place > last - _TOGETHER
        yield row, place == last or (ends and _is_low(row)), bool(passed)


def _is_low(row: Row) -> bool:
    return all(len(cell.text if isinstance(cell, Cell) else cell) < SHORT for cell in row)


def facts_xml(rows: Iterable[tuple[str, str]], page_mm: int) -> Iterator[bytes]:
    """Yield labels and what they are, as a table without a header row."""
    cells = [(label, paragraph(text, "FactText")) for label, text in rows]
    if cells:
        yield _KEPT_GAP.encode()
        yield from _labelled(cells, page_mm)


def header_block_xml(report: Report, page_mm: int) -> Iterator[bytes]:
    """Yield the head of a committee paper: By, To, Subject, Classification, Summary, and what is asked."""
    cells = [(label, paragraph(text, "FactText")) for label, text in report.header]
    if report.asked:
        asked = "".join(paragraph(text, "Asked") for text in report.asked)
        cells.append(("Recommendations", paragraph(report.asked_intro, "FactText") + asked))
    if cells:
        yield from _labelled(cells, page_mm)


def _labelled(cells: Sequence[tuple[str, str]], page_mm: int) -> Iterator[bytes]:
    widths = [_twips(_LABEL_MM), _twips(page_mm - _LABEL_MM)]
    yield _opening("ReportFacts", widths, _LABELLED).encode()
    for place, (label, content) in enumerate(cells, start=1):
        row = (
            f'{_ROW_START}<w:tc><w:tcPr><w:tcW w:w="{widths[0]}" w:type="dxa"/></w:tcPr>'
            f"{paragraph(label, 'FactLabel')}</w:tc>"
            f'<w:tc><w:tcPr><w:tcW w:w="{widths[1]}" w:type="dxa"/></w:tcPr>{content}</w:tc></w:tr>'
        ).encode()
        yield row if place < len(cells) else _STYLE.sub(_KEPT, row)
    yield _TABLE_END.encode()


def _opening(style: str, widths: Sequence[int], look: str, caption: str = "") -> str:
    """Return the start of a table; `look` says which of its rows and columns are heads (w:tblLook)."""
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    title = f"<w:tblCaption w:val={words.attribute(one_line(caption))}/>" if caption else ""
    return (
        f'<w:tbl><w:tblPr><w:tblStyle w:val="{style}"/><w:tblW w:w="{sum(widths)}" w:type="dxa"/>'
        f'<w:tblLayout w:type="fixed"/>{look}{title}</w:tblPr>'
        f"<w:tblGrid>{grid}</w:tblGrid>"
    )


def _header_row(columns: Sequence[Column], widths: Sequence[int]) -> str:
    cells = (
        f"{_cell_opening(width)}{paragraph_opening('TableHeading', column.align)}<w:r>{TEXT}"
        f"{run_text(column.title)}{_CELL_END}"
        for column, width in zip(columns, widths, strict=True)
    )
    return f"{_HEADER_START}{''.join(cells)}</w:tr>"


class _Cells:
    """Makes the cells of a column, in a row that stays on the page of the next one when `is_kept`."""

    def __init__(self, column: Column, width: int, is_kept: bool) -> None:
        opening = paragraph_opening("TableText", column.align, is_kept)
        self._plain = f"{_cell_opening(width)}{opening}<w:r>{TEXT}"
        self._coloured = {
            name: f"{_cell_opening(width, fill)}{opening}{run_opening(_ON_COLOUR[name])}"
            for name, (fill, _) in COLOURS.items()
        }
        # Dates and names come again and again in a long table.
        self.short = lru_cache(maxsize=_KEPT_TEXTS)(self.made)

    def made(self, text: str, colour: str | None = None) -> bytes:
        """Return the cell of a text."""
        before = self._plain if colour is None else self._coloured[colour]
        if not text.isascii() and reads_from_right(text):
            before = _JUSTIFY_OR_END.sub(r"<w:bidi/>\g<0>", before, count=1)
        return f"{before}{run_text(text, _ON_COLOUR[colour] if colour else '')}{_CELL_END}".encode()


def _body_row(row: Row, columns: Sequence[_Cells], may_split: bool) -> bytes:
    """Return a row; when it `may_split` and is a tall one, it may go on on the next page."""
    pieces, is_tall = [_ROW_OPENING], False
    for cell, column in zip(row, columns, strict=True):
        if isinstance(cell, Cell):
            letters = len(cell.text)
            make = column.short if letters < SHORT else column.made
            pieces.append(make(cell.text, cell.colour))
        elif (letters := len(cell)) < SHORT:
            pieces.append(column.short(cell))
            continue
        else:
            pieces.append(column.made(cell))
        if letters >= _TALL:
            is_tall = True
    if may_split and is_tall:
        pieces[0] = _ROW_OPENING_SPLIT
    pieces.append(_ROW_END)
    return b"".join(pieces)


def _cell_opening(width: int, fill: str | None = None) -> str:
    shade = f'<w:shd w:val="clear" w:color="auto" w:fill="{fill}"/>' if fill else ""
    return f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{shade}</w:tcPr>'


def _widths(columns: Sequence[Column], page_mm: int) -> list[int]:
    asked = sum(column.width_mm for column in columns)
    shrink = min(1.0, page_mm / asked)
    return [_twips(column.width_mm * shrink) for column in columns]


def _twips(mm: float) -> int:
    return int(mm * _TWIPS_PER_MM)
