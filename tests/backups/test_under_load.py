"""Backups while others save and upload: each is one moment, and restores whole. A plain copy is not."""

import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from kscb_actions import database
from kscb_actions.actions.models import ProgressUpdate
from kscb_actions.assurance.models import EvidenceFile

from ..commands.running import begin_python, until
from ..long import amount
from .conftest import SQLITE_ONLY, Board

SAVER = """
import io, sys
from contextlib import suppress
from datetime import date
from app import app
from kscb_actions import database
from kscb_actions.actions.models import Action
from kscb_actions.actions.service import update_progress
from kscb_actions.assurance.rules import EvidenceFacts
from kscb_actions.assurance.service import Upload, add_evidence
from kscb_actions.audit.service import StaleEdit
from kscb_actions.files.store import EvidenceStore
from kscb_actions.people.models import User

pdf = open(sys.argv[1], "rb").read()
with app.app_context(), database.db.connection_context():
    lead = User.get(User.name == "Police lead").viewer
    store = EvidenceStore(app.config["SETTINGS"].evidence)
    number = 0
    while True:
        number += 1
        action = Action.get()
        if number % 2:
            with suppress(StaleEdit):
                update_progress(lead, action, "in_progress", f"Step {number} of {sys.argv[2]}. " * 20)
        else:
            facts = EvidenceFacts("policy", date(2012, 3, 1), "As agreed.")
            upload = Upload("policy.pdf", io.BytesIO(pdf + str(number).encode()))
            add_evidence(lead, store, action, facts, [upload])
        print(number, flush=True)
"""


class Savers:
    """Processes that save and upload without a pause."""

    def __init__(self, board: Board, count: int) -> None:
        pdf = next(path for path in board.settings.evidence.rglob("*") if path.is_file())
        self.processes = [
            begin_python(board.settings, "-c", SAVER, str(pdf), f"saver {number}") for number in range(count)
        ]
        for process in self.processes:
            assert process.stdout and process.stdout.readline(), process.communicate()[1]

    def end(self) -> list[str]:
        """Stop them; returns what each complained of."""
        for process in self.processes:
            process.kill()
        return [process.communicate(timeout=60)[1] for process in self.processes]


@pytest.fixture
def savers(board: Board) -> Iterator[Savers]:
    busy = Savers(board, 2)
    yield busy
    assert busy.end() == ["", ""]


def saved(board: Board) -> int:
    with board.opened():
        return saved_now()


def saved_now() -> int:
    return ProgressUpdate.select().count() + EvidenceFile.select().count()


def test_every_backup_under_load_restores_whole(board: Board, savers: Savers) -> None:
    for number in range(amount(1, 12)):
        file, before = board.folder / f"{number}.tar", saved(board)
        made = board.run("backup", file)
        assert made.returncode == 0, made.stderr
        after = saved(board)
        assert after > before, "nothing was saved meanwhile, so it proves nothing"
        if board.settings.database.startswith("sqlite"):
            restored_whole(board, file, number, before, after)


def restored_whole(board: Board, file: Path, number: int, before: int, after: int) -> None:
    place = board.elsewhere(f"restored-{number}")
    done = place.run("restore", file)
    assert done.returncode == 0, done.stderr
    assert before <= saved(place) <= after, "what was acknowledged before it began is in it"
    checked = place.run("check")
    assert checked.returncode == 0, checked.stderr
    assert "No row names" not in checked.stdout
    with place.opened():
        named = {name for (name,) in EvidenceFile.select(EvidenceFile.stored_name).tuples()}
    assert {path.name for path in place.settings.evidence.rglob("*") if path.is_file()} == named
    shutil.rmtree(place.settings.instance)
    file.unlink()


def others_save(number: int) -> None:
    """Wait until others have saved so often."""
    least = saved_now() + number
    assert until(lambda: saved_now() >= least), "nobody saves"


def begin_log_anew() -> bool:
    """Do what SQLite does from time to time; return whether it could be done."""
    is_busy, _, _ = database.db.execute_sql("PRAGMA wal_checkpoint(RESTART)").fetchone()
    return not is_busy


def plainly(board: Board, copy: Path) -> None:
    """Copy the folder file by file, the database before its log, which SQLite begins anew in between."""
    copy.mkdir()
    shutil.copy(board.settings.instance / "kscb.db", copy)
    with board.opened():
        # So many that they fill pages of their own, which the log has lost by the time it is copied.
        others_save(40)
        assert until(begin_log_anew), "the log is never begun anew"
        others_save(40)
    for each in board.settings.instance.iterdir():
        # What was there when the folder was listed, such as an upload's part, may be gone by now.
        with suppress(FileNotFoundError, shutil.Error):
            if each.is_dir():
                shutil.copytree(each, copy / each.name)
            elif not (copy / each.name).exists() and not each.name.endswith("-shm"):
                shutil.copy(each, copy)


@SQLITE_ONLY
def test_a_plain_copy_of_the_folder_under_saves_is_recognised_as_broken(board: Board, savers: Savers) -> None:
    """The planted offender: what a backup must not be."""
    for number in range(amount(1, 5)):
        copy = board.folder / f"copy-{number}"
        plainly(board, copy)
        place = board.elsewhere(copy.name)
        checked = place.run("check")
        assert checked.returncode == 1, "the copy looks whole"
        assert "FAULT: " in checked.stderr and "Traceback" not in checked.stderr
