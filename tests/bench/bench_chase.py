"""What the reminders of a morning cost, beside bare SQL for what is due and the writing of the messages.

`python -m tests.bench.bench_chase` fills a board of 20,000 open actions with 300 leads, on the first morning
on which any of them is reminded: each action stands on one of 10 rungs. It prints two ratios and exits 1 when
the first misses its target. Bare is one SELECT of the same actions, and the same messages put in the outbox,
with their entries in the trail; what the run does beside (asking whose turn it is, the ladder, who is told,
and the rows of what was chased) is what the ratio measures. The second, not judged, is against the same rows
written by the driver alone. CPU time of one process, in one transaction, which is taken back after each turn;
the median of several turns, all three in each. What is loaded by then is set aside, as serving does before it
starts the jobs: else one turn or the other pays for a look at all of it.
"""

import gc
import json
import sys
import tempfile
import uuid
from datetime import timedelta
from statistics import median
from typing import Any

from kscb_actions import clock, create_app, database
from kscb_actions.access.policy import SYSTEM
from kscb_actions.actions.models import Action, Extension
from kscb_actions.audit.service import change
from kscb_actions.chasing.actions.provider import OPEN_ACTIONS
from kscb_actions.chasing.actions.rules import ACTIONS as LADDER
from kscb_actions.chasing.ladder.models import LadderVersion
from kscb_actions.chasing.ladder.rules import Ladder, Recipient, Rung
from kscb_actions.chasing.service import chase
from kscb_actions.config import read_settings
from kscb_actions.database import db, writing
from kscb_actions.mail.rules import About
from kscb_actions.mail.service import queue
from kscb_actions.people.models import Agency, User

from .bare import TODAY
from .bench_news import MESSAGE, URL, timed, write_event
from .filling import fill

ACTIONS, PEOPLE, RUNGS, TARGET, TURNS = 20_000, 300, 10, 3, 5
DUE = """
SELECT a.id, a.review_id, r.reference, a.number, a.current_due_on, a.lead_id FROM action a
JOIN review r ON r.id = a.review_id
WHERE a.standing = 'active' AND a.assurance NOT IN ('submitted', 'accepted') AND a.progress <>
'cannot_be_done' AND a.current_due_on <= ? AND a.lead_id IS NOT NULL
AND NOT EXISTS (SELECT 1 FROM chase c WHERE c.action_id = a.id)
AND a.id NOT IN (SELECT x.action_id FROM extension x WHERE x.state = 'asked')
ORDER BY a.current_due_on, r.reference, a.number
"""
CHASE = """
INSERT INTO chase (review_id, action_id, stage, due_on, chased_on, repeat, message_id, subject)
VALUES (?, ?, ?, ?, ?, 0, ?, 'actions') RETURNING id
"""
ITEM = "INSERT INTO outbox_item (message_id, review_id, action_id) VALUES (?, ?, ?) RETURNING id"


def main() -> int:
    """Print the ratio; 1 when it misses the target."""
    with tempfile.TemporaryDirectory() as folder:
        create_app(read_settings({"KSCB_INSTANCE": folder, "KSCB_SECRET_KEY": "bench-only"}))
        database.migrate()
        with database.db.connection_context(), clock.at(TODAY):
            fill(ACTIONS, TODAY)
            open_all()
            gc.collect()
            gc.freeze()
            turns = [(timed(bare), timed(by_the_room), timed(by_the_driver)) for _ in range(TURNS)]
    ratio = median(own / least for least, own, _ in turns)
    print(f"reminders of {ACTIONS:,} open actions to {PEOPLE} people on {RUNGS} rungs: ", end="")
    print(f"{median(own for _, own, _ in turns):.2f} s")
    print(f"{ratio:5.2f} times the bare SQL and the same messages (at most {TARGET})")
    print(f"{median(own / driver for _, own, driver in turns):5.2f} times the driver alone")
    return int(ratio > TARGET)


def open_all(count: int = ACTIONS) -> None:
    """Make every action open, due on a past day, and led by one of many leads; keep a long ladder."""
    agencies = [each.id for each in Agency.select().order_by(Agency.id)]
    rungs = [Rung(7 * number - 14, (Recipient.LEAD,)) for number in range(RUNGS)]
    last = Rung(7 * RUNGS - 14, (Recipient.LEAD,), every=28)
    with writing():
        Extension.delete().execute()
        LadderVersion.create(
            subject=LADDER.code,
            number=1,
            rungs=json.dumps(Ladder((*rungs[:-1], last)).facts()),
            kept_at=clock.now(),
        )
        for number in range(PEOPLE):
            agency = agencies[number % len(agencies)]
            lead = User.create(
                email=f"lead-{number}@board.example",
                name=f"Lead {number}",
                agency=agency,
                roles="agency_lead",
            )
            own = Action.id.between(number * count // PEOPLE + 1, (number + 1) * count // PEOPLE)
            Action.update(
                agency=agency,
                lead=lead,
                standing="active",
                progress="in_progress",
                assurance="none",
                current_due_on=TODAY - timedelta(days=number % 100),
            ).where(own).execute()


def by_the_room() -> None:
    """Write the reminders as the run of a morning does."""
    run = chase(OPEN_ACTIONS, TODAY, URL)
    assert len(run.messages) == PEOPLE and sum(len(each.items) for each in run.messages) == ACTIONS


def due_by_lead(cursor: Any) -> dict[int, list[tuple]]:
    """Return {lead: the actions that are due}, by one SELECT."""
    of_lead: dict[int, list[tuple]] = {}
    for row in cursor.execute(DUE, (str(TODAY + timedelta(days=14)),)).fetchall():
        of_lead.setdefault(row[5], []).append(row)
    return of_lead


def text_of(rows: list[tuple]) -> str:
    """Return the text of a message about these."""
    lines = [f"{row[2]}/A{row[3]}\ndue {row[4]}\n{URL}/reviews/{row[2]}/actions/{row[3]}" for row in rows]
    return "\n\n".join(lines)


def bare() -> None:
    """Select what is due, and put the messages in the outbox."""
    people = {person.id: person for person in User.select()}
    with change(SYSTEM) as tx:
        for lead, rows in due_by_lead(db.connection().cursor()).items():
            about = [About(row[1], row[0]) for row in rows]
            queue(tx, people[lead], f"{len(rows)} due", text_of(rows), about)


def by_the_driver() -> None:
    """Write the same rows without the product: messages, what they are about, what was chased, the trail."""
    now, cursor = str(clock.now().replace(tzinfo=None)), db.connection().cursor()
    of_lead = due_by_lead(cursor)
    addresses = dict(cursor.execute("SELECT id, email FROM person").fetchall())
    for lead, rows in of_lead.items():
        key = f"<{uuid.uuid4().hex}@bare.example>"
        values = (lead, addresses[lead], f"{len(rows)} due", text_of(rows), key, now)
        message = cursor.execute(f"{MESSAGE} RETURNING id", values).fetchone()[0]
        write_event(cursor, now, "mail.queued", "outbox_message", message, None, values)
        for action, review, _, _, due_on, _ in rows:
            item = (message, review, action)
            made = cursor.execute(ITEM, item).fetchone()[0]
            write_event(cursor, now, "mail.item-named", "outbox_item", made, review, item)
            reminder = (review, action, 0, due_on, str(TODAY), message)
            made = cursor.execute(CHASE, reminder).fetchone()[0]
            write_event(cursor, now, "action.chased", "chase", made, review, reminder)
    assert cursor.execute("SELECT COUNT(*) FROM chase").fetchone()[0] == ACTIONS


if __name__ == "__main__":
    sys.exit(main())
