"""Work on a hostile file: what it may do, what it may not, and how it ends when it takes too much."""

import io
import os
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from typing import IO

import pytest

from kscb_actions import confined
from kscb_actions.apart import Unfinished
from kscb_actions.confined import MIB, Busy, Limits, run_confined

from . import confined_work

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="only Linux confines")
TRIES = (
    "read another file",
    "write a file",
    "remove a file",
    "open a connection",
    "begin a process",
    "become another program",
    "end its parent",
)


@pytest.fixture
def file() -> Iterator[IO[bytes]]:
    """Open a file of three bytes, read to its end already."""
    with tempfile.TemporaryFile() as opened:
        opened.write(b"abc")
        opened.flush()
        yield opened


def test_the_file_is_read_from_its_start_and_the_answer_comes_back(file: IO[bytes]) -> None:
    told, data = run_confined(confined_work.count_bytes, file, 4)
    assert (told, data) == ({"size": 7}, b"bytes\nof an answer")


def test_it_works_in_another_process_everywhere_and_knows_no_setting(
    file: IO[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KSCB_SECRET_KEY", "canary")
    assert run_confined(confined_work.surroundings, file)[0] == {"known": []}


@linux_only
@pytest.mark.parametrize("what", TRIES)
def test_it_can_do_nothing_but_compute(file: IO[bytes], what: str) -> None:
    assert run_confined(confined_work.try_out, file, what)[0] == {"refused": True}


@pytest.mark.parametrize("what", ["read another file", "open a connection"])
def test_what_is_not_confined_would_be_found(what: str) -> None:
    assert confined_work.try_out(io.BytesIO(), what)[0] == {"refused": False}


def test_what_hangs_is_ended_in_its_time(file: IO[bytes]) -> None:
    began = time.monotonic()
    with pytest.raises(Unfinished, match="longer than 1 seconds"):
        run_confined(confined_work.hang, file, limits=Limits(seconds=1))
    assert time.monotonic() - began < 5


@linux_only
def test_what_eats_memory_is_ended_while_this_process_grows_by_nothing(file: IO[bytes]) -> None:
    before = resident()
    with pytest.raises(Unfinished, match="more memory"):
        run_confined(confined_work.eat, file, limits=Limits(memory=128 * MIB))
    assert resident() - before < 4 * MIB


def resident() -> int:
    """Return the memory of this process."""
    with open("/proc/self/statm", encoding="ascii") as told:
        return int(told.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.parametrize(
    "work",
    [
        confined_work.crash,
        confined_work.flood,
        confined_work.answer_with_pickle,
        confined_work.answer_nonsense,
    ],
)
def test_an_answer_of_another_form_is_a_sentence(file: IO[bytes], work: confined.Work) -> None:
    with pytest.raises(Unfinished, match="another reason"):
        run_confined(work, file)


def test_one_works_at_a_time_and_who_waits_too_long_is_told(file: IO[bytes]) -> None:
    first = threading.Thread(target=_hang, args=(file,))
    first.start()
    while not confined._turn.locked():
        time.sleep(0.005)
    with pytest.raises(Busy, match="Try again"):
        run_confined(confined_work.count_bytes, file, 0, limits=Limits(seconds=0.05))
    first.join()
    assert run_confined(confined_work.count_bytes, file, 0)[0] == {"size": 3}


def _hang(file: IO[bytes]) -> None:
    with pytest.raises(Unfinished):
        run_confined(confined_work.hang, file, limits=Limits(seconds=1.5))
