"""What comparing every row with the trail costs, as a ratio to reading the trail and verifying its chain.

Read is by an ordinary query; the comparison has a faster one of its own.

`python -m tests.bench.bench_check` fills a board with 100,000 events, prints the ratio with its target and
exits 1 when it is missed. CPU time of one process; the median of several turns, both in each.
"""

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from kscb_actions import clock, create_app, database, models
from kscb_actions.access.policy import SYSTEM
from kscb_actions.actions.models import Action, ProgressUpdate
from kscb_actions.audit.comparing import Comparison
from kscb_actions.audit.models import AuditEvent
from kscb_actions.audit.queries import every_event
from kscb_actions.audit.rules import first_break
from kscb_actions.audit.service import change
from kscb_actions.config import read_settings
from kscb_actions.mail.models import OutboxMessage
from tests.factories import TODAY, World

EVENTS, TARGET, TURNS = 100_000, 1.5, 5
NARRATIVE = "The procedure is agreed with all wards, and the audit of twenty records is under way. "


def main() -> int:
    """Print the ratio; 1 when it misses the target."""
    with tempfile.TemporaryDirectory() as folder:
        settings = read_settings({"KSCB_INSTANCE": folder, "KSCB_SECRET_KEY": "bench-only"})
        create_app(settings)
        database.migrate()
        with database.db.connection_context(), clock.at(TODAY):
            fill(World(Path(folder) / "evidence"))
            turns = [(timed(read), timed(compare)) for _ in range(TURNS)]
    read_in = median(turn[0] for turn in turns)
    ratio = median(both / alone for alone, both in turns)
    print(f"the trail of {EVENTS:,} events read and verified: {read_in:.2f} s; with every row compared:")
    print(f"{ratio:5.2f} times that (at most {TARGET})")
    return int(ratio > TARGET)


def fill(world: World) -> None:
    """Write progress and mail, five events a turn, until there are enough events."""
    actions = [world.action(TODAY) for _ in range(20)]
    turns = (EVENTS - AuditEvent.select().count()) // 5
    with change(SYSTEM) as tx:
        for number in range(turns):
            action: Action = actions[number % len(actions)]
            told = ProgressUpdate(
                review=action.review_id, action=action, progress="in_progress", narrative=NARRATIVE * 2,
                by=world.police_lead, at=clock.now(),
            )  # fmt: skip
            tx.add(told, "action.progress-told")
            tx.update(action, "action.updated")
            message = OutboxMessage(
                to_user=world.police_lead, to_address=world.police_lead.email, subject="Actions to update",
                body=NARRATIVE, message_id=f"<{number}@board.example>", queued_at=clock.now(),
            )  # fmt: skip
            tx.add(message, "mail.queued")
            for state in ("tried", "sent"):
                message.state, message.attempts = state, 1
                tx.update(message, f"mail.{state}")


def timed(work: Callable[[], None]) -> float:
    """Return the seconds of processor time that the work takes."""
    before = time.process_time()
    work()
    return time.process_time() - before


def read() -> None:
    """Read the trail and verify its chain."""
    assert first_break(AuditEvent.select().order_by(AuditEvent.id).dicts().iterator()) is None


def compare() -> None:
    """Do the same, and compare every row."""
    comparison = Comparison(models.ALL)
    assert first_break(comparison.adding_up(every_event())) is None
    assert list(comparison.differences()) == []


if __name__ == "__main__":
    sys.exit(main())
