"""Plans taken in: 20,000 rows beside bare reading and the same inserts, a Word table beside a bare walk."""

import io
import os
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import peewee
import python_calamine
from lxml import etree

from kscb_actions import clock, create_app, database, prepared
from kscb_actions.models import ALL
from kscb_actions.plans_in.queries import directory
from kscb_actions.plans_in.reading.service import read_path
from kscb_actions.plans_in.reading.word import read_word
from kscb_actions.plans_in.rules import read_plan
from kscb_actions.plans_in.service import take_in

from ..conftest import settings_in
from ..factories import TODAY, World
from ..plans_in.made import changed, excel, word

ROWS, WORD_ROWS = 20_000, 5_000
MOST_IMPORT, MOST_WORD = 3.0, 2.0
HEAD = ["No", "Recommendation", "Action", "Lead agency", "Target date", "RAG", "Progress"]
TEXT = "Ensure that every worker who meets a child records what the child has said and shares it with others."


def spent() -> float:
    """Return the processor time of this process and of those that it began and that have ended."""
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


def seconds(work: Callable[[], Any], turns: int = 3) -> float:
    """Return the shortest processor time of a piece of work."""
    best = float("inf")
    for _ in range(turns):
        began = time.process_time()
        work()
        best = min(best, time.process_time() - began)
    return best


def workbook() -> bytes:
    """Return a workbook with the plan."""
    rows = [
        [
            number // 2 + 1,
            f"{TEXT}{number // 2}",
            f"{TEXT} {number}",
            ("Kent Police", "Kent Probation")[number % 2],
        ]
        + ["30.9.12", "Green", TEXT]
        for number in range(ROWS)
    ]
    return excel(("Plan", [HEAD, *rows]))


def document() -> bytes:
    """Return a Word document with a table of many rows."""

    def many(xml: bytes) -> bytes:
        first = xml.index(b"<w:tr>", xml.index(b"<w:tr>") + 1)
        last = xml.rindex(b"</w:tr>") + 7
        return xml[:first] + xml[first:last] * WORD_ROWS + xml[last:]

    return changed(
        word([HEAD, ["1", TEXT, TEXT, "Kent Police", "30.9.12", "Green", TEXT]]), "word/document.xml", many
    )


def walk(content: bytes) -> list[list[str]]:
    """Return the texts of a document's cells, by a bare walk over its XML."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        root = etree.fromstring(archive.read("word/document.xml"), etree.XMLParser(huge_tree=True))
    return [
        ["".join(text.text or "" for text in cell.iter("{*}t")) for cell in row.iter("{*}tc")]
        for row in root.iter("{*}tr")
    ]


def newest() -> dict[Any, int]:
    """Return the highest id of every table."""
    return {model: model.select(peewee.fn.MAX(model.id)).scalar() or 0 for model in ALL}


def copied(before: dict[Any, int]) -> list[tuple[Any, list[dict[str, Any]]]]:
    """Return the rows that an import has added to any table, to be written anew."""
    found = []
    for model, last in before.items():
        names = [field.name for field in model._meta.sorted_fields if field.name != "id"]
        added = model.select().where(model.id > last).order_by(model.id)
        rows = [{name: row.__data__.get(name) for name in names} for row in added]
        found.append((model, rows))
    return found


def write_bare(tables: list[tuple[Any, list[dict[str, Any]]]]) -> None:
    """Write these rows by the application's own inserts and nothing else."""
    with database.writing():
        for model, rows in tables:
            prepared.insert_all(model, rows)


@contextmanager
def imported(folder: Path, file: Path) -> Iterator[tuple[float, dict[Any, int]]]:
    """Take a plan into a new board; give the seconds of that, and the highest ids before it."""
    settings = settings_in(folder / "instance")
    create_app(settings)
    database.connect_to(settings.database)
    database.migrate()
    with database.db.connection_context(), clock.at(TODAY):
        world = World(folder / "evidence")
        review = world.review()
        before = newest()
        began = spent()
        plan = read_plan(read_path(file), directory(), TODAY)
        with file.open("rb") as opened:
            take_in(world.manager.viewer, review, plan, world.store, opened, file.name)
        yield spent() - began, before


def measure(folder: Path) -> tuple[float, float, float]:
    """Return the seconds of an import, of bare reading, and of writing the same rows."""
    file = folder / "plan.xlsx"
    file.write_bytes(workbook())
    with imported(folder, file) as (taken, before):
        tables = copied(before)
    bare = folder / "bare.db"
    database.connect_to(f"sqlite:///{bare}")
    database.migrate()
    with database.db.connection_context():
        database.db.execute_sql("PRAGMA foreign_keys = OFF")
        began = spent()
        write_bare(tables)
        written = spent() - began
    read = seconds(lambda: python_calamine.load_workbook(str(file)).get_sheet_by_index(0).to_python())
    return taken, read, written


def main() -> int:
    """Print the figures; 1 where one is over its target."""
    with tempfile.TemporaryDirectory() as folder:
        taken, read, written = measure(Path(folder))
    ratio = taken / (read + written)
    print(f"{ROWS:,} rows: {taken:.1f} s; bare reading {read:.2f} s, the same inserts {written:.1f} s")
    print(f"import {ratio:.1f} times these (at most {MOST_IMPORT})")
    content = document()
    bare, own = seconds(lambda: walk(content)), seconds(lambda: read_word(io.BytesIO(content)))
    ratio_word = own / bare
    print(f"{WORD_ROWS:,} rows in Word: {own:.2f} s, {ratio_word:.1f} times a walk (at most {MOST_WORD})")
    return int(ratio > MOST_IMPORT or ratio_word > MOST_WORD)


if __name__ == "__main__":
    sys.exit(main())
