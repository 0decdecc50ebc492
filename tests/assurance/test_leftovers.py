"""What a crash left among the evidence is removed after a day, told of, and nothing else ever is."""

import json
import os
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from kscb_actions import clock
from kscb_actions.assurance import leftovers
from kscb_actions.assurance.leftovers import SWEPT, sweep_leftovers
from kscb_actions.assurance.models import EvidenceFile
from kscb_actions.audit.models import AuditEvent
from kscb_actions.config import Settings
from kscb_actions.jobs.scheduler import Jobs

from ..audit.test_chain import run_check
from ..factories import World

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)


class Crashed:
    """A board's evidence folder with what crashes leave in it."""

    def __init__(self, world: World, root: Path) -> None:
        world.evidence(world.action())
        self.store, self.root = world.store, root
        self.named = self.path(EvidenceFile.get().stored_name)
        self.age(self.named, 400 * DAY)

    def path(self, name: str) -> Path:
        return self.root / name[:2] / name

    def left(self, digit: str, age: timedelta, tail: str = "") -> Path:
        """Leave a file of this age under a name that the store makes."""
        path = self.path(digit * 32).with_suffix(tail)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"cut off")
        self.age(path, age)
        return path

    @staticmethod
    def age(path: Path, age: timedelta) -> None:
        then = (clock.real_now() - age).timestamp()
        os.utime(path, (then, then))


@pytest.fixture
def crashed(world: World, settings: Settings) -> Crashed:
    return Crashed(world, settings.evidence)


def test_only_what_no_row_names_and_is_a_day_old_goes(crashed: Crashed) -> None:
    gone = [crashed.left("a", DAY + MINUTE), crashed.left("b", DAY + MINUTE, ".part")]
    stays = [
        crashed.named,
        crashed.left("c", DAY - MINUTE),
        crashed.left("d", DAY - MINUTE, ".part"),
        # Written while the machine's clock was ahead.
        crashed.left("e", -2 * DAY),
    ]
    assert sweep_leftovers(crashed.store) == 2
    assert [path.exists() for path in gone] == [False, False]
    assert all(path.exists() for path in stays)
    assert sweep_leftovers(crashed.store) == 0


def test_the_trail_tells_which_files_went(crashed: Crashed) -> None:
    crashed.left("a", 2 * DAY)
    crashed.left("b", 2 * DAY, ".part")
    sweep_leftovers(crashed.store)
    event = AuditEvent.get(AuditEvent.event == SWEPT)
    assert json.loads(event.detail) == {"files": ["a" * 32], "unfinished": [f"bb/{'b' * 32}.part"]}
    assert event.room == "jobs"


def test_nothing_is_told_when_nothing_goes(crashed: Crashed) -> None:
    crashed.left("a", MINUTE)
    sweep_leftovers(crashed.store)
    assert not AuditEvent.select().where(AuditEvent.event == SWEPT).exists()


def test_the_check_names_what_is_left_and_tells_what_went(crashed: Crashed, app: Flask) -> None:
    crashed.left("a", 2 * DAY)
    crashed.left("b", MINUTE, ".part")
    before = run_check(app)
    assert before.exit_code == 0
    assert f"No row names the evidence file {'a' * 32}" in before.output
    assert f"bb/{'b' * 32}.part" in before.output and "when it is a day old" in before.output
    sweep_leftovers(crashed.store)
    after = run_check(app).output
    assert f"{'a' * 32}" not in after and f"{'b' * 32}.part" in after
    assert "was last removed: 1 file that no row named" in after


def test_a_row_that_comes_at_the_last_moment_keeps_its_file(
    crashed: Crashed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rows are read before the folder; a file named in between would look like a leftover."""
    differences = crashed.store.differences
    monkeypatch.setattr(crashed.store, "differences", lambda _: differences([]))
    monkeypatch.setattr(leftovers, "is_other_folder", lambda *_: False)
    assert sweep_leftovers(crashed.store) == 0
    assert crashed.named.exists()


def test_nothing_is_removed_beside_a_database_of_another_folder(crashed: Crashed, app: Flask) -> None:
    """KSCB_EVIDENCE or KSCB_DATABASE mistyped must not cost a board its evidence."""
    left = crashed.left("a", 2 * DAY)
    crashed.named.rename(crashed.named.with_name("0" * 32))
    assert sweep_leftovers(crashed.store) == 0
    assert left.exists()
    crashed.path("0" * 32)
    assert run_check(app).exit_code == 1


def test_nothing_is_removed_beside_a_database_that_names_no_file(world: World, settings: Settings) -> None:
    for number in range(leftovers.MOST_UNNAMED_ALONE + 1):
        path = settings.evidence / f"{number:02x}" / f"{number:02x}".ljust(32, "0")
        path.parent.mkdir(parents=True)
        path.write_bytes(b"somebody's evidence")
        Crashed.age(path, 2 * DAY)
    assert sweep_leftovers(world.store) == 0
    path.unlink()
    assert sweep_leftovers(world.store) == leftovers.MOST_UNNAMED_ALONE


def test_what_is_not_the_stores_own_stays(crashed: Crashed) -> None:
    foreign = crashed.root / "minutes.part"
    foreign.write_text("Minutes")
    crashed.age(foreign, 9 * DAY)
    assert sweep_leftovers(crashed.store) == 0
    assert foreign.exists()


def test_the_jobs_do_it(crashed: Crashed, settings: Settings) -> None:
    left = crashed.left("a", 2 * DAY)
    Jobs(settings).sweep()
    assert not left.exists() and crashed.named.exists()
