"""flask serve and flask jobs as real processes: they answer, they work, they end with what they started."""

import os
import select
import signal
import socket
import time
from threading import Event, Thread
from types import SimpleNamespace

import pytest
from flask import Flask

from kscb_actions.access.policy import SYSTEM
from kscb_actions.audit.service import change
from kscb_actions.config import Settings
from kscb_actions.jobs.models import Lease, ReplacedWorker
from kscb_actions.jobs.serve import see_that_all_run
from kscb_actions.mail.rules import NOTHING
from kscb_actions.mail.service import queue

from ..factories import World
from ..long import LONG
from ..mail.peers import Peer, free_port, listening
from .running import begin, begin_python, flask, until
from .serving import alive, answers, below, end


@pytest.mark.parametrize("number", [signal.SIGTERM, *((signal.SIGINT, signal.SIGHUP) if LONG else ())])
def test_serving_answers_replaces_a_worker_that_is_killed_and_ends_with_all_it_started(
    world: World, settings: Settings, number: signal.Signals
) -> None:
    port = free_port()
    process, children = begin(settings, "serve", "--port", str(port)), set[int]()
    try:
        assert until(lambda: answers(port)), "no answer"
        assert until(lambda: Lease.select().exists()), "no scheduler"
        assert select.select([process.stdout], [], [], 30)[0], "it does not say where the pages are"
        assert process.stdout.readline().startswith(f"Open http://127.0.0.1:{port} in a browser")
        children = below(process.pid)
        assert len(children) == 2, "two workers, and no process that only waits"
        leader = int(Lease.get().holder.split(":")[1])
        assert leader in children
        # Not the one that does the jobs: its lease would run out only after a time.
        [killed] = children - {leader}
        os.kill(killed, signal.SIGKILL)
        assert until(lambda: len(below(process.pid) - {killed}) == 2), "no new worker"
        children |= below(process.pid)
        assert until(lambda: answers(port)), "the new worker does not answer"
        assert until(ReplacedWorker.select().exists), "it is not written down"
        process.send_signal(number)
        _, err = process.communicate(timeout=60)
        assert until(lambda: not alive(children), 5), alive(children)
    finally:
        end(process, children)
    assert process.returncode == 0, err
    assert "takes the place of one that ended unexpectedly" in err
    assert not answers(port)
    assert not Lease.select().exists()


def test_when_every_process_is_told_to_end_at_once_that_is_no_failure(
    world: World, settings: Settings
) -> None:
    port = free_port()
    process, children = begin(settings, "serve", "--port", str(port)), set[int]()
    try:
        assert until(lambda: answers(port)), "no answer"
        children = below(process.pid)
        for pid in (*children, process.pid):
            os.kill(pid, signal.SIGTERM)
        _, err = process.communicate(timeout=60)
        assert until(lambda: not alive(children), 5), alive(children)
    finally:
        end(process, children)
    assert process.returncode == 0, err


class Worker:
    """A worker as the server knows it."""

    def __init__(self, idx: int, is_running: bool) -> None:
        self.idx, self.is_alive = idx, lambda: is_running


@pytest.mark.parametrize(
    ("running", "known", "expected"),
    [((True, False), [], [1]), ((False, False), [0], [0, 1]), ((True, True), [], []), ((False,), [0], [0])],
)
def test_a_worker_that_the_server_has_lost_is_found(
    running: tuple[bool, ...], known: list[int], expected: list[int]
) -> None:
    is_lost = expected != known
    server = SimpleNamespace(
        wrks=[Worker(idx, each) for idx, each in enumerate(running)],
        interrupt_children=[*known],
        main_loop_interrupt=Event(),
        interrupt_signal=False,
    )
    thread = Thread(target=see_that_all_run, args=(server, 0.01))
    thread.start()
    assert server.main_loop_interrupt.wait(10 if is_lost else 0.1) == is_lost
    server.interrupt_signal = True
    thread.join()
    assert server.interrupt_children == expected


def test_workers_that_die_again_and_again_end_it_and_it_says_so(world: World, settings: Settings) -> None:
    port = free_port()
    process, children = begin(settings, "serve", "--port", str(port)), set[int]()
    try:
        assert until(lambda: answers(port)), "no answer"
        while process.poll() is None:
            for worker in below(process.pid):
                children.add(worker)
                os.kill(worker, signal.SIGKILL)
            time.sleep(0.5)
        out, err = process.communicate(timeout=60)
        assert until(lambda: not alive(children), 5), alive(children)
    finally:
        end(process, children)
    assert process.returncode == 1
    assert "Worker crash loop detected" in out + err
    assert "The web server ended by itself" in err
    assert "Traceback" not in out + err


@pytest.mark.parametrize("check", [(), ("--check",)])
def test_a_busy_port_is_said_before_anything_starts(app: Flask, check: tuple[str, ...]) -> None:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = busy.getsockname()[1]
        done = app.test_cli_runner().invoke(args=["serve", "--port", str(port), *check])
    assert done.exit_code == 1
    assert f"Port {port} at 127.0.0.1 is in use by another program." in done.stderr
    assert done.stdout == ""


def test_checking_a_free_port_succeeds_and_starts_nothing(app: Flask) -> None:
    port = free_port()
    done = app.test_cli_runner().invoke(args=["serve", "--check", "--port", str(port)])
    assert (done.exit_code, done.stdout) == (0, "")
    assert not answers(port)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--port", "0"), "0 is not in the range"),
        (("--port", "x"), "'x' is not a valid integer"),
        (("--host", "nowhere.invalid"), "There is no address nowhere.invalid"),
        (("--host", "192.0.2.1"), "Nothing can be served at 192.0.2.1"),
    ],
)
def test_an_address_that_cannot_be_served_is_explained(
    app: Flask, arguments: tuple[str, ...], words: str
) -> None:
    done = app.test_cli_runner().invoke(args=["serve", *arguments])
    assert done.exit_code != 0 and isinstance(done.exception, SystemExit)
    assert words in done.stderr


def test_serving_a_database_that_is_not_ready_says_what_to_do(settings: Settings, tmp_path) -> None:
    url = f"sqlite:///{tmp_path}/new.db"
    for command in (("serve", "--port", str(free_port())), ("jobs",)):
        done = flask(settings, *command, KSCB_DATABASE=url)
        assert done.returncode == 1
        assert "Run 'flask migrate' first" in done.stderr


SIGNAL_AT_WORK = """
import os, signal, time
from kscb_actions import create_app
from kscb_actions.jobs import scheduler

deliver = scheduler.Jobs.deliver

def signalled(self):
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(0.3)
    deliver(self)

scheduler.Jobs.deliver = signalled
scheduler.run(create_app().config["SETTINGS"])
"""


def test_a_signal_while_a_job_begins_is_not_lost(world: World, settings: Settings) -> None:
    process = begin_python(settings, "-c", SIGNAL_AT_WORK)
    try:
        _, said = process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode == 0 and "stopping" in said
    assert "SystemExit" not in said


@pytest.mark.parametrize("number", [signal.SIGINT, *((signal.SIGTERM,) if LONG else ())])
def test_the_scheduler_sends_what_waits_and_ends_cleanly(
    world: World, settings: Settings, number: signal.Signals
) -> None:
    with change(SYSTEM) as tx:
        queue(tx, world.reader, "Waiting", "A text.", NOTHING)
    with listening(Peer()) as peer:
        address = f"smtp://127.0.0.1:{peer.port}"
        mail = {"KSCB_MAIL": address, "KSCB_MAIL_WITHOUT_TLS": "yes"}
        running = [begin(settings, "jobs", **mail) for _ in range(2)]
        try:
            begun = [process.stderr.readline() for process in running]
            assert until(lambda: len(peer.received) > 0)
            for process in running:
                process.send_signal(number)
            said = [process.communicate(timeout=60)[1] for process in running]
        finally:
            for process in running:
                process.kill()
    assert peer.subjects() == ["Waiting"]
    assert [process.returncode for process in running] == [0, 0]
    assert all("begun" in line for line in begun)
    assert all("Traceback" not in err for err in said)
    assert not Lease.select().exists()
