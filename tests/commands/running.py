"""Running the `flask` command: in this process, or as one of its own where a process is what is tested."""

import contextvars
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from click.testing import CliRunner
from flask import Flask
from flask.cli import FlaskGroup

from kscb_actions import _register_reminders, create_app, database
from kscb_actions.child_deaths.cases import births
from kscb_actions.config import Settings, read_settings

ROOT = Path(__file__).resolve().parents[2]
WAIT_SECONDS = 90
ENDLESS = ("serve", "jobs")


def until(holds: Callable[[], bool], seconds: float = 60) -> bool:
    """Wait until this holds; return whether it did in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if holds():
            return True
        time.sleep(0.1)
    return False


def begin(
    settings: Settings, *arguments: str, stderr: int = subprocess.PIPE, **environment: str
) -> subprocess.Popen:
    """Start `flask …` on the database of these settings."""
    command = ("-m", "flask", "--app", str(ROOT / "app.py"), *arguments)
    return begin_python(settings, *command, stderr=stderr, **environment)


def begin_python(
    settings: Settings, *arguments: str, stderr: int = subprocess.PIPE, **environment: str
) -> subprocess.Popen:
    """Start `python …` on the database of these settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("KSCB_")}
    own = {**environment_of(settings), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, *arguments]
    options: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": stderr, "text": True}
    return subprocess.Popen(command, env={**kept, **own, **environment}, **options)


def environment_of(settings: Settings) -> dict[str, str]:
    """Return the variables that say what these settings say."""
    return {
        "KSCB_INSTANCE": str(settings.instance),
        "KSCB_DATABASE": settings.database,
        "KSCB_SECRET_KEY": settings.secret,
    }


def flask_process(settings: Settings, *arguments: str, **environment: str) -> subprocess.CompletedProcess:
    """Run `flask …` as a process, to its end."""
    process = begin(settings, *arguments, **environment)
    out, err = process.communicate(timeout=WAIT_SECONDS)
    return subprocess.CompletedProcess(arguments, process.returncode, out, err)


# The applications of commands by what they are made for; making one takes longer than most commands do.
_made: dict[tuple[bool, str], Flask] = {}


def _application_on(settings: Settings) -> Flask:
    kind = (settings.is_https, settings.path)
    if kind not in _made:
        _made[kind] = create_app(settings)
    else:
        _made[kind].config.update(SECRET_KEY=settings.secret, SETTINGS=settings)
        database.connect_to(settings.database)
        births.use_key(settings.birth_key)
        # A test may have left some of a digest out for itself.
        _register_reminders()
    return _made[kind]


def flask(settings: Settings, *arguments: str, **environment: str) -> subprocess.CompletedProcess:
    """Run `flask …` to its end in this process: an application beside the test's own, and the true clock.

    What a process would print a traceback for is raised here. Commands that go on until they are stopped run
    as a process nevertheless: one that is not refused would never come back.
    """
    if arguments[0] in ENDLESS:
        return flask_process(settings, *arguments, **environment)
    own = {**environment_of(settings), **environment}
    group = FlaskGroup(create_app=lambda: _application_on(read_settings(own)), load_dotenv=False)
    kept = database.db.obj
    try:
        done = contextvars.Context().run(CliRunner().invoke, group, list(arguments), prog_name="flask")
    finally:
        if kept is not None:
            database.db.initialize(kept)
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return subprocess.CompletedProcess(arguments, done.exit_code, done.stdout, done.stderr)
