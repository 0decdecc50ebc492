"""A backup restores to the same board, in an empty place, and says what is not in it."""

import gzip
import sqlite3
import subprocess
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from kscb_actions import database, models
from kscb_actions.access.policy import SYSTEM
from kscb_actions.audit.models import AuditEvent
from kscb_actions.audit.service import change
from kscb_actions.mail.rules import NOTHING
from kscb_actions.mail.service import queue
from kscb_actions.people.models import PasswordLink, SignInSession
from kscb_actions.people.service import invite

from ..audit.test_earlier_board import BOARD
from ..commands.running import flask
from ..commands.test_newer_database import on_newer_schema
from ..conftest import signed_in_token
from ..factories import PDF
from ..factories_deaths import Panel
from .conftest import SQLITE_ONLY, Board

Contents = Callable[[Path], dict[str, bytes]]
KEPT = [model for model in models.ALL if model not in models.HOUSEKEEPING]


def rows(of: Board) -> dict[str, list[tuple]]:
    """Every row of a board but who is signed in, read by a connection of its own."""
    with of.opened():
        return {each.__name__: sorted(each.select().tuples(), key=repr) for each in KEPT}


def test_what_is_restored_is_the_same_board(board: Board, contents: Contents) -> None:
    before = rows(board)
    said = board.run("backup", board.file)
    assert said.returncode == 0, said.stderr
    assert "The database and 2 evidence files" in said.stdout
    evidence = contents(board.settings.evidence)
    place = board.elsewhere()
    done = place.run("restore", board.file)
    assert done.returncode == 0, done.stderr
    assert "The database and 2 evidence files are there, verified." in done.stdout
    assert contents(place.settings.evidence) == evidence
    after = rows(place)
    told = [event for event in after["AuditEvent"] if event not in before["AuditEvent"]]
    assert len(told) == 1 and "backup.restored" in told[0]
    assert {**after, "AuditEvent": before["AuditEvent"]} == before
    assert place.run("check").returncode == 0


def test_the_trail_tells_of_the_backup_and_which_event_was_its_last(board: Board) -> None:
    last = AuditEvent.select(AuditEvent.id).order_by(AuditEvent.id.desc()).scalar()
    board.backed_up()
    event = AuditEvent.get(AuditEvent.event == "backup.made")
    assert f'"last":"{last}"' in event.detail and '"file":"board.tar"' in event.detail
    assert event.room == "jobs"


def test_any_tar_and_sha256sum_read_it(board: Board, tmp_path: Path) -> None:
    folder = tmp_path / "by-hand"
    folder.mkdir()
    subprocess.run(["tar", "xf", board.backed_up(), "-C", folder], check=True, capture_output=True)
    done = subprocess.run(["sha256sum", "-c", "SHA256SUMS"], cwd=folder, check=True, capture_output=True)
    assert done.stdout.count(b": OK") == 4


def test_only_its_owner_may_read_it(board: Board) -> None:
    assert board.backed_up().stat().st_mode & 0o777 == 0o600


def test_neither_the_key_of_birth_dates_nor_the_secret_is_in_it(board: Board) -> None:
    key = Fernet.generate_key().decode()
    done = flask(board.settings, "backup", str(board.file), KSCB_BIRTH_KEY=key, KSCB_SECRET_KEY="tests-only")
    assert "Not in it: KSCB_BIRTH_KEY" in done.stdout and "the secret that signs cookies" in done.stdout
    written = board.file.read_bytes()
    assert key.encode() not in written and b"tests-only" not in written
    (board.settings.instance / "secret").write_text("5ec1e7" * 10)
    other = board.folder / "other.tar"
    assert board.run("backup", other).returncode == 0
    assert b"5ec1e7" * 10 not in other.read_bytes()
    with tarfile.open(other) as tar:
        assert {name.split("/")[0] for name in tar.getnames()} <= {
            "about.json", "database.sqlite3", "database.dump", "evidence", "SHA256SUMS",
        }  # fmt: skip


def test_a_file_that_is_there_is_never_written_over(board: Board) -> None:
    board.file.write_text("Minutes of the subgroup")
    done = board.run("backup", board.file)
    assert done.returncode == 1 and "is there already" in done.stderr
    assert board.file.read_text() == "Minutes of the subgroup"
    assert list(board.folder.glob(".kscb-backup-*")) == []


def test_a_folder_that_is_not_there_is_a_sentence(board: Board) -> None:
    done = board.run("backup", board.folder / "nowhere" / "board.tar")
    assert done.returncode == 1 and "No such file or directory" in done.stderr


@pytest.mark.parametrize("there", ["database", "evidence"])
@SQLITE_ONLY
def test_a_place_that_is_not_empty_is_refused_and_left_alone(
    board: Board, contents: Contents, there: str
) -> None:
    board.backed_up()
    place = board.elsewhere()
    if there == "database":
        (place.settings.instance / "kscb.db").write_bytes(b"SQLite format 3\0")
    else:
        place.settings.evidence.mkdir()
        (place.settings.evidence / "minutes.txt").write_text("Minutes")
    before = contents(place.settings.instance)
    done = place.run("restore", board.file)
    assert done.returncode == 1 and "Restore into an empty place" in done.stderr
    assert contents(place.settings.instance) == before


@SQLITE_ONLY
def test_what_a_stopped_restore_has_staged_does_not_stand_in_the_way(board: Board) -> None:
    board.backed_up()
    place = board.elsewhere()
    (place.settings.evidence / ".restoring" / "ab").mkdir(parents=True)
    (place.settings.instance / "kscb.db.restoring").write_bytes(b"half")
    assert place.run("restore", board.file).returncode == 0
    assert place.run("check").returncode == 0
    assert not list(place.settings.instance.rglob("*restoring*"))


def test_whoever_was_signed_in_or_had_a_link_then_is_not_let_in_now(board: Board) -> None:
    signed_in_token(board.world.chair)
    with database.writing():
        invite(board.world.reader)
    assert SignInSession.select().exists() and PasswordLink.select().exists()
    board.backed_up()
    place = board.elsewhere()
    assert place.run("restore", board.file).returncode == 0
    with place.opened():
        assert not SignInSession.select().exists() and not PasswordLink.select().exists()


def test_mail_that_waited_then_is_told_of(board: Board) -> None:
    with change(SYSTEM) as tx:
        queue(tx, board.world.reader, "Waiting", "A text.", NOTHING)
    board.backed_up()
    assert "1 message waited in the outbox then" in board.elsewhere().run("restore", board.file).stdout


@SQLITE_ONLY
def test_an_older_backup_is_brought_to_todays_schema(board: Board, tmp_path: Path) -> None:
    older = board.elsewhere("older")
    with sqlite3.connect(older.settings.instance / "kscb.db") as connection:
        connection.executescript(gzip.decompress(BOARD.read_bytes()).decode())
        (name,) = connection.execute("SELECT stored_name FROM evidence_file").fetchone()
    connection.close()
    kept = older.settings.evidence / name[:2] / name
    kept.parent.mkdir(parents=True)
    kept.write_bytes(PDF)
    assert older.run("backup", board.file).returncode == 0
    place = board.elsewhere()
    done = place.run("restore", board.file)
    assert done.returncode == 0, done.stderr
    assert "Applied 0010_outbox_items" in done.stdout
    # Its last reminders are those of the day of the backup.
    checked = place.run("check")
    assert "are whole." in checked.stdout and "LATE: The reminders of" in checked.stderr


def test_a_backup_of_a_newer_version_is_refused(board: Board) -> None:
    with on_newer_schema():
        assert board.run("backup", board.file).returncode == 0
    place = board.elsewhere()
    done = place.run("restore", board.file)
    assert done.returncode == 1 and "a newer version of this program (it has had 9999_later)" in done.stderr
    assert not place.settings.evidence.exists()


def test_evidence_that_was_lost_before_is_told_of_and_does_not_stop_the_backup(board: Board) -> None:
    missing, damaged = sorted(path for path in board.settings.evidence.rglob("*") if path.is_file())
    missing.unlink()
    damaged.chmod(0o600)
    damaged.write_bytes(PDF[:-1])
    done = board.run("backup", board.file)
    assert done.returncode == 1
    assert f"{missing.name} is missing, so it is not in the backup" in done.stderr
    assert f"{damaged.name} is not what was received" in done.stderr
    place = board.elsewhere()
    refused = place.run("restore", board.file)
    assert refused.returncode == 1 and "add --accept-faults" in refused.stderr
    if not database.is_sqlite():
        place = board.elsewhere("again")
    taken = place.run("restore", board.file, "--accept-faults")
    assert taken.returncode == 0 and taken.stderr.count("FAULT: evidence") == 2


def test_a_key_that_does_not_open_the_dates_of_birth_is_told_of(board: Board) -> None:
    key = Fernet.generate_key()
    with database.writing():
        death = Panel(board.world).death()
        sealed = Fernet(key).encrypt(b"2011-01-02").decode()
        models.ChildDeath.update(sealed_birth=sealed).where(models.ChildDeath.id == death.id).execute()
    board.backed_up()
    assert "KSCB_BIRTH_KEY is not the key" in board.elsewhere().run("restore", board.file).stdout
    settings = board.elsewhere("with the key").settings
    done = flask(settings, "restore", str(board.file), KSCB_BIRTH_KEY=key.decode())
    assert done.returncode == 0 and "KSCB_BIRTH_KEY" not in done.stdout
