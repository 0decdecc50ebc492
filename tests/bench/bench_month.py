"""What a month in numbers costs, beside bare SQL that counts the same states from the same trail.

`python -m tests.bench.bench_month` fills a board of 20,000 actions with a trail of five events for each,
makes the month's picture of the whole board and of each agency, prints the ratio with its target and exits 1
when it is missed. Bare is two SELECTs that count the actions of each agency by rating, roughly: from the rows
of today, and from the last event of each by the end of the month before. What the picture does beside (the
rules of rating and of whose turn it is, corrections, restricted reviews, challenges, the texts) is what the
ratio measures. CPU time of one process; the median of several turns, both in each.
"""

import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from statistics import median

from kscb_actions import clock, create_app, database
from kscb_actions.config import read_settings
from kscb_actions.database import db, writing
from kscb_actions.reports.pictures.month import MONTH_IN_NUMBERS
from kscb_actions.reports.pictures.rules import Month

from .filling_stories import TODAY, prepare

ACTIONS, EVENTS, TARGET, TURNS = 20_000, 5, 5, 5
URL = "https://tracker.example"
ON = TODAY + timedelta(days=2)
# As the rule of rating, without the turns and the days of silence that lie in the trail.
RATED = """
SUM(standing IN ('superseded', 'withdrawn', 'on_hold')), SUM(assurance = 'accepted'),
SUM(standing = 'active' AND assurance NOT IN ('submitted', 'accepted') AND current_due_on < ?),
SUM(standing = 'active' AND progress = 'cannot_be_done'), SUM(assurance = 'returned'),
SUM(assurance = 'submitted'), SUM(current_due_on IS NULL), SUM(extension_count > 1)
"""
NOW = f"SELECT agency_id, {RATED} FROM action GROUP BY agency_id"
FIELDS = ("agency_id", "standing", "assurance", "progress", "current_due_on", "extension_count")
THEN = f"""
SELECT agency_id, {RATED}
FROM (
  SELECT {", ".join(f"json_extract(state, '$.{name}') {name}" for name in FIELDS)} FROM audit_event
  WHERE id IN (SELECT MAX(id) FROM audit_event WHERE kind = 'action' AND at < ? GROUP BY object_id)
)
GROUP BY agency_id
"""
# Each event again on a later day, as updates and decisions keep the whole state of an action.
AGAIN = """
INSERT INTO audit_event (at, actor_name, event, room, kind, object_id, review_id, action_id, changes, state,
detail, previous_hash, hash)
SELECT ?, actor_name, 'action.changed', room, kind, object_id, review_id, action_id, changes, state,
detail, '0', '0' FROM audit_event WHERE kind = 'action' AND event = 'action.added' ORDER BY id
"""


def main() -> int:
    """Print the ratio; 1 when it misses the target."""
    with tempfile.TemporaryDirectory() as folder:
        create_app(read_settings({"KSCB_INSTANCE": folder, "KSCB_SECRET_KEY": "bench-only"}))
        prepare(Path(folder) / "month.db", ACTIONS)
        with db.connection_context(), clock.at(ON):
            with writing():
                for number in range(1, EVENTS):
                    at = clock.start_of(TODAY - timedelta(days=200 - 40 * number))
                    db.execute_sql(AGAIN, (str(at.replace(tzinfo=None)),))
            turns = [(seconds(bare), seconds(picture)) for _ in range(TURNS)]
    ratio = median(own / least for least, own in turns)
    print(f"a month in numbers of {ACTIONS:,} actions with {EVENTS} events each: ", end="")
    print(f"{median(own for _, own in turns):.2f} s")
    print(f"{ratio:5.2f} times the bare SQL (at most {TARGET})")
    return int(ratio > TARGET)


def seconds(work: Callable[[], None]) -> float:
    """Return the seconds of processor time that a turn takes."""
    before = time.process_time()
    with database.reading():
        work()
    return time.process_time() - before


def picture() -> None:
    """Make the parts of the digests, as the run of a morning does."""
    assert len(MONTH_IN_NUMBERS.parts(ON, URL)) > 1


def bare() -> None:
    """Count the same from the rows and from the trail."""
    cursor, last = db.connection().cursor(), Month.before(ON).previous.days[1]
    before = str(clock.start_of(last + timedelta(days=1)).replace(tzinfo=None))
    now = cursor.execute(NOW, (str(ON),)).fetchall()
    then = cursor.execute(THEN, (str(last), before)).fetchall()
    assert len(now) == len(then) > 1


if __name__ == "__main__":
    sys.exit(main())
