"""Work in a process of its own: what goes in and comes out, what goes wrong, and that nothing is left."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from kscb_actions import apart, terms
from kscb_actions.apart import Unfinished, run_apart
from kscb_actions.figures.disclosure.refused import CannotPublish
from kscb_actions.terms import Terms
from kscb_actions.text import InvalidInput

from . import apart_work
from .apart_work import WAIT_SECONDS

ROOT = Path(__file__).resolve().parents[2]
LASTING_PARENT = """
import sys
from kscb_actions import apart
from tests.foundation import apart_work
apart.begin_to_last()
apart.run_apart(apart_work.sleep, sys.argv[1])
"""


def is_there(pid: int) -> bool:
    """Return whether this process runs, or waits for somebody to ask how it ended."""
    return Path(f"/proc/{pid}").exists()


def within_time(is_so: Callable[[], bool]) -> bool:
    end = time.monotonic() + WAIT_SECONDS
    while not is_so() and time.monotonic() < end:
        time.sleep(0.02)
    return is_so()


def test_what_ends_by_itself_works_in_its_own_process() -> None:
    assert run_apart(os.getpid) == os.getpid()
    assert run_apart(int, "ff", base=16) == 255


def test_what_lasts_works_in_another_process_with_the_same_result(lasting: None) -> None:
    assert run_apart(os.getpid) != os.getpid()
    assert run_apart(int, "ff", base=16) == 255


def test_the_process_knows_no_secret_and_loads_no_more_than_its_work(
    lasting: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KSCB_SECRET_KEY", "canary")
    command, settings, loaded = run_apart(apart_work.surroundings)
    assert settings == []
    assert command[3] == str(os.getpid()) and "canary" not in " ".join(command)
    assert not loaded & {"flask", "werkzeug", "peewee", "jinja2"}


def test_it_speaks_in_the_words_of_who_begins_it(lasting: None) -> None:
    apart.carry(terms.in_force, terms.use)
    terms.use(Terms(board="Partnership"))
    try:
        assert run_apart(terms.say, "The Board") == "The Partnership"
    finally:
        terms.use(Terms())
    assert run_apart(terms.say, "The Board") == "The Board"


def test_what_it_prints_is_in_the_log_and_not_in_the_answer(
    lasting: None, capfd: pytest.CaptureFixture
) -> None:
    assert run_apart(apart_work.chatter, "a warning") == "a warning"
    out, err = capfd.readouterr()
    assert out == "" and err.splitlines() == ["a warning", "straight to the descriptor"]


@pytest.mark.parametrize(
    ("kind", "expected", "what"),
    [
        ("invalid", InvalidInput, "errors"),
        ("unpublishable", CannotPublish, "tables"),
        ("file", FileNotFoundError, "errno"),
        ("bytes", UnicodeDecodeError, "start"),
    ],
)
def test_a_refusal_arrives_as_it_was(
    monkeypatch: pytest.MonkeyPatch, kind: str, expected: type[Exception], what: str
) -> None:
    with pytest.raises(expected) as here:
        run_apart(apart_work.refuse, kind)
    monkeypatch.setattr(apart, "_lasts", True)
    with pytest.raises(expected) as there:
        run_apart(apart_work.refuse, kind)
    assert str(there.value) == str(here.value)
    assert getattr(there.value, what) == getattr(here.value, what)
    assert "in refuse" in "".join(there.value.__notes__)


def test_what_cannot_be_handed_over_is_told_in_words(lasting: None) -> None:
    with pytest.raises(RuntimeError, match="odd") as told:
        run_apart(apart_work.refuse, "strange")
    assert "in refuse" in "".join(told.value.__notes__)
    with pytest.raises(Exception, match="lambda"):
        run_apart(apart_work.unspeakable)


def test_two_at_once(lasting: None, tmp_path: Path) -> None:
    one, two = str(tmp_path / "one"), str(tmp_path / "two")
    with ThreadPoolExecutor() as pool:
        assert list(pool.map(lambda each: run_apart(apart_work.meet, *each), [(one, two), (two, one)]))


@pytest.fixture
def own_tmp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a folder for temporary files, of this process and of those it begins."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    monkeypatch.setenv("TMPDIR", str(folder))
    return folder


def test_a_process_that_is_killed_is_told_and_leaves_nothing(
    lasting: None, tmp_path: Path, own_tmp: Path
) -> None:
    note = tmp_path / "pid"
    with pytest.raises(Unfinished, match="stopped before it was done"):
        run_apart(apart_work.kill_itself, str(note))
    assert not is_there(int(note.read_text()))
    assert list(own_tmp.iterdir()) == []


def test_a_process_that_is_too_slow_is_ended(
    lasting: None, tmp_path: Path, own_tmp: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(apart, "LIMIT_SECONDS", 5)
    note = tmp_path / "pid"
    with pytest.raises(Unfinished, match="longer than 5 seconds"):
        run_apart(apart_work.sleep, str(note))
    assert not is_there(int(note.read_text()))
    assert list(own_tmp.iterdir()) == []


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process that its parent has died")
def test_it_ends_with_its_parent(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    command = [sys.executable, "-c", LASTING_PARENT, str(note)]
    parent = subprocess.Popen(command, cwd=ROOT)
    try:
        assert within_time(lambda: note.exists() and note.read_text() != "")
        pid = int(note.read_text())
        assert is_there(pid)
    finally:
        parent.send_signal(signal.SIGKILL)
        parent.wait()
    # Whoever adopts it may be slow to ask how it ended; it runs no more.
    assert within_time(lambda: not is_there(pid) or "\nState:\tZ" in Path(f"/proc/{pid}/status").read_text())
