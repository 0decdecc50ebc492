"""`flask check` on a torn database says what it found in sentences."""

import os
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from kscb_actions import database
from kscb_actions.config import Settings

from ..backups.conftest import SQLITE_ONLY
from ..factories import World
from ..long import amount
from .running import flask

PAGE = 4096


def overwrite(path: Path, at: int, data: bytes) -> None:
    with open(path, "r+b") as file:
        file.seek(at)
        file.write(data)


def swap(path: Path) -> None:
    data = path.read_bytes()
    middle = len(data) // PAGE // 2 * PAGE
    overwrite(path, middle, data[-PAGE:])
    overwrite(path, len(data) - PAGE, data[middle : middle + PAGE])


def strew(path: Path, step: int, page: bytes) -> None:
    for at in range(step * PAGE, path.stat().st_size, step * PAGE):
        overwrite(path, at, page)


TEARS: dict[str, Callable[[Path], None]] = {
    "half": lambda path: os.truncate(path, path.stat().st_size // 2),
    "odd length": lambda path: os.truncate(path, path.stat().st_size // 3 + 17),
    "no database": lambda path: path.write_bytes(b"Minutes of the subgroup. " * 1000),
    "first page gone": lambda path: overwrite(path, 0, bytes(PAGE)),
    "schema gone": lambda path: overwrite(path, 100, b"\xff" * (PAGE - 100)),
    "end gone": lambda path: overwrite(path, path.stat().st_size - 20 * PAGE, bytes(20 * PAGE)),
    "pages moved": swap,
    "every third page gone": lambda path: strew(path, 3, bytes(PAGE)),
    "every second page of noise": lambda path: strew(path, 2, random.Random(1).randbytes(PAGE)),
}


@pytest.fixture
def file(world: World, settings: Settings) -> Path:
    for _ in range(3):
        world.decision(world.action())
    # All of it in the one file that is torn.
    database.db.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    return settings.instance / "kscb.db"


@SQLITE_ONLY
@pytest.mark.parametrize("tear", TEARS.values(), ids=TEARS)
def test_a_torn_database_is_a_fault_in_a_sentence(
    file: Path, settings: Settings, tmp_path: Path, tear: Callable[[Path], None]
) -> None:
    torn = tmp_path / "torn.db"
    torn.write_bytes(file.read_bytes())
    tear(torn)
    for command in (("backup", str(tmp_path / "board.tar")), ("check",)):
        done = flask(settings, *command, KSCB_DATABASE=f"sqlite:///{torn}")
        assert done.returncode == 1, command
        assert "Traceback" not in done.stderr
        assert "whole" not in done.stdout
    assert not (tmp_path / "board.tar").exists()
    assert "FAULT: " in done.stderr and "restore from a backup" in done.stderr


@SQLITE_ONLY
def test_bytes_of_any_kind_anywhere_never_end_in_a_traceback(
    file: Path, settings: Settings, tmp_path: Path
) -> None:
    whole, chance, found = file.read_bytes(), random.Random(2012), 0
    torn = tmp_path / "torn.db"
    rounds = amount(12, 300)
    for _ in range(rounds):
        data = bytearray(whole)
        for _ in range(chance.choice((1, 4, 64))):
            data[chance.randrange(len(data))] = chance.randrange(256)
        torn.write_bytes(data)
        found += flask(settings, "check", KSCB_DATABASE=f"sqlite:///{torn}").returncode
    assert found >= rounds / 4
