"""What it costs to tell what changed between two days, beside one full read of the history it is told from.

`python -m tests.bench.bench_changes` fills a board of 20,000 actions with a trail of ten events for each,
lists what changed in the last 100 days, prints the ratio with its target and exits 1 when it is missed. The
read takes every row of the trail, with all its columns, and does nothing with them. CPU time of one process;
the median of several turns, both in each.
"""

import sys
import tempfile
from datetime import timedelta
from pathlib import Path
from statistics import median

from kscb_actions import clock, create_app
from kscb_actions.config import read_settings
from kscb_actions.database import db, writing
from kscb_actions.reports.progress.changed.queries import list_changed
from kscb_actions.reports.progress.first_page.figures import Figures
from kscb_actions.reports.progress.scope import ReportRequest, scope_of
from kscb_actions.settings.rules import Board

from .bench_month import AGAIN, seconds
from .bench_report import READER
from .filling_stories import TODAY, prepare

ACTIONS, EVENTS, TARGET, TURNS = 20_000, 10, 3, 5
SINCE = TODAY - timedelta(days=100)


def main() -> int:
    """Print the ratio; 1 when it misses the target."""
    with tempfile.TemporaryDirectory() as folder:
        create_app(read_settings({"KSCB_INSTANCE": folder, "KSCB_SECRET_KEY": "bench-only"}))
        prepare(Path(folder) / "changes.db", ACTIONS)
        with db.connection_context(), clock.at(TODAY):
            with writing():
                for number in range(1, EVENTS):
                    at = clock.start_of(TODAY - timedelta(days=200 - 20 * number))
                    db.execute_sql(AGAIN, (str(at.replace(tzinfo=None)),))
            turns = [(seconds(whole), seconds(changed)) for _ in range(TURNS)]
    ratio = median(own / least for least, own in turns)
    print(f"what changed between two days, {ACTIONS:,} actions with {EVENTS} events each: ", end="")
    print(f"{median(own for _, own in turns):.2f} s")
    print(f"{ratio:5.2f} times one full read of the trail (at most {TARGET})")
    return int(ratio > TARGET)


def whole() -> None:
    """Read every row of the trail."""
    for _ in db.execute_sql("SELECT * FROM audit_event"):
        pass


def changed() -> None:
    """List what changed, as every paper of it does."""
    scope = scope_of(READER, Board(), ReportRequest(since=SINCE), TODAY, from_trail=True)
    if not any(list_changed(scope, Figures.of(scope)).values()):
        raise RuntimeError("nothing changed, so that nothing was measured")


if __name__ == "__main__":
    sys.exit(main())
