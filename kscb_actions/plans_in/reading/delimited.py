"""Comma-separated text, and a table that was pasted from Word or Excel: one table each."""

import codecs
import csv
from collections.abc import Iterator, Sequence
from typing import IO

from kscb_actions.text import clean_text

from ..tables import LAST_COLUMN, LAST_ROW, Allowance, Cell, NotRead, Row, Source, Table

EMPTY = "There is nothing in it."
_SEPARATORS = ",;\t|"
_LOOKED_AT = 40
# Of one cell; the module's own limit is lower.
_LONGEST_CELL = 1_000_000


def read_csv(stream: IO[bytes]) -> Source:
    """Return the one table of comma-separated text. Raises NotRead, csv.Error."""
    text = decoded(stream.read())
    return _source(_rows(text, _separator(text)))


def read_pasted(stream: IO[bytes]) -> Source:
    """Return the one table of pasted text, whose cells are parted by tabs. Raises NotRead, csv.Error."""
    text = decoded(stream.read())
    if "\t" not in text:
        return read_csv_text(text)
    quoted = list(_rows(text, "\t")) if '"' in text else []
    # Excel puts a cell with line breaks in quotes; Word does not.
    if quoted and len({len(row) for row in quoted if any(row)}) == 1:
        return _source(quoted)
    return _source(_joined([line.split("\t") for line in text.splitlines()]))


def read_csv_text(text: str) -> Source:
    """Return the one table of decoded comma-separated text. Raises NotRead, csv.Error."""
    return _source(_rows(text, _separator(text)))


def decoded(content: bytes) -> str:
    """Return bytes as text: by their byte order mark, else as UTF-8, else as Windows-1252."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16", "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def _separator(text: str) -> str:
    """Return what parts the cells: what gives most rows of one length of two or more."""
    head = text[:200_000]

    def fit(separator: str) -> tuple[int, int]:
        lengths = [len(row) for row, _ in zip(_rows(head, separator), range(_LOOKED_AT), strict=False)]
        usual = max(set(lengths), key=lengths.count, default=1)
        return (lengths.count(usual) if usual > 1 else 0, usual)

    return max(_SEPARATORS, key=fit)


def _rows(text: str, separator: str) -> Iterator[list[str]]:
    csv.field_size_limit(_LONGEST_CELL)
    return csv.reader(text.splitlines(keepends=True), delimiter=separator)


def _joined(lines: Sequence[list[str]]) -> Iterator[list[str]]:
    """Return rows from the lines that Word gives, where a cell of several paragraphs breaks its row.

    A row is whole once it has as many cells as the longest line; a line without tabs that stands before a
    whole row is a row of its own, such as a heading.
    """
    usual = max(map(len, lines), default=1)
    waiting: list[str] | None = None
    for at, line in enumerate(lines):
        following = lines[at + 1] if at + 1 < len(lines) else []
        if waiting is None:
            waiting = line
        elif len(waiting) > 1 and len(waiting) + len(line) - 1 <= usual:
            waiting = [*waiting[:-1], f"{waiting[-1]}\n{line[0]}", *line[1:]]
        else:
            yield waiting
            waiting = line
        if len(waiting) >= usual and not (len(following) == 1 and _goes_on(lines, at + 1)):
            yield waiting
            waiting = None
        elif len(waiting) == 1:
            yield waiting
            waiting = None
    if waiting is not None:
        yield waiting


def _goes_on(lines: Sequence[list[str]], at: int) -> bool:
    """Return whether a line without tabs after a whole row belongs to its last cell: it ends the text."""
    return lines[at][0].startswith((" ", "-", "•", "*", "–"))


def _source(rows: Iterator[list[str]] | Sequence[list[str]]) -> Source:
    table, allowance = Table(""), Allowance()
    for number, cells in enumerate(rows, 1):
        if number > LAST_ROW or len(cells) > LAST_COLUMN:
            raise NotRead("It has more rows or columns than a spreadsheet can have.", f"row {number}")
        row = Row(number)
        for column, raw in enumerate(cells, 1):
            text = clean_text(raw).strip()
            if text:
                allowance.take(len(text))
                row.cells[column] = Cell(text)
        if row.cells:
            table.rows.append(row)
    if not table.rows:
        raise NotRead(EMPTY)
    return Source([table])
