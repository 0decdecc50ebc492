"""Four processes that serve pages and two that only do the jobs: one works at a time, and nothing is doubled.

At each tick all of them wake at once, while those that serve save what people write. Now and then one is
killed at work and another begun.
"""

import random
import time
from collections import defaultdict
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

from kscb_actions import clock
from kscb_actions.actions.models import Action
from kscb_actions.chasing.actions.models import Chase
from kscb_actions.chasing.news.service import count_as_told
from kscb_actions.config import Settings
from kscb_actions.jobs.lateness import CHASE_AT
from kscb_actions.mail.models import OutboxMessage
from kscb_actions.working_days.england import is_working_day

from ..backups.conftest import SQLITE_ONLY
from ..chasing.test_year import reached
from ..factories import World
from ..long import amount
from ..mail.peers import Peer, listening
from ..mail.sending import plain
from .forked import Order, Worker, forking
from .test_killed import REFERENCE

TICKS = amount(12, 1000)
SERVING, ALONE = 4, 2
FIRST = date(2012, 4, 16)
pytestmark = SQLITE_ONLY


def make_actions(world: World) -> None:
    """Make actions that reach their rungs on many days."""
    with clock.at(FIRST - timedelta(days=1)):
        for number in range(12):
            due_on = FIRST + timedelta(days=5 * number - 20)
            world.action(due_on, (world.police, world.health)[number % 2])
        count_as_told()


def tick(workers: list[Worker], orders: list[Order], chance: random.Random) -> int:
    """Let all work at once, and kill one now and then; returns how many worked."""
    for worker, order in zip(workers, orders, strict=True):
        worker.begin(order)
    killed = None
    if chance.random() < 0.1:
        time.sleep(chance.random() * 0.1)
        killed = chance.choice(workers)
        killed.kill()
    answers = {worker: worker.answer() for worker in workers}
    assert all(answer is not None or worker is killed for worker, answer in answers.items())
    if killed:
        workers.remove(killed)
    return sum(bool(answer["worked"]) for answer in answers.values() if answer)


def test_many_processes_do_the_work_of_one(world: World, settings: Settings, tmp_path: Path) -> None:
    make_actions(world)
    chance, worked, begun = random.Random(2012), [], 0
    with forking(settings, tmp_path / "workers") as made, listening(Peer()) as peer:
        last = at = clock.start_of(FIRST) + timedelta(hours=7)
        workers = [made.worker() for _ in range(SERVING + ALONE)]
        for _ in range(TICKS):
            at += timedelta(minutes=chance.choice((1, 10, 240, 600)))
            alone = Order(settings.database, at.isoformat(), peer.port, ("lead", "chase", "deliver"))
            serving = replace(alone, jobs=("save", *alone.jobs))
            worked.append(tick(workers, [serving] * SERVING + [alone] * ALONE, chance))
            while len(workers) < SERVING + ALONE:
                workers.append(made.worker())
                begun += 1
        for _ in range(3):
            last = at = at + timedelta(minutes=15)
            end = replace(alone, at=at.isoformat())
            answer = workers[-1].does(end)
        assert answer is not None and answer["waits"] == 0
        # The same without the lease, so that it would be seen.
        without = replace(end, fault="leads always")
        assert tick(workers, [without] * len(workers), random.Random(1)) > 1
    # Nobody works while the lease of one that was killed holds.
    assert set(worked) <= {0, 1} and worked.count(0) <= begun
    assert_once(peer, last_run(last))


def last_run(at: datetime) -> date:
    """Return the last day by then on which there was a run, where somebody worked then."""
    local = at.astimezone(clock.LONDON)
    day = local.date() if local.time() >= CHASE_AT else local.date() - timedelta(days=1)
    while not is_working_day(day):
        day -= timedelta(days=1)
    return day


def assert_once(peer: Peer, last: date) -> None:
    """Fail where a rung was not given once, or its message did not reach its person under one Message-ID."""
    told: dict[str, set[str]] = {}
    for message in peer.received:
        text = set(REFERENCE.findall(plain(message)))
        assert told.setdefault(message["Message-ID"], text) == text
    given: dict[str, set[str]] = defaultdict(set)
    rungs: dict[str, list[int]] = defaultdict(list)
    for row in Chase.select(Chase, OutboxMessage).join(OutboxMessage).order_by(Chase.id):
        went = row.message.taken_into or row.message
        assert (row.repeat, went.state) == (0, "sent")
        given[went.message_id].add(row.action.reference)
        rungs[row.action.reference].append(row.stage)
    assert given and all(given[message_id] <= told[message_id] for message_id in given)
    for action in Action.select():
        stages = rungs[action.reference]
        assert stages == sorted(set(stages))
        latest = reached("actions", (last - action.current_due_on).days)
        assert stages[-1:] == ([] if latest is None else [latest])
