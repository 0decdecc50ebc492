"""Tables of cells as plain data, whatever kind of file they came from, and how a place in one is named."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, NamedTuple

from kscb_actions.text import one_line

# Marks of a cell. Merged: it is covered by the cell above, whose text it shows. Unknown: a formula whose
# result the file does not hold. Error: a formula that failed. Date: Excel keeps a date, and a month that of
# one whose day is not shown.
PLAIN, MERGED, UNKNOWN, ERROR, DATE, MONTH = "", "merged", "unknown", "error", "date", "month"
MARKS = (PLAIN, MERGED, UNKNOWN, ERROR, DATE, MONTH)
# More than any plan, and few enough to be held at once.
MOST_CELLS = 400_000
MOST_CHARACTERS = 10_000_000
LONG_ENOUGH_TO_BE_KNOWN = 20
LAST_ROW, LAST_COLUMN = 1_048_576, 16_384


@dataclass(frozen=True)
class Problem:
    """What could not be read, as a sentence, and where.

    stops  nothing is taken in until it is mended
    said   what a cell says that can be typed anew; None where it is no one cell
    """

    place: str
    problem: str
    stops: bool = True
    said: str | None = None


# The number of a row that is none, but a paragraph above the table.
ABOVE = 0


class NotRead(Exception):
    """Why nothing of a file can be read, as a sentence; `place` may be empty."""

    def __init__(self, problem: str, place: str = "") -> None:
        super().__init__(problem)
        self.problem = problem
        self.place = place

    @property
    def sentence(self) -> str:
        """Return the sentence with its place."""
        return f"{self.place}: {self.problem}" if self.place else self.problem


class SeveralTables(NotRead):
    """Several tables could be the plan, each with headings that are known: somebody has to say which is."""


class Cell(NamedTuple):
    """A cell with something in it: its text, its mark, and over how many columns it goes."""

    text: str
    mark: str = PLAIN
    width: int = 1


@dataclass(slots=True)
class Row:
    """A row: its number in the file from 1, and its cells by column, from 1; empty ones are not there."""

    number: int
    cells: dict[int, Cell] = field(default_factory=dict)

    def text(self, column: int) -> str:
        """Return the text of a column; "" where there is none."""
        cell = self.cells.get(column)
        return cell.text if cell else ""


@dataclass
class Table:
    """One table. `name` is empty where a file can have only one; `is_sheet`: places are named as in Excel."""

    name: str
    rows: list[Row] = field(default_factory=list)
    is_sheet: bool = False

    def place(self, row: int, column: int | None = None) -> str:
        """Return where a row, or a cell of it, stands, like "table 2, row 5" or "sheet Plan, B7"."""
        parts = [self.name] if self.name else []
        if self.is_sheet and column is not None:
            parts.append(f"{column_letters(column)}{row}")
        elif row == ABOVE:
            parts.append("above it")
        else:
            parts.append(f"row {row}")
            parts += [f"column {column}"] if column is not None else []
        return ", ".join(parts)


@dataclass
class Source:
    """What a file holds: its tables, and what of it was not read."""

    tables: list[Table] = field(default_factory=list)
    notices: list[Problem] = field(default_factory=list)


class Allowance:
    """How much one file may still hold, counted over all its tables."""

    def __init__(self) -> None:
        self.cells = MOST_CELLS
        self.characters = MOST_CHARACTERS

    def take(self, characters: int, cells: int = 1) -> None:
        """Count cells with so many characters. Raises NotRead once there is too much."""
        self.cells -= cells
        self.characters -= characters
        if self.cells < 0 or self.characters < 0:
            raise NotRead(
                f"The file holds more than a plan does: over {MOST_CELLS:,} filled cells, or over "
                f"{MOST_CHARACTERS // 1_000_000} million characters. Save the plan alone and use that."
            )


def corrected(source: Source, texts: Mapping[str, str]) -> Source:
    """Return a source with other texts in some of its cells, {place: text}; places that it lacks are left.

    A cell of the text that it has already stays what it is: a formula without a result is none the better.
    """
    for table in source.tables if texts else ():
        for row in table.rows:
            for at, cell in row.cells.items():
                text = texts.get(table.place(row.number, at))
                if text is not None and one_line(text) != one_line(cell.text):
                    row.cells[at] = Cell(text, PLAIN, cell.width)
    return source


@dataclass(frozen=True)
class Correction:
    """A cell that somebody has put right: its place, what stands in the file there, and what is meant."""

    place: str
    was: str
    text: str


def corrections_in(source: Source, texts: Mapping[str, str]) -> list[Correction]:
    """Return which cells of a source the texts put right, {place: text}, as `corrected` does."""
    return [
        Correction(place, cell.text, texts[place])
        for place, cell in (_cells(source) if texts else ())
        if place in texts and one_line(texts[place]) != one_line(cell.text)
    ]


def put_right_again(source: Source, before: Sequence[Correction]) -> dict[str, str]:
    """Return {place: text} of the cells that were put right before, newest last, and stand there still.

    A text too long to stand in a file twice by chance is known at another place too.
    """
    if not before:
        return {}
    at_place = {(each.place, one_line(each.was)): each.text for each in before}
    anywhere = {
        one_line(each.was): each.text for each in before if len(one_line(each.was)) >= LONG_ENOUGH_TO_BE_KNOWN
    }
    found = {}
    for place, cell in _cells(source):
        said = one_line(cell.text)
        text = at_place.get((place, said), anywhere.get(said))
        if text is not None and cell.mark != MERGED:
            found[place] = text
    return found


def _cells(source: Source) -> Iterator[tuple[str, Cell]]:
    for table in source.tables:
        for row in table.rows:
            for at, cell in row.cells.items():
                yield table.place(row.number, at), cell


def column_letters(column: int) -> str:
    """Return how Excel names a column, counted from 1: A, Z, AA."""
    letters = ""
    while column > 0:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def as_plain(source: Source) -> dict[str, Any]:
    """Return a source as JSON holds it."""
    return {
        "tables": [
            [table.name, table.is_sheet, list(map(_plain_row, table.rows))] for table in source.tables
        ],
        "notices": [[each.place, each.problem] for each in source.notices],
    }


def from_plain(told: Mapping[str, Any]) -> Source:
    """Return the source that `as_plain` made so. Raises ValueError where it is anything else."""
    # Many cells of a plan say the same.
    plain_cell = cache(Cell)
    try:
        tables = [
            Table(_text(name), [_row(plain_cell, *row) for row in rows], bool(is_sheet))
            for name, is_sheet, rows in told["tables"]
        ]
        notices = [Problem(_text(place), _text(problem), False) for place, problem in told["notices"]]
    except (KeyError, TypeError) as error:
        raise ValueError("No tables") from error
    return Source(tables, notices)


def _plain_row(row: Row) -> list[Any]:
    """Return a row as JSON holds it: its number, its columns, their texts, and what else its cells are."""
    cells = row.cells
    beside = [(at, mark, width) for at, (_, mark, width) in cells.items() if mark or width != 1]
    return [row.number, list(cells), [text for text, _, _ in cells.values()], beside]


def _row(plain_cell: Callable[[str], Cell], number: Any, columns: Any, texts: Any, beside: Any) -> Row:
    are_texts = {int, *map(type, columns)} == {int} and {str, *map(type, texts)} == {str}
    if not are_texts or (columns and not 1 <= min(columns) <= max(columns) <= LAST_COLUMN):
        raise ValueError("No cell")
    cells = dict(zip(columns, map(plain_cell, texts), strict=True))
    for at, mark, width in beside:
        if not (type(width) is int and 1 <= width <= LAST_COLUMN and mark in MARKS):
            raise ValueError("No cell")
        cells[at] = Cell(cells[at].text, mark, width)
    if not isinstance(number, int) or not ABOVE <= number <= LAST_ROW:
        raise ValueError("No place")
    return Row(number, cells)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("No text")
    return value
