"""Processes that do the jobs of a board as they are told, and die where they are told, or are killed.

This module is also their program. It loads the application once and forks a process for each line it reads:
a folder with two pipes, by which that one takes orders and answers, in JSON. An order says at which instant,
by whatever clock, on which database and to which mail server.
"""

import json
import os
import signal
import smtplib
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from dataclasses import replace as replaced
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from kscb_actions.config import Settings

DYING = ("dies after sending", "loses", "renames")
ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Order:
    """What a process is to do.

    at      what its clock shows, as ISO text
    port    where the mail server listens
    jobs    the names of jobs, in order
    die_at  the step before which it kills itself; 0: it lives
    fault   a fault that is planted in it; "" for none
    """

    database: str
    at: str
    port: int
    jobs: tuple[str, ...] = ("chase", "deliver")
    die_at: int = 0
    fault: str = ""


class Worker:
    """A process that takes orders."""

    def __init__(self, forking: "subprocess.Popen[str]", folder: Path) -> None:
        folder.mkdir()
        for name in ("orders", "answers"):
            os.mkfifo(folder / name)
        assert forking.stdin
        forking.stdin.write(f"{folder}\n")
        forking.stdin.flush()
        self._orders = (folder / "orders").open("w")
        self._answers = (folder / "answers").open()
        self.pid = int(self._answers.readline())

    def begin(self, order: Order) -> None:
        """Give an order, and do not wait."""
        self._orders.write(json.dumps(asdict(order)) + "\n")
        self._orders.flush()

    def answer(self) -> dict[str, Any] | None:
        """Wait for what it answers; None where it died."""
        line = self._answers.readline()
        return json.loads(line) if line else None

    def does(self, order: Order) -> dict[str, Any] | None:
        """Give an order and wait for the answer."""
        self.begin(order)
        return self.answer()

    def kill(self) -> None:
        """Kill it, as a power cut would."""
        os.kill(self.pid, signal.SIGKILL)

    def end(self) -> None:
        """Let it end."""
        self._answers.close()
        with suppress(BrokenPipeError):
            self._orders.close()


@dataclass
class Forking:
    """Makes workers."""

    process: "subprocess.Popen[str]"
    folder: Path
    made: list[Worker] = field(default_factory=list)

    def worker(self) -> Worker:
        """Return a new process."""
        self.made.append(Worker(self.process, self.folder / str(len(self.made))))
        return self.made[-1]


@contextmanager
def forking(settings: Settings, folder: Path) -> Iterator[Forking]:
    """Yield what makes workers; none of them outlives the block."""
    folder.mkdir()
    kept = {name: value for name, value in os.environ.items() if not name.startswith("KSCB_")}
    own = {"KSCB_INSTANCE": str(settings.instance), "KSCB_SECRET_KEY": settings.secret}
    with subprocess.Popen(
        [sys.executable, "-m", "tests.jobs.forked"],
        cwd=ROOT,
        env={**kept, **own, "KSCB_DATABASE": settings.database},
        stdin=subprocess.PIPE,
        text=True,
    ) as process:
        found = Forking(process, folder)
        try:
            yield found
        finally:
            for worker in found.made:
                worker.end()


class Steps:
    """The steps of a process: each statement to the database, each word to the mail server and from it."""

    def __init__(self) -> None:
        self.made: list[str] = []
        self.die_at = 0

    def step(self, kind: str) -> None:
        """Count a step, or die before it."""
        self.made.append(kind)
        if len(self.made) == self.die_at:
            os.kill(os.getpid(), signal.SIGKILL)

    def watch(self, owner: Any, name: str, kind: str) -> None:
        """Count each call of a method, before it is made and after."""
        original = getattr(owner, name)

        def watched(*arguments: Any, **named: Any) -> Any:
            self.step(f"before {kind}")
            result = original(*arguments, **named)
            self.step(f"after {kind}")
            return result

        setattr(owner, name, watched)


def main() -> None:
    """Fork a process for each folder that is named on standard input."""
    from kscb_actions import create_app, sqlite

    # A process that is killed leaves to the system what it has written: only a power cut would take it.
    sqlite.PRAGMAS["synchronous"] = "off"
    app = create_app()
    # Nobody waits for them: their pipes tell when they have ended.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        if os.fork() == 0:
            try:
                _obey(app.config["SETTINGS"], Path(line.strip()))
            finally:
                os._exit(0)


def _obey(settings: Settings, folder: Path) -> None:
    from kscb_actions.database import Guarded

    steps = Steps()
    steps.watch(Guarded, "execute_sql", "statement")
    steps.watch(smtplib.SMTP, "send", "word")
    steps.watch(smtplib.SMTP, "getreply", "reply")
    with (folder / "orders").open() as orders, (folder / "answers").open("w", buffering=1) as answers:
        print(os.getpid(), file=answers)
        jobs = None
        for line in orders:
            order = Order(**json.loads(line))
            own = replaced(
                settings,
                database=order.database,
                mail=f"smtp://127.0.0.1:{order.port}",
                mail_without_tls=True,
                mail_from="tracker@board.example",
            )
            jobs = jobs or _jobs(own)
            jobs.worked.clear()
            steps.made, steps.die_at = [], order.die_at
            told = _do(jobs, order)
            print(json.dumps({**told, "worked": jobs.worked, "steps": steps.made}), file=answers)


def _jobs(settings: Settings) -> Any:
    from kscb_actions.jobs.scheduler import Jobs

    class Watched(Jobs):
        """Jobs that tell what was done as the leader."""

        worked: list[str]

        def _as_leader(self, name: str, work: Callable[[], object]) -> bool:
            def told() -> object:
                self.worked.append(name)
                return work()

            return super()._as_leader(name, told)

        def save(self) -> None:
            """Save what a lead writes, as a page does."""
            from kscb_actions import clock, database
            from kscb_actions.actions.models import Action
            from kscb_actions.actions.service import update_progress
            from kscb_actions.audit.service import StaleEdit
            from kscb_actions.people.models import User

            with database.db.connection_context(), suppress(StaleEdit):
                lead = User.get(User.name == "Police lead").viewer
                action = Action.get(Action.lead == lead.id)
                update_progress(lead, action, "in_progress", f"At {clock.now()} by {self.holder}.")

    jobs = Watched(settings)
    jobs.worked = []
    return jobs


def _do(jobs: Any, order: Order) -> dict[str, Any]:
    from kscb_actions import clock, database
    from kscb_actions.mail.models import OutboxMessage
    from kscb_actions.mail.rules import State

    at = datetime.fromisoformat(order.at).astimezone(UTC)
    clock.real_now = lambda: at
    _plant(order.fault)
    database.connect_to(order.database)
    with clock.at(at):
        for name in order.jobs:
            getattr(jobs, name)()
        with database.db.connection_context():
            waits = OutboxMessage.select().where(OutboxMessage.state == State.QUEUED).count()
    return {"waits": waits}


def _plant(fault: str) -> None:
    """Let the process lead always; or die when it has sent a message, as it is, under a new name at each try,
    or not at all, having settled it.
    """
    from kscb_actions.jobs import scheduler
    from kscb_actions.mail import delivery
    from kscb_actions.mail.models import OutboxMessage
    from kscb_actions.mail.rules import State

    if fault == "leads always":
        scheduler.acquire_lease = lambda *_: True
    if fault not in DYING:
        return
    send = delivery.MailServer.send

    def faulty(server: Any, message: OutboxMessage) -> None:
        if fault == "loses":
            delivery._settle(message.id, "mail.sent", State.SENT)
        else:
            if fault == "renames":
                message.message_id = f"<{os.getpid()}.{message.id}@tracker.invalid>"
            send(server, message)
        os.kill(os.getpid(), signal.SIGKILL)

    delivery.MailServer.send = faulty  # type: ignore[method-assign]


if __name__ == "__main__":
    main()
