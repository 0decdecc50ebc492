"""Processes killed while they decide and send: nothing is lost, and a repeat bears the first Message-ID.

Three days' digests wait of which two were tried in vain, so taking them into one is among what is broken off.
Half of the processes die between two steps of theirs, half are killed from outside at any moment.
"""

import logging
import random
import re
import shutil
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from kscb_actions import clock, database, sqlite
from kscb_actions.chasing.actions.provider import OPEN_ACTIONS
from kscb_actions.chasing.news.service import count_as_told
from kscb_actions.chasing.providers import run_of
from kscb_actions.chasing.service import chase_together
from kscb_actions.config import Settings
from kscb_actions.database import reading
from kscb_actions.mail.delivery import deliver_due

from ..backups.conftest import SQLITE_ONLY
from ..commands.running import flask
from ..factories import World
from ..long import amount
from ..mail.peers import Peer, free_port, listening
from ..mail.sending import plain, via
from .forked import Forking, Order, forking

POINTS = amount(4, 100)
MONDAY = date(2012, 4, 2)
TUESDAY, WEDNESDAY, THURSDAY = (MONDAY + timedelta(days=number) for number in (1, 2, 3))
REFERENCE = re.compile(r"SCR-\d{4}-\d+/A\d+")
Told = Counter[tuple[str, str]]
pytestmark = SQLITE_ONLY


@dataclass
class Scene:
    """A board on which two days' digests wait, what kills processes on copies of it, and a mail server.

    length, steps  how long a whole run takes, in seconds and in steps
    """

    file: Path
    folder: Path
    forking: Forking
    peer: Peer
    length: float = 0.0
    steps: int = 0
    points: int = 0

    def copied(self) -> str:
        """Return the address of a copy of the board."""
        self.points += 1
        self.peer.received.clear()
        return f"sqlite:///{shutil.copy(self.file, self.folder / f'{self.points}.db')}"

    def order(self, board: str, day: date, minutes: int = 0, **more: object) -> Order:
        """Return the order to decide and to send, some minutes after noon of a day."""
        at = clock.start_of(day) + timedelta(hours=11, minutes=minutes)
        return Order(board, at.isoformat(), self.peer.port, **more)  # type: ignore[arg-type]

    def finished(self, board: str) -> Told:
        """Run again until nothing waits; returns how many messages, by Message-ID, told whom of what."""
        for minutes in range(15, 300, 15):
            answer = self.forking.worker().does(self.order(board, THURSDAY, minutes))
            assert answer is not None
            if not answer["waits"]:
                return told_by(self.peer)
        raise AssertionError("something waits for ever")

    def killed(self, board: str, day: date, chance: random.Random) -> bool:
        """Kill a run of a day somewhere; returns whether it was at work still."""
        worker = self.forking.worker()
        if chance.random() < 0.5:
            return worker.does(self.order(board, day, die_at=chance.randint(1, self.steps))) is None
        worker.begin(self.order(board, day))
        time.sleep(chance.random() * self.length)
        worker.kill()
        return worker.answer() is None


def told_by(peer: Peer) -> Told:
    """Return {(who, of what): how many messages told it}. A repeat is the same message, to the letter."""
    whole: dict[str, tuple[str, str]] = {}
    for message in peer.received:
        said = (message["To"], plain(message))
        assert whole.setdefault(message["Message-ID"], said)[0] == said[0]
    return Counter((to, each) for to, said in whole.values() for each in set(REFERENCE.findall(said)))


@pytest.fixture
def scene(
    world: World, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Scene]:
    """Return the scene. Every action reaches its first rung, 14 days before its date, on one of four days."""
    with clock.at(MONDAY):
        for day in (MONDAY, TUESDAY, WEDNESDAY, THURSDAY):
            for agency in (world.police, world.health):
                world.action(day + timedelta(days=14), agency)
        count_as_told()
    with clock.at(TUESDAY):
        world.action(THURSDAY + timedelta(days=90))
    for day in (MONDAY, TUESDAY):
        at = clock.start_of(day) + timedelta(hours=11)
        with clock.at(at), monkeypatch.context() as held:
            held.setattr(clock, "real_now", lambda at=at: at)
            chase_together(run_of(OPEN_ACTIONS), day, "http://127.0.0.1:5000")
            deliver_due(via(settings, free_port()))
    with reading():
        assert not sqlite.copy(database.db.obj, tmp_path / "board.db", lambda *_: None)
    with forking(settings, tmp_path / "workers") as made, listening(Peer()) as peer:
        yield Scene(tmp_path / "board.db", tmp_path, made, peer)


@pytest.fixture
def expected(scene: Scene) -> Told:
    """Return who is told of what where nothing is killed, and measure the run."""
    board, begun = scene.copied(), time.monotonic()
    answer = scene.forking.worker().does(scene.order(board, WEDNESDAY))
    assert answer is not None
    scene.length, scene.steps = time.monotonic() - begun, len(answer["steps"])
    told = scene.finished(board)
    reminding = [each for each in scene.peer.received if REFERENCE.search(plain(each))]
    assert set(told.values()) == {1} and len(told) == 9 and len(reminding) == 4
    return told


def test_killed_anywhere_nothing_is_lost_and_repeats_bear_one_message_id(
    scene: Scene, expected: Told, settings: Settings
) -> None:
    chance, at_work, repeats, board = random.Random(2012), 0, 0, ""
    for _ in range(POINTS):
        board = scene.copied()
        at_work += scene.killed(board, WEDNESDAY, chance)
        at_work += scene.killed(board, THURSDAY, chance) if chance.random() < 0.5 else 0
        assert scene.finished(board) == expected
        ids = [message["Message-ID"] for message in scene.peer.received]
        repeats += len(ids) - len(set(ids))
    assert at_work > POINTS / 2
    logging.info("%d of %d killed at work, %d repeats", at_work, POINTS, repeats)
    done = flask(replace(settings, database=board), "check")
    assert "differ" not in done.stdout and "whole" in done.stdout, done.stdout


def test_a_process_that_loses_or_doubles_would_be_found(scene: Scene, expected: Told) -> None:
    found = {}
    for fault in ("dies after sending", "loses", "renames"):
        board = scene.copied()
        assert scene.forking.worker().does(scene.order(board, WEDNESDAY, fault=fault)) is None
        found[fault] = scene.finished(board) == expected
        if fault == "dies after sending":
            ids = [message["Message-ID"] for message in scene.peer.received]
            assert len(ids) - len(set(ids)) == 1
    assert found == {"dies after sending": True, "loses": False, "renames": False}
