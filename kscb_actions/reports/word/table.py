"""Tables of a Word file as pieces of WordprocessingML, made row by row: memory does not grow with them."""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from xml.sax.saxutils import escape, quoteattr

from kscb_actions.reports.content import Cell, Column, Group, Report, Row, Table
from kscb_actions.text import REPORTING_YEAR, clean_text, one_line

# Background and text of coloured cells and of a chart's bars: a contrast of 4.5:1 or more (WCAG 1.4.3).
COLOURS = {
    "blue": ("1D70B8", "FFFFFF"),
    "red": ("C52F2F", "FFFFFF"),
    "amber": ("FFBF47", "0B0C0C"),
    "green": ("00703C", "FFFFFF"),
    "grey": ("D5D8DA", "0B0C0C"),
}
# Word must not break the line at the hyphen of a year such as 2011-12.
YEAR_HYPHEN = "w:noBreakHyphen"
_TWIPS_PER_MM = 1440 / 25.4
_LABEL_MM = 42
# Letters of a text that is still short: such come again and again, and a row of them is low.
_SHORT = 90
_TEXT = '<w:t xml:space="preserve">'
_CELL_END = "</w:t></w:r></w:p></w:tc>"
_ROW_START = "<w:tr><w:trPr><w:cantSplit/></w:trPr>"
_HEADER_START = "<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>"
# Two tables that touch become one in Word: a low paragraph keeps them apart.
_GAP = '<w:p><w:pPr><w:pStyle w:val="TableEnd"/></w:pPr></w:p>'
_KEPT_GAP = '<w:p><w:pPr><w:pStyle w:val="TableEnd"/><w:keepNext/></w:pPr></w:p>'
_STYLE_END = '"/></w:pPr>'
_STYLE_END_KEPT = '"/><w:keepNext/></w:pPr>'
_TABLE_END = f"</w:tbl>{_GAP}"
# A table of so many rows stays on one page; of a longer one so many stay together at its start and its end.
_WHOLE = 15
_TOGETHER = 3


def year_xml(xml_text: str, opening: str) -> str:
    """Return escaped text for the inside of a `w:t` (`opening` opens one), with Word's hyphen in years."""
    if "-" not in xml_text:
        return xml_text
    return REPORTING_YEAR.sub(rf"\1</w:t><{YEAR_HYPHEN}/>{opening}\2", xml_text)


def table_xml(table: Table, page_mm: int) -> Iterator[str]:
    """Yield the table in pieces, at most `page_mm` wide, after its caption; for an empty one, its sentence.

    Each group becomes a heading and a table of its own, which the heading names in place of the caption.
    """
    rows = iter(table.rows)
    first = next(rows, None)
    if not isinstance(first, Group):
        yield _paragraph(one_line(table.caption), "Caption")
    if first is None:
        yield _paragraph(table.empty, "Normal")
        return
    widths = _widths(table.columns, page_mm)
    header = _header_row(table.columns, widths)
    pairs = list(zip(table.columns, widths, strict=True))
    starts = [_CellStart.of(column, width, is_kept=False) for column, width in pairs]
    kept = [_CellStart.of(column, width, is_kept=True) for column, width in pairs]
    name, is_open = table.caption, False
    for row, stays in _with_what_stays(chain([first], rows)):
        if isinstance(row, Group):
            yield (_TABLE_END if is_open else "") + _paragraph(one_line(row.heading), f"Heading{row.level}")
            name, is_open = row.heading, False
            continue
        if not is_open:
            yield _opening("ReportTable", widths, "04A0", name) + header
            is_open = True
        yield _body_row(row, kept if stays else starts)
    if is_open:
        yield _TABLE_END


def before_paragraph(pieces: Iterable[str]) -> Iterator[str]:
    """Yield these pieces as they stand before a low paragraph, which is their gap and keeps a sentence."""
    last = ""
    for piece in pieces:
        yield last
        last = piece
    if last.endswith(_GAP):
        yield last.removesuffix(_GAP)
        return
    before, _, after = last.rpartition(_STYLE_END)
    yield f"{before}{_STYLE_END_KEPT}{after}" if before else last


def _with_what_stays(rows: Iterable[Row | Group]) -> Iterator[tuple[Row | Group, bool]]:
    """Yield each row, and whether it stays on the page of the next one; of each group's table on its own.

    Reads _WHOLE rows ahead, no more. A row of long text stays with none: it would leave a page half empty.
    The last one stays with the paragraph below the table, which alone would make a page of its own.
    """
    waiting: deque[Row] = deque()
    passed = 0
    for row in rows:
        if isinstance(row, Group):
            yield from _last_rows(waiting, passed)
            yield row, False
            waiting.clear()
            passed = 0
            continue
        waiting.append(row)
        if len(waiting) > _WHOLE:
            first = waiting.popleft()
            yield first, passed < _TOGETHER - 1 and _is_low(first)
            passed += 1
    yield from _last_rows(waiting, passed)


def _last_rows(rows: Sequence[Row], passed: int) -> Iterator[tuple[Row, bool]]:
    """Yield the last rows of a table of which `passed` have been read: all of it when it is small."""
    last = len(rows) - 1
    for place, row in enumerate(rows):
        ends = not passed or passed + place < _TOGETHER - 1 or place > last - _TOGETHER
        yield row, place == last or (ends and _is_low(row))


def _is_low(row: Row) -> bool:
    return all(len(cell.text if isinstance(cell, Cell) else cell) < _SHORT for cell in row)


def facts_xml(rows: Iterable[tuple[str, str]], page_mm: int) -> Iterator[str]:
    """Yield labels and what they are, as a table without a header row."""
    cells = [(label, _paragraph(text, "FactText")) for label, text in rows]
    if cells:
        yield _KEPT_GAP
        yield from _labelled(cells, page_mm)


def header_block_xml(report: Report, page_mm: int) -> Iterator[str]:
    """Yield the head of a committee paper: By, To, Subject, Classification, Summary, and what is asked."""
    cells = [(label, _paragraph(text, "FactText")) for label, text in report.header]
    if report.asked:
        asked = "".join(_paragraph(text, "Asked") for text in report.asked)
        cells.append(("Recommendations", _paragraph(report.asked_intro, "FactText") + asked))
    if cells:
        yield from _labelled(cells, page_mm)


def _labelled(cells: Sequence[tuple[str, str]], page_mm: int) -> Iterator[str]:
    widths = [_twips(_LABEL_MM), _twips(page_mm - _LABEL_MM)]
    yield _opening("ReportFacts", widths, "0480")
    for place, (label, content) in enumerate(cells, start=1):
        row = (
            f'{_ROW_START}<w:tc><w:tcPr><w:tcW w:w="{widths[0]}" w:type="dxa"/></w:tcPr>'
            f"{_paragraph(label, 'FactLabel')}</w:tc>"
            f'<w:tc><w:tcPr><w:tcW w:w="{widths[1]}" w:type="dxa"/></w:tcPr>{content}</w:tc></w:tr>'
        )
        yield row if place < len(cells) else row.replace(_STYLE_END, _STYLE_END_KEPT)
    yield _TABLE_END


def _opening(style: str, widths: Sequence[int], look: str, caption: str = "") -> str:
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    title = f"<w:tblCaption w:val={quoteattr(one_line(caption))}/>" if caption else ""
    return (
        f'<w:tbl><w:tblPr><w:tblStyle w:val="{style}"/><w:tblW w:w="{sum(widths)}" w:type="dxa"/>'
        f'<w:tblLayout w:type="fixed"/><w:tblLook w:val="{look}"/>{title}</w:tblPr>'
        f"<w:tblGrid>{grid}</w:tblGrid>"
    )


def _header_row(columns: Sequence[Column], widths: Sequence[int]) -> str:
    cells = (
        f"{_cell_opening(width)}{_paragraph_opening('TableHeading', column.align)}<w:r>{_TEXT}"
        f"{_run_text(column.title)}{_CELL_END}"
        for column, width in zip(columns, widths, strict=True)
    )
    return f"{_HEADER_START}{''.join(cells)}</w:tr>"


@dataclass(frozen=True, slots=True)
class _CellStart:
    """What stands before the text of a column's cell, made once per table: plain, and for each colour.

    When `is_kept`, the row stays on the page of the next one.
    """

    plain: str
    coloured: dict[str, str]

    @classmethod
    def of(cls, column: Column, width: int, is_kept: bool) -> "_CellStart":
        paragraph = _paragraph_opening("TableText", column.align, is_kept)
        coloured = {
            name: f"{_cell_opening(width, fill)}{paragraph}"
            f'<w:r><w:rPr><w:b/><w:bCs/><w:color w:val="{ink}"/></w:rPr>{_TEXT}'
            for name, (fill, ink) in COLOURS.items()
        }
        return cls(f"{_cell_opening(width)}{paragraph}<w:r>{_TEXT}", coloured)


def _body_row(row: Row, starts: Sequence[_CellStart]) -> str:
    pieces = [_ROW_START]
    for cell, start in zip(row, starts, strict=True):
        if isinstance(cell, Cell):
            before = start.plain if cell.colour is None else start.coloured[cell.colour]
            pieces += (before, _run_text(cell.text), _CELL_END)
        else:
            pieces += (start.plain, _run_text(cell), _CELL_END)
    pieces.append("</w:tr>")
    return "".join(pieces)


def _cell_opening(width: int, fill: str | None = None) -> str:
    shade = f'<w:shd w:val="clear" w:color="auto" w:fill="{fill}"/>' if fill else ""
    return f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{shade}</w:tcPr>'


def _paragraph_opening(style: str, align: str = "start", is_kept: bool = False) -> str:
    keep = "<w:keepNext/>" if is_kept else ""
    justify = '<w:jc w:val="right"/>' if align == "end" else ""
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{keep}{justify}</w:pPr>'


def _paragraph(text: str, style: str) -> str:
    return f"{_paragraph_opening(style)}<w:r>{_TEXT}{year_xml(_run_text(text), _TEXT)}</w:t></w:r></w:p>"


def _run_text(text: str) -> str:
    """Return `text` cleaned and escaped for the inside of a `w:t`, with elements for line breaks and tabs."""
    return _short_run_text(text) if len(text) < _SHORT else _made_run_text(text)


def _made_run_text(text: str) -> str:
    text = escape(clean_text(text))
    if "\n" in text:
        text = text.replace("\n", f"</w:t><w:br/>{_TEXT}")
    if "\t" in text:
        text = text.replace("\t", f"</w:t><w:tab/>{_TEXT}")
    return text


# Dates, names and ratings come again and again in a long table.
_short_run_text = lru_cache(maxsize=8192)(_made_run_text)


def _widths(columns: Sequence[Column], page_mm: int) -> list[int]:
    asked = sum(column.width_mm for column in columns)
    shrink = min(1.0, page_mm / asked)
    return [_twips(column.width_mm * shrink) for column in columns]


def _twips(mm: float) -> int:
    return int(mm * _TWIPS_PER_MM)
