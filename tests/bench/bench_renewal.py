"""What it costs to write a morning's digests anew before they go, beside writing them, and its memory.

`python -m tests.bench.bench_renewal` fills a board of 20,000 open actions with 300 leads, as the bench of the
reminders does, writes their digests, and has each claimed as delivery claims it, on the next day, so that
every text is written anew, and a tenth of the actions is taken out, for they are on hold by then; nothing is
sent. It prints the CPU time, as a ratio to that of writing the digests, and what memory the renewal takes for
half of the board and for all of it; it exits 1 when a target is missed. CPU time of one process; each size in
a process of its own.
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from datetime import timedelta

from kscb_actions import clock, create_app, database
from kscb_actions.actions.models import Action
from kscb_actions.chasing.actions.provider import OPEN_ACTIONS
from kscb_actions.chasing.anew import Renewal
from kscb_actions.chasing.models import TakenOut
from kscb_actions.chasing.service import chase
from kscb_actions.config import read_settings
from kscb_actions.database import writing
from kscb_actions.mail.models import OutboxMessage
from kscb_actions.mail.rules import State

from .bare import TODAY
from .bench_chase import ACTIONS, PEOPLE, open_all
from .bench_news import URL
from .filling import fill

# Writing a text anew costs no more than writing it; memory may grow by what waits, read once for a run.
TARGET, BYTES_AN_ACTION = 3, 8 * 1024
TOMORROW = TODAY + timedelta(days=1)


def main() -> int:
    """Print the figures; 1 when a target is missed."""
    half, whole = (measured_apart(count) for count in (ACTIONS // 2, ACTIONS))
    ratio = whole["renewed"] / whole["written"]
    growth = whole["grown"] / ACTIONS
    print(f"{PEOPLE} digests of {ACTIONS:,} open actions written anew: {whole['renewed']:.2f} s, ", end="")
    print(f"{ratio:.2f} times writing them (at most {TARGET})")
    sizes = f"{half['grown'] / 2**20:.0f} MiB for half of them, {whole['grown'] / 2**20:.0f} MiB for all"
    print(f"memory: {sizes}, {growth / 1024:.1f} KiB an action (at most {BYTES_AN_ACTION // 1024})")
    return int(ratio > TARGET or growth > BYTES_AN_ACTION)


def measured_apart(count: int) -> dict[str, float]:
    """Measure a board of so many actions in a process of its own."""
    command = [sys.executable, "-m", "tests.bench.bench_renewal", str(count)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def measured(count: int) -> dict[str, float]:
    """Return the seconds that writing and renewing take, and by how many bytes the process grows."""
    with tempfile.TemporaryDirectory() as folder:
        create_app(read_settings({"KSCB_INSTANCE": folder, "KSCB_SECRET_KEY": "bench-only"}))
        database.migrate()
        with database.db.connection_context(), clock.at(TODAY):
            fill(count, TODAY)
            open_all()
            begun = time.process_time()
            chase(OPEN_ACTIONS, TODAY, URL)
            written = time.process_time() - begun
            with writing():
                Action.update(standing="on_hold").where(Action.id << range(10, count + 1, 10)).execute()
        with database.db.connection_context(), clock.at(TOMORROW):
            ids = [row.id for row in OutboxMessage.select(OutboxMessage.id).order_by(OutboxMessage.id)]
            before, begun = peak(), time.process_time()
            assert renew(ids) == len(ids) > 0
            found = {"written": written, "renewed": time.process_time() - begun, "grown": peak() - before}
            assert TakenOut.select().where(TakenOut.kind == "chase").count() == count // 10
            return found


def renew(ids: list[int]) -> int:
    """Write each of these messages anew, as a run of delivery does; returns how many have other words."""
    renewal, changed = Renewal(), 0
    for message_id in ids:
        with writing():
            message = OutboxMessage.get(OutboxMessage.id == message_id, OutboxMessage.state == State.QUEUED)
            words = renewal.words(renewal.gathered(message), URL)
            changed += words is not None and words.body != message.body
    return changed


def peak() -> int:
    """Return the most memory that this process has had, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(measured(int(sys.argv[1]))))
    else:
        sys.exit(main())
