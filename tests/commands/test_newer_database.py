"""A database that a newer version has changed: nothing is served, sent or written, and it is said why."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask

from kscb_actions import clock, database
from kscb_actions.chasing.actions.models import Chase
from kscb_actions.commands.every import FOR_ANY_DATABASE, Commands
from kscb_actions.config import Settings
from kscb_actions.jobs.models import Lease
from kscb_actions.jobs.scheduler import Jobs, paces
from kscb_actions.mail.models import OutboxMessage

from ..conftest import settings_in
from ..factories import TODAY, World
from .running import flask, flask_process

UNKNOWN = "9999_later"
# What each command has to be given; a command that is not here is run with nothing.
ARGUMENTS = {
    "add-user": ("x@board.example", "--name", "X", "--role", "reader"),
    "password-link": ("x@board.example",),
    "report": ("progress", "-o", "{folder}/progress.docx"),
    "deaths-table": ("--reviewed-in", "2011-12"),
    "import-deaths": ("{folder}/cases.csv",),
    "import-plan": ("{folder}/cases.csv", "--review", "SCR-2011-01"),
    "restore": ("{folder}/cases.csv",),
    "serve": ("--port", "5999"),
}


@contextmanager
def on_newer_schema() -> Iterator[None]:
    """Leave the database as a newer version's migration does, while the block lasts."""
    values = f"VALUES ('{UNKNOWN}', '{clock.real_now():%F}')"
    with database.writing():
        database.db.execute_sql(f"INSERT INTO schema_migration (name, applied) {values}")
    try:
        yield
    finally:
        with database.writing():
            database.db.execute_sql(f"DELETE FROM schema_migration WHERE name = '{UNKNOWN}'")


@pytest.fixture
def newer(world: World) -> Iterator[World]:
    """Return a board on which somebody is overdue, after a newer version's migration."""
    world.action(due_on=TODAY)
    with on_newer_schema():
        yield world


def state(settings: Settings) -> object:
    """Return what no refused command may change."""
    if not database.is_sqlite():
        return database.db.execute_sql("SELECT COUNT(*), MAX(id) FROM audit_event").fetchone()
    return hashlib.sha256((settings.instance / "kscb.db").read_bytes()).hexdigest()


def test_every_command_but_those_that_only_read_refuses(
    newer: World, app: Flask, settings: Settings, tmp_path: Path
) -> None:
    (tmp_path / "cases.csv").write_text("case_number\n")
    before = state(settings)
    every = Commands().list_commands(None)  # type: ignore[arg-type]
    refusing = [name for name in every if name not in ("check", "backup")]
    assert len(refusing) > 8 and "chase" in refusing and "chase-returns" in refusing
    for name in refusing:
        given = [each.format(folder=tmp_path) for each in ARGUMENTS.get(name, ())]
        done = flask(settings, name, *given)
        assert done.returncode == 1, name
        assert "A newer version of this program has changed the database (9999_later)" in done.stderr, name
        assert "install the newer one again, or restore" in done.stderr, name
        assert done.stdout == "", name
        assert state(settings) == before, name


def test_no_command_is_let_through_that_the_test_does_not_know() -> None:
    assert FOR_ANY_DATABASE == {"migrate", "check", "backup"}


def test_the_list_of_migrations_says_which_is_unknown(newer: World, settings: Settings) -> None:
    done = flask(settings, "migrate", "--list")
    assert done.returncode == 0
    lines = done.stdout.splitlines()
    assert lines[0] == "0001_initial  applied"
    assert lines[-1] == "9999_later  applied by a newer version, unknown here"


def test_the_list_of_migrations_says_which_waits_and_makes_nothing(tmp_path: Path) -> None:
    empty = settings_in(tmp_path / "empty")
    done = flask(empty, "migrate", "--list")
    assert done.stdout.splitlines()[0] == "0001_initial  waits: run flask migrate"
    assert not (empty.instance / "kscb.db").exists()


def test_the_check_says_it_and_does_not_say_whole(newer: World, settings: Settings) -> None:
    done = flask(settings, "check")
    assert done.returncode == 1
    assert "FAULT: database: A newer version of this program" in done.stderr
    assert "whole" not in done.stdout


def test_a_backup_is_still_made_and_nothing_written(newer: World, settings: Settings, tmp_path: Path) -> None:
    before = state(settings)
    done = flask(settings, "backup", str(tmp_path / "board.tar"))
    assert done.returncode == 0, done.stderr
    assert "the trail is not told of the backup" in done.stderr
    assert state(settings) == before


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("address", ["/", "/sign-in", "/reviews", "/actions", "/audit", "/nowhere"])
def test_every_page_is_refused_whoever_asks(
    newer: World, app: Flask, sign_in, address: str, method: str
) -> None:
    for user in (None, newer.manager):
        answer = getattr(sign_in(user), method)(address)
        assert answer.status_code == 503
        assert "changed by a newer version of the program" in answer.text
        assert "nonce-" in answer.headers["Content-Security-Policy"]
        assert answer.headers["Cache-Control"] == "no-store"
        assert newer.manager.name not in answer.text and not answer.headers.getlist("Set-Cookie")


def test_the_page_has_its_styles(newer: World, app: Flask) -> None:
    client = app.test_client()
    address = client.get("/").text.split('stylesheet" href="')[1].split('"')[0]
    assert client.get(address).status_code == 200


def test_pages_are_served_again_when_the_newer_version_is_gone(world: World, app: Flask) -> None:
    with on_newer_schema():
        assert app.test_client().get("/sign-in").status_code == 503
    assert app.test_client().get("/sign-in").status_code == 200


def test_no_job_runs(newer: World, settings: Settings, caplog: pytest.LogCaptureFixture) -> None:
    messages, jobs = OutboxMessage.select().count(), Jobs(settings)
    ran = [job for job, *_ in paces(jobs)]
    assert len(ran) >= 4
    for job in ran:
        job()
    assert "not run: a newer version has changed the database" in caplog.text
    assert (Chase.select().count(), OutboxMessage.select().count()) == (0, messages)
    assert not Lease.select().exists()


def test_serving_does_not_begin(newer: World, settings: Settings) -> None:
    done = flask_process(settings, "serve", "--port", "5998")
    assert done.returncode == 1 and "9999_later" in done.stderr and "Traceback" not in done.stderr
