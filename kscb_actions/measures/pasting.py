"""Readings pasted as a small table: a line for each, period and number, judged cell by cell. Plain values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from kscb_actions.text import one_line

from .periods import Period, read_period
from .rules import Unit, problem_with_period, read_number, written

MOST_LINES = 120
HOW_TO_PASTE = (
    "Paste a line for each reading: the period, then the number, with a tab, comma or semicolon between."
)


@dataclass(frozen=True)
class Cell:
    """A cell as it was pasted, and why it cannot be taken; "" where it can."""

    text: str
    problem: str = ""


@dataclass(frozen=True)
class Line:
    """A line of the table. `ends_on` and `value` are read of it, where they can be."""

    period: Cell
    number: Cell
    ends_on: date | None = None
    value: str = ""

    @property
    def is_good(self) -> bool:
        """Return whether it can be taken."""
        return not self.period.problem and not self.number.problem


@dataclass(frozen=True)
class Pasted:
    """All lines of what was pasted, and why none of it can be taken as it is; "" where it can."""

    lines: tuple[Line, ...] = ()
    problem: str = ""

    @property
    def is_good(self) -> bool:
        """Return whether every line can be taken, and there is one."""
        return not self.problem and bool(self.lines) and all(line.is_good for line in self.lines)


def read_pasted(text: str, first: Period, unit: Unit, given: Mapping[date, str], today: date) -> Pasted:
    """Return the lines of a pasted table, each cell with what is wrong with it.

    A first line of headings, without any figure in it, is left out.

    first, given  as for `rules.problems_with_reading`
    """
    rows = [row for row in map(_cells, text.splitlines()) if row]
    if rows and not any(letter.isdigit() for cell in rows[0] for letter in cell):
        rows = rows[1:]
    if not rows:
        return Pasted(problem=HOW_TO_PASTE)
    if len(rows) > MOST_LINES:
        return Pasted(problem=f"Paste at most {MOST_LINES} readings at once. This has {len(rows)}.")
    known, lines = dict(given), []
    for row in rows:
        line = _line(row, first, unit, known, today)
        lines.append(line)
        if line.ends_on is not None:
            known[line.ends_on] = "in this table"
    return Pasted(tuple(lines))


def _line(row: Sequence[str], first: Period, unit: Unit, known: Mapping[date, str], today: date) -> Line:
    period_text, number_text = row[0], row[1] if len(row) > 1 else ""
    period = read_period(period_text)
    problem = problem_with_period(period, first, today)
    if period is not None and not problem and period.ends_on in known:
        problem = f"{period.words} has a reading already: {known[period.ends_on]}."
    value, wrong = read_number(number_text, unit)
    if len(row) > 2:
        wrong = "There is a third cell in this line. Each has a period and a number."
    ends_on = period.ends_on if period is not None and not problem else None
    kept = written(value) if value is not None else ""
    return Line(Cell(period_text, problem), Cell(number_text, wrong), ends_on, kept)


def _cells(line: str) -> tuple[str, ...]:
    """Return the cells of a line: at tabs, semicolons or the first comma; () for a blank one."""
    if not line.strip():
        return ()
    for mark in ("\t", ";"):
        if mark in line:
            return tuple(map(one_line, line.strip().split(mark)))
    period, comma, number = line.partition(",")
    return (one_line(period), one_line(number)) if comma else (one_line(line),)
