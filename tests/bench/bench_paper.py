"""How long the subgroup's paper of 20,000 actions is without its appendices, and how soon it opens.

`python -m tests.bench.bench_paper` prints each figure with its target and exits 1 when one is missed: the
most actions of one agency that are named among the exceptions, what a frozen paper costs beside the live one
(CPU seconds from what is kept, or from the tables, to the Word file; the best of three turns), and, laid out
by LibreOffice where that is installed, the pages and the seconds until all of them stand.
"""

import io
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pypdfium2

from kscb_actions import database
from kscb_actions.database import db
from kscb_actions.reports.content import Group, Report, Table
from kscb_actions.reports.kept.serialisation import VERSION, read_content, write_content
from kscb_actions.reports.progress.report import build_progress
from kscb_actions.reports.progress.scope import ReportRequest
from kscb_actions.reports.word.paper import write_docx
from kscb_actions.settings.rules import Board

from .bench_report import READER
from .filling_stories import TODAY, prepare

ACTIONS, MOST_NAMED, MOST_FROZEN, MOST_PAGES, MOST_SECONDS = 20_000, 10, 1.0, 20, 60
TABLE = "Exceptions by agency"


def write_paper(path: Path) -> int:
    """Write the paper to a file, and return how many actions of one agency it names at most."""
    with database.reading(), path.open("wb") as out:
        report = build_progress(READER, Board(), ReportRequest(), TODAY)
        write_docx(report, out)
        return most_named(report)


def frozen_by_live() -> float:
    """Return what it costs to open and print a frozen paper, by what the live one costs."""
    with database.reading():
        kept = write_content(build_progress(READER, Board(), ReportRequest(), TODAY))
        live = _seconds(lambda: build_progress(READER, Board(), ReportRequest(), TODAY))
        return _seconds(lambda: read_content(kept, VERSION)) / live


def _seconds(paper_of: Callable[[], Report]) -> float:
    turns = []
    for _ in range(3):
        begun = time.process_time()
        write_docx(paper_of(), io.BytesIO())
        turns.append(time.process_time() - begun)
    return min(turns)


def most_named(report: Report) -> int:
    """Return how many rows the longest group of the exceptions has."""
    blocks = [block for section in report.sections for block in section.blocks]
    [table] = [block for block in blocks if isinstance(block, Table) and block.caption == TABLE]
    counts = [0]
    for row in table.rows:
        if isinstance(row, Group):
            counts.append(0)
        else:
            counts[-1] += 1
    return max(counts)


def laid_out(soffice: str, paper: Path) -> tuple[int, float]:
    """Return the pages that LibreOffice lays a paper out on, and the seconds that takes it."""
    profile = f"-env:UserInstallation={(paper.parent / 'profile').as_uri()}"
    begun = time.monotonic()
    command = [
        soffice,
        profile,
        "--headless",
        "--convert-to",
        "pdf",
        "--outdir",
        str(paper.parent),
        str(paper),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=10 * MOST_SECONDS)
    return len(pypdfium2.PdfDocument(paper.with_suffix(".pdf"))), time.monotonic() - begun


def main() -> int:
    """Print the figures; 1 where one misses its target."""
    with tempfile.TemporaryDirectory() as folder:
        prepare(Path(folder) / "paper.db", ACTIONS)
        paper = Path(folder) / "paper.docx"
        with db.connection_context():
            named = write_paper(paper)
            frozen = frozen_by_live()
        print(f"{named} actions of one agency are named at most (at most {MOST_NAMED})")
        print(f"{frozen:.2f} times the live paper is what a frozen one costs (at most {MOST_FROZEN})")
        soffice = shutil.which("soffice")
        if soffice is None:
            print("LibreOffice is not installed: pages and seconds are NOT measured")
            return int(named > MOST_NAMED or frozen > MOST_FROZEN)
        pages, seconds = laid_out(soffice, paper)
    print(f"{pages} pages without appendices (at most {MOST_PAGES})")
    print(f"{seconds:.0f} s until LibreOffice has laid them out (at most {MOST_SECONDS})")
    is_missed = named > MOST_NAMED or frozen > MOST_FROZEN or pages > MOST_PAGES or seconds > MOST_SECONDS
    return int(is_missed)


if __name__ == "__main__":
    sys.exit(main())
