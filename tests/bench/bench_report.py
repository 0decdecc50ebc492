"""How fast and how lean a whole progress report is, from the database to the Word file.

`python -m tests.bench.bench_report` prints each figure with its target and exits 1 when one is missed. The
tables of open actions and of ratings that got better or worse by hand are the report's, cell for cell, or
nothing is compared. CPU seconds are compared, the best of several turns.
"""

import io
import math
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import docx

from kscb_actions import database
from kscb_actions.access.policy import Role, Viewer
from kscb_actions.database import db
from kscb_actions.reports.content import Cell, Group, Report, Row, Table
from kscb_actions.reports.progress.appendices import Appendix
from kscb_actions.reports.progress.report import build_progress
from kscb_actions.reports.progress.scope import ReportRequest
from kscb_actions.reports.word.paper import write_docx
from kscb_actions.settings.rules import Board

from .bench_word import own_peak_kib
from .filling_stories import TODAY, prepare
from .report_by_hand import OPEN_ACTIONS, by_hand, long_tables, moved, write_raw

READER = Viewer(id=None, name="Reader", roles=frozenset({Role.READER}))
WHOLE = ReportRequest(appendices=tuple(Appendix))
MANY, FEW, NAIVE = 20_000, 1_000, 2_000
RAW_TARGET, NAIVE_TARGET, MEMORY_TARGET = 1.5, 30, 1.25


def write_report(out: BinaryIO, from_trail: bool = False) -> Report:
    """Write the whole report as the product does, from the database to the file."""
    with database.reading():
        report = build_progress(READER, Board(), WHOLE, TODAY, from_trail)
        write_docx(report, out)
    return report


def rows_of(report: Report, caption: str) -> list[Row]:
    """Return the rows of the table with this caption."""
    tables = [block for section in report.sections for block in section.blocks if isinstance(block, Table)]
    [table] = [table for table in tables if table.caption == caption]
    return [row for row in table.rows if not isinstance(row, Group)]


def require_same(report: Report, caption: str, made: Sequence[Row]) -> None:
    """Stop where a table by hand is not the report's, cell for cell: nothing could be compared."""
    if list(map(tuple, rows_of(report, caption))) != list(made):
        raise SystemExit(f"The two tables “{caption}” are not the same: nothing to compare.")


def write_naive(out: BinaryIO) -> None:
    """Write the long tables as a beginner does: one add_row for each row."""
    document = docx.Document()
    for rows in long_tables():
        table = None
        for row in rows:
            table = table or document.add_table(0, len(row))
            for place, cell in zip(table.add_row().cells, row, strict=True):
                place.text = cell.text if isinstance(cell, Cell) else str(cell)
    document.save(out)


def cpu_seconds(write: Callable[[BinaryIO], Any]) -> float:
    """Return CPU seconds of one turn."""
    start = time.process_time()
    write(io.BytesIO())
    return time.process_time() - start


def best(writers: list[Callable[[BinaryIO], Any]], turns: int) -> list[float]:
    """Return the least CPU seconds of each, taking turns so that a busy spell hits all alike."""
    taken = [[cpu_seconds(write) for write in writers] for _ in range(turns)]
    return [min(column) for column in zip(*taken, strict=True)]


def peak_mib(path: Path, past: str = "") -> float:
    """Return peak memory of a process of its own that writes the report of a database, in MiB.

    SQLite's page cache, which grows to the 32 MB it is allowed whoever reads, is held at 2 MB there.
    """
    command = [sys.executable, "-m", "tests.bench.bench_report", "--peak", str(path), past]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def naive_growth(folder: Path) -> tuple[float, float]:
    """Return CPU seconds of the naive writer at NAIVE actions, and its power of growth from half as many."""
    taken = []
    for number in (40, NAIVE // 2, NAIVE):
        prepare(folder / f"naive-{number}.db", number)
        with db.connection_context():
            taken += best([write_naive], 1)
    return taken[2], math.log2(taken[2] / taken[1])


def figures(folder: Path) -> Iterator[tuple[str, float, str, bool]]:
    """Yield each figure: what it is, its value, its target, and whether the target is met."""
    naive, growth = naive_growth(folder)
    prepare(folder / "few.db", FEW)
    prepare(folder / "many.db", MANY)
    with db.connection_context():
        with database.reading():
            report = build_progress(READER, Board(), WHOLE, TODAY)
            require_same(report, "Open actions", [by_hand(row) for row in db.execute_sql(OPEN_ACTIONS)])
            require_same(report, "Ratings that got better or worse", moved())
        whole, raw = best([write_report, write_raw], 4)
        [past] = best([lambda out: write_report(out, from_trail=True)], 2)
        [built] = best([lambda _: build_progress(READER, Board(), WHOLE, TODAY)], 3)
    at_many = naive * (MANY / NAIVE) ** growth
    few, many = peak_mib(folder / "few.db"), peak_mib(folder / "many.db")
    yield f"whole report, {MANY} actions, CPU s", whole, "", True
    yield "  of it until drawing begins", built, "", True
    yield "  the same from the audit trail", past, "", True
    yield "raw writer of its long tables, CPU s", raw, "", True
    yield "whole report / raw", whole / raw, f"at most {RAW_TARGET}", whole / raw <= RAW_TARGET
    yield f"naive add_row, {NAIVE} actions, CPU s", naive, "", True
    yield "naive growth, power of N", growth, "", True
    yield "naive / whole report", at_many / whole, f"at least {NAIVE_TARGET}", at_many / whole >= NAIVE_TARGET
    yield f"peak memory, {FEW} actions, MiB", few, "", True
    yield f"peak memory, {MANY} actions, MiB", many, "", True
    yield "peak memory growth", many / few, f"at most {MEMORY_TARGET}", many / few <= MEMORY_TARGET
    yield f"peak memory from the trail, {MANY} actions, MiB", peak_mib(folder / "many.db", "past"), "", True


def main() -> int:
    """Print the figures; 0 when every target is met."""
    met = True
    with tempfile.TemporaryDirectory() as folder:
        for what, value, target, is_met in figures(Path(folder)):
            verdict = f"   {target}: {'met' if is_met else 'MISSED'}" if target else ""
            print(f"{what:<62}{value:>9.2f}{verdict}")
            met = met and is_met
    return 0 if met else 1


if __name__ == "__main__":
    if sys.argv[1:2] == ["--peak"]:
        database.connect_to(f"sqlite:///{sys.argv[2]}")
        with db.connection_context(), open("/dev/null", "r+b") as nowhere:
            db.execute_sql("PRAGMA cache_size = -2000")
            write_report(nowhere, from_trail=sys.argv[3:] == ["past"])
        print(own_peak_kib() / 1024)
    else:
        sys.exit(main())
