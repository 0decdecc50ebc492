"""What a run of reminders holds in memory: of all that it tells only what a few people are told."""

import shutil
import tracemalloc
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from flask import Flask

from kscb_actions import clock, database
from kscb_actions.chasing import service
from kscb_actions.chasing.actions import queries
from kscb_actions.chasing.actions.models import Chase
from kscb_actions.chasing.actions.provider import OPEN_ACTIONS
from kscb_actions.chasing.providers import Run
from kscb_actions.chasing.service import chase_together

from ..bench.bench_chase import open_all
from ..bench.bench_news import timed
from ..bench.filling import fill
from ..factories import TODAY
from ..long import amount

FEW, TIMES, AT_ONCE = amount(800, 5_000), 4, amount(200, 2_000)
# What one person is told of is held together, and of four times as many actions that is four times as much.
MOST = 1.3
NEXT_WEEK = TODAY + timedelta(days=11)


def peaks(file: Path, migrated: Path, count: int) -> list[int]:
    """Return the most bytes that a first run over so many actions held at once, and one of the next week."""
    shutil.copy(migrated, file)
    database.connect_to(f"sqlite:///{file}")
    found, run = [], Run((OPEN_ACTIONS,))
    with database.db.connection_context(), clock.at(TODAY):
        fill(count, TODAY)
        open_all(count)
    for day in (TODAY, NEXT_WEEK):
        with database.db.connection_context(), clock.at(day):
            # SQL that is made once is no part of it: a run before, which is taken back, has made it.
            timed(partial(chase_together, run, day, "", keeps_messages=False))
            tracemalloc.start()
            chase_together(run, day, "", keeps_messages=False)
            found.append(tracemalloc.get_traced_memory()[1])
            tracemalloc.stop()
            assert Chase.select().where(Chase.chased_on == day).count() > count / 2
    return found


def test_four_times_as_many_things_take_no_more_memory(
    application: Flask, migrated: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "READ_AT_ONCE", AT_ONCE)
    monkeypatch.setattr(service, "WRITTEN_AT_ONCE", AT_ONCE)
    kept = database.db.obj
    try:
        few = peaks(tmp_path / "few.db", migrated, FEW)
        many = peaks(tmp_path / "many.db", migrated, FEW * TIMES)
    finally:
        if kept is not None:
            database.db.initialize(kept)
    for less, more in zip(few, many, strict=True):
        assert more < less * MOST, (few, many)
