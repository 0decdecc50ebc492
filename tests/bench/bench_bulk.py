"""How much slower a change of 1,000 actions in one step is than the same rows written bare.

`python -m tests.bench.bench_bulk` prints the ratio of each kind of change and exits 1 where one is above
three.

Bare are the very rows that the change wrote, kept from a first run, written once more in order by peewee
as it comes, in one transaction, to a copy of the same database: updates, inserts, and the trail's events with
all their texts ready. What the change does beside (reading each action, asking the rules, making the events
and their chain) is what the ratio measures. What the driver alone takes for the same statements is printed
beside it and not judged: nobody would write so. The best CPU time of several turns is compared.
"""

import re
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from kscb_actions import clock, database, prepared
from kscb_actions.actions.models import Action
from kscb_actions.audit.models import AuditEvent
from kscb_actions.people.models import Agency, User
from kscb_actions.reviews.models import Theme
from kscb_actions.upkeep.bulk.edits import Edit, NewAgency, NewDueDate, NewLead, NewStanding, NewTheme
from kscb_actions.upkeep.bulk.service import apply
from kscb_actions.upkeep.moving.service import Move

from .filling import fill

COUNT, TARGET, TURNS = 1000, 3.0, 5
TODAY = date(2012, 3, 30)
WRITES = re.compile(r"\s*(INSERT|UPDATE|DELETE)\b", re.IGNORECASE)


def edits() -> dict[str, Edit]:
    """Return a change of each kind, of actions that agency 1 has and its lead 4 leads."""
    other, agency = User.get_by_id(5), Agency.get_by_id(2)
    return {
        "lead": NewLead(other),
        "agency": NewAgency(Move(agency, TODAY, "It has closed.")),
        "due date": NewDueDate(TODAY + timedelta(days=900), "The inquest moved."),
        "standing": NewStanding("on_hold", "Criminal proceedings."),
        "theme": NewTheme(Theme.get_by_id(1)),
    }


def make_board(file: Path) -> None:
    """Fill a database with actions that are all open, of one agency, with one lead."""
    database.connect_to(f"sqlite:///{file}")
    database.migrate()
    with database.db.connection_context():
        fill(4 * COUNT, TODAY)
        story = {"standing": "active", "progress": "in_progress", "assurance": "none"}
        with database.writing():
            Action.update(**story, agency=1, lead=4, current_due_on=TODAY).execute()


@contextmanager
def on_copy(file: Path, folder: Path) -> Iterator[None]:
    """Open a fresh copy of the board."""
    copy = Path(shutil.copy(file, folder / "copy.db"))
    for tail in ("-wal", "-shm"):
        (folder / f"copy.db{tail}").unlink(missing_ok=True)
    database.connect_to(f"sqlite:///{copy}")
    with database.db.connection_context():
        yield


@dataclass
class Kept:
    """What a change wrote: the statements with their values, and the rows as (model, id or None, values)."""

    statements: list[tuple[str, Any]]
    rows: list[tuple[Any, int | None, dict[str, Any]]]


@contextmanager
def kept_writes() -> Iterator[Kept]:
    """Yield what is written within the block."""
    kept = Kept([], [])
    send, insert, update, values = (
        database.db.obj.execute_sql, prepared.insert, prepared.update, prepared.insert_all
    )  # fmt: skip

    def keep(sql: str, params: Any = None) -> Any:
        if WRITES.match(sql):
            kept.statements.append((sql, params))
        return send(sql, params)

    def keep_insert(row: Any) -> None:
        insert(row)
        kept.rows.append((type(row), None, dict(row.__data__)))

    def keep_update(row: Any) -> None:
        update(row)
        kept.rows.append((type(row), row.id, {k: v for k, v in row.__data__.items() if k != "id"}))

    def keep_values(model: Any, rows: Any, same: Any = prepared.NOTHING_ALIKE) -> list[int]:
        kept.rows += [(model, None, {**same, **row}) for row in rows]
        return values(model, rows, same)

    database.db.obj.execute_sql = keep
    prepared.insert, prepared.update, prepared.insert_all = keep_insert, keep_update, keep_values
    try:
        yield kept
    finally:
        del database.db.obj.execute_sql
        prepared.insert, prepared.update, prepared.insert_all = insert, update, values


def seconds_of(work: Callable[[], object]) -> float:
    """Return the CPU seconds that a piece of work takes."""
    start = time.process_time()
    work()
    return time.process_time() - start


def change_of(kind: str) -> Callable[[], object]:
    """Return the change of this kind, ready to run, of every fourth action: one of a recommendation."""
    viewer = User.get_by_id(1).viewer
    chosen: dict[int, int | None] = dict.fromkeys(range(4, 4 * COUNT + 1, 4), 1)
    edit = edits()[kind]

    def run() -> None:
        outcome = apply(viewer, chosen, edit)
        assert outcome.is_done, outcome.refused[:3]
        assert len(outcome.changed) == COUNT

    return run


def by_driver(kept: Kept) -> None:
    """Write the statements by the driver alone, in one transaction."""
    cursor = database.db.connection().cursor()
    cursor.execute("BEGIN IMMEDIATE")
    for sql, values in kept.statements:
        for _ in cursor.execute(sql, values or ()):
            pass
    cursor.execute("COMMIT")


def by_peewee(kept: Kept) -> None:
    """Write the rows by peewee as it comes, in one transaction."""
    with database.writing():
        for model, row_id, values in kept.rows:
            if row_id is None:
                model.insert(values).execute()
            else:
                model.update(values).where(model.id == row_id).execute()


@dataclass
class Timing:
    """The best CPU seconds of a change, of its rows written bare, of its statements by the driver alone."""

    change: float
    bare: float
    driver: float
    count: int


def measure(kind: str, file: Path, folder: Path) -> Timing:
    """Return how long a kind of change takes, and its bare writes."""
    with on_copy(file, folder), kept_writes() as kept:
        change_of(kind)()
    times: dict[str, list[float]] = {"change": [], "bare": [], "driver": []}
    for _ in range(TURNS):
        with on_copy(file, folder):
            times["change"].append(seconds_of(change_of(kind)))
        for name, write in (("bare", by_peewee), ("driver", by_driver)):
            with on_copy(file, folder):
                times[name].append(seconds_of(partial(write, kept)))
                assert AuditEvent.select().count() > COUNT
    return Timing(**{name: min(each) for name, each in times.items()}, count=len(kept.rows))


def main() -> int:
    """Measure each kind; 1 when one misses the target."""
    missed = False
    with tempfile.TemporaryDirectory() as name, clock.at(TODAY):
        folder = Path(name)
        make_board(folder / "board.db")
        with on_copy(folder / "board.db", folder):
            kinds = list(edits())
        for kind in kinds:
            found = measure(kind, folder / "board.db", folder)
            ratio = found.change / found.bare
            missed |= ratio > TARGET
            print(
                f"{kind:9} of {COUNT:,}: {found.change * 1000:4.0f} ms; {found.count:,} rows written bare "
                f"{found.bare * 1000:4.0f} ms: ratio {ratio:.2f} (at most {TARGET:g}); by the driver alone "
                f"{found.driver * 1000:4.0f} ms, {found.change / found.driver:.1f}",
                flush=True,
            )
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
