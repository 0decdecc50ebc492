"""What a run of reminders holds in memory: little beside what the process holds anyway."""

import shutil
import tracemalloc
from datetime import timedelta
from pathlib import Path

from flask import Flask

from kscb_actions import clock, database
from kscb_actions.chasing.actions.models import Chase
from kscb_actions.chasing.actions.provider import OPEN_ACTIONS
from kscb_actions.chasing.service import chase

from ..bench.bench_chase import open_all
from ..bench.filling import fill
from ..factories import TODAY
from ..long import amount

FEW, TIMES = amount(500, 2_000), 4
# For each thing what it is, to whom it goes, its lines in the message, and its reminders.
BYTES_EACH = 600
NEXT_WEEK = TODAY + timedelta(days=11)


def peaks(file: Path, migrated: Path, count: int) -> list[int]:
    """Return the most bytes that a first run over so many actions held at once, and one of the next week."""
    shutil.copy(migrated, file)
    database.connect_to(f"sqlite:///{file}")
    found = []
    with database.db.connection_context(), clock.at(TODAY):
        fill(count, TODAY)
        open_all(count)
    for day in (TODAY, NEXT_WEEK):
        with database.db.connection_context(), clock.at(day):
            # SQL that is made once is no part of it.
            chase(OPEN_ACTIONS, day, "", dry_run=True)
            tracemalloc.start()
            chase(OPEN_ACTIONS, day, "")
            found.append(tracemalloc.get_traced_memory()[1])
            tracemalloc.stop()
            assert Chase.select().where(Chase.chased_on == day).count() > count / 2
    return found


def test_four_times_as_many_things_take_little_more_memory(
    application: Flask, migrated: Path, tmp_path: Path
) -> None:
    kept = database.db.obj
    try:
        few = peaks(tmp_path / "few.db", migrated, FEW)
        many = peaks(tmp_path / "many.db", migrated, FEW * TIMES)
    finally:
        if kept is not None:
            database.db.initialize(kept)
    for less, more in zip(few, many, strict=True):
        assert (more - less) / (FEW * (TIMES - 1)) < BYTES_EACH, (few, many)
