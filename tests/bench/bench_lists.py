"""What it costs to take a list away as .xlsx, beside the library alone that writes the same cells.

`python -m tests.bench.bench_lists` takes the list of 20,000 actions, prints each ratio with its target and
exits 1 when one is missed. Written: the rows have been read, and become cells, cleaned and with their
formats. Whole: they are read from the database, rated and put in words as well. The library alone writes the
same values without formats. CPU time of one process, the median of several turns. The growth of memory is
that of a process which writes 100,000 rows over one that writes 1,000.
"""

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from statistics import median
from typing import Any

from kscb_actions import clock, create_app, database
from kscb_actions.actions.listing import Listed, list_actions
from kscb_actions.actions.narrowing import Filter
from kscb_actions.config import read_settings
from kscb_actions.database import db
from kscb_actions.pages import every_page
from kscb_actions.settings.rules import Thresholds
from kscb_actions.spreadsheets.rules import Column, Sheet
from kscb_actions.spreadsheets.service import write_xlsx

from .bench_report import READER
from .bench_word import own_peak_kib
from .filling_stories import TODAY, prepare

ACTIONS, TURNS = 20_000, 3
WRITTEN_TARGET, WHOLE_TARGET, MEMORY_TARGET = 1.5, 3, 1.25
MANY, FEW = 100_000, 1_000


def rows() -> Iterator[tuple[Listed, None]]:
    """Yield the list of actions, the worst first, as the page has it."""
    pages = every_page(
        lambda number: list_actions(READER, Filter(), TODAY, Thresholds(), "rating", False, number)
    )
    for page in pages:
        for each in page.rows:
            yield each, None


def library(path: Path, cells: list[list[Any]]) -> None:
    """Write cells by the library alone."""
    import xlsxwriter

    book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    day, sheet = book.add_format({"num_format": "d mmm yyyy"}), book.add_worksheet()
    for row, values in enumerate(cells):
        for place, value in enumerate(values):
            if isinstance(value, date):
                sheet.write_datetime(row, place, value, day)
            elif value:
                sheet.write_string(row, place, value)
    book.close()


def product(path: Path, found: Any) -> None:
    """Write rows as a list is taken away."""
    from kscb_actions.web.actions.columns import COLUMNS

    with path.open("w+b") as out:
        write_xlsx(out, Sheet("Actions", COLUMNS, found))


def seconds(work: Callable[[], None]) -> float:
    """Return the seconds of processor time that a turn takes."""
    before = time.process_time()
    with database.reading():
        work()
    return time.process_time() - before


def peak(count: int) -> float:
    """Return the peak memory of a process of its own that writes so many rows."""
    command = [sys.executable, "-m", "tests.bench.bench_lists", str(count)]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def write_made_up(count: int) -> None:
    """Write made-up rows and print the peak of memory."""
    columns = [
        Column(name, lambda row, at=at: f"{row} {at} words of a cell") for at, name in enumerate("abcdefgh")
    ]
    with tempfile.TemporaryFile() as out:
        write_xlsx(out, Sheet("Made up", columns, iter(range(count))))
    print(own_peak_kib())


def main() -> int:
    """Print the ratios; 1 when one misses its target."""
    with tempfile.TemporaryDirectory() as folder:
        create_app(read_settings({"KSCB_INSTANCE": folder, "KSCB_SECRET_KEY": "bench-only"}))
        prepare(Path(folder) / "lists.db", ACTIONS)
        out = Path(folder) / "list.xlsx"
        with db.connection_context(), clock.at(TODAY):
            from kscb_actions.web.actions.columns import COLUMNS

            read = list(rows())
            cells = [[column.value(row) for column in COLUMNS] for row in read]
            turns = [
                (
                    seconds(lambda: library(out, cells)),
                    seconds(lambda: product(out, read)),
                    seconds(lambda: product(out, rows())),
                )
                for _ in range(TURNS)
            ]
    written, whole = (median(turn[at] / turn[0] for turn in turns) for at in (1, 2))
    growth = peak(MANY) / peak(FEW)
    alone = median(turn[0] for turn in turns)
    print(f"{len(cells):,} rows of {len(COLUMNS)} columns, the library alone: {alone:.2f} s")
    print(f"{written:5.2f} times the library alone to write them (at most {WRITTEN_TARGET})")
    print(f"{whole:5.2f} times with reading, rating and words (at most {WHOLE_TARGET})")
    print(f"{growth:5.2f} times the memory for {MANY:,} rows over {FEW:,} (at most {MEMORY_TARGET})")
    return int(written > WRITTEN_TARGET or whole > WHOLE_TARGET or growth > MEMORY_TARGET)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        write_made_up(int(sys.argv[1]))
    else:
        sys.exit(main())
