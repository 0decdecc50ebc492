"""What is written out row by row takes no more memory for many rows than for few."""

import tempfile
import tracemalloc
from collections.abc import Callable, Iterator
from datetime import date
from typing import BinaryIO

import pytest

from kscb_actions.reports.content import Cell, Column, Report, Row, Section, Table
from kscb_actions.reports.word.paper import write_docx
from kscb_actions.spreadsheets.rules import Column as SheetColumn
from kscb_actions.spreadsheets.rules import Sheet
from kscb_actions.spreadsheets.service import write_csv, write_xlsx

FEW, MANY, MOST_GROWTH = 500, 4_000, 1.25
COLUMNS = (Column("Reference", 30), Column("Action", 120), Column("Rating", 40))


class Rows:
    """So many rows, made as they are asked for. Long texts differ, or one would be held for all."""

    def __init__(self, count: int) -> None:
        self.count = count

    def __iter__(self) -> Iterator[Row]:
        for number in range(self.count):
            text = f"Action {number}: agree how information about household {number} is shared. " * 3
            yield f"SCR-2011-02/A{number % 100}", text, Cell(f"Red: overdue by {number % 100} days", "red")


def as_word(out: BinaryIO, count: int) -> None:
    section = Section("Actions", (Table("All actions", COLUMNS, Rows(count)),), landscape=True)
    write_docx(Report("Actions", "PROTECT", "Board", (), (), date(2012, 3, 31), None, (section,)), out)


def _sheet(count: int) -> Sheet:
    columns = [SheetColumn(name, lambda row, at=at: str(row[at])) for at, name in enumerate("abc")]
    return Sheet("Actions", columns, iter(Rows(count)))


def as_excel(out: BinaryIO, count: int) -> None:
    write_xlsx(out, _sheet(count))


def as_text(out: BinaryIO, count: int) -> None:
    write_csv(out, _sheet(count))


def in_memory(out: BinaryIO, count: int) -> None:
    """Hold every row, as none of them may."""
    out.write(repr(list(Rows(count))).encode())


def growth(write: Callable[[BinaryIO, int], None]) -> float:
    """Return how many times the peak is with MANY rows what it is with FEW."""
    peaks = []
    for count in (10, FEW, MANY):
        with tempfile.TemporaryFile() as out:
            tracemalloc.start()
            write(out, count)
            peaks.append(tracemalloc.get_traced_memory()[1])
            tracemalloc.stop()
    return peaks[2] / peaks[1]


@pytest.mark.parametrize("write", [as_word, as_excel, as_text])
def test_many_rows_take_no_more_memory_than_few(write: Callable[[BinaryIO, int], None]) -> None:
    assert growth(write) < MOST_GROWTH


def test_what_holds_every_row_is_found() -> None:
    assert growth(in_memory) > MOST_GROWTH
