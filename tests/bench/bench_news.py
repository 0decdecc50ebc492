"""What the news of a morning costs, as a ratio to the bare SQL that reads and writes the same rows.

`python -m tests.bench.bench_news` fills a board of 20,000 actions with the news of a morning for 300 people,
prints the ratio with its target and exits 1 when it is missed. CPU time of one process; both do all of it in
one transaction, which is taken back after each turn; the median of several turns, both in each.
"""

import hashlib
import json
import sys
import tempfile
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Any

from kscb_actions import clock, create_app, database
from kscb_actions.actions.models import Action
from kscb_actions.chasing.news.models import News
from kscb_actions.chasing.news.service import NEWS_OF_THE_DAY
from kscb_actions.chasing.providers import Run
from kscb_actions.chasing.service import chase_together
from kscb_actions.config import read_settings
from kscb_actions.database import db, writing
from kscb_actions.people.models import Agency, User

from .bare import TODAY
from .filling import fill

ACTIONS, PEOPLE, EACH, TARGET, TURNS = 20_000, 300, 10, 3, 7
URL = "https://tracker.example"
UNTOLD = """
SELECT n.id, n.kind, n.at, a.number, r.reference, g.name, n.review_id, n.action_id FROM news n
JOIN action a ON a.id = n.action_id JOIN review r ON r.id = n.review_id JOIN agency g ON g.id = a.agency_id
WHERE n.person_id = ? AND n.told_at IS NULL AND n.seen_at IS NULL AND a.agency_id = ? AND (NOT r.is_restricted
OR EXISTS (SELECT 1 FROM named_person p WHERE p.review_id = r.id AND p.user_id = n.person_id)) ORDER BY n.id
"""
MESSAGE = """
INSERT INTO outbox_message (version, to_user_id, to_address, subject, body, message_id, is_secret, about,
state, queued_at, attempts, last_error) VALUES (1, ?, ?, ?, ?, ?, 0, '', 'queued', ?, 0, '')
"""
EVENT = """
INSERT INTO audit_event (at, actor_name, event, room, kind, object_id, review_id, changes, state, detail,
previous_hash, hash) VALUES (?, 'The system', ?, 'mail', ?, ?, ?, '{}', ?, '{}', ?, ?)
"""


class TakenBack(Exception):
    """Ends a turn, so that the next finds the same rows."""


def main() -> int:
    """Print the ratio; 1 when it misses the target."""
    with tempfile.TemporaryDirectory() as folder:
        create_app(read_settings({"KSCB_INSTANCE": folder, "KSCB_SECRET_KEY": "bench-only"}))
        database.migrate()
        with database.db.connection_context(), clock.at(TODAY):
            fill(ACTIONS, TODAY)
            fill_news()
            turns = [(timed(by_hand), timed(by_the_room)) for _ in range(TURNS)]
    ratio = median(own / bare for bare, own in turns)
    print(f"news of a morning for {PEOPLE} people, {EACH} each, over {ACTIONS:,} actions: ", end="")
    print(f"{median(own for _, own in turns):.2f} s")
    print(f"{ratio:5.2f} times the bare SQL (at most {TARGET})")
    return int(ratio > TARGET)


def fill_news() -> None:
    """Give each of many leads news of actions of theirs that follow one another, of one or two reviews."""
    agencies = [each.id for each in Agency.select().order_by(Agency.id)]
    with writing():
        for number in range(PEOPLE):
            agency = agencies[number % len(agencies)]
            person = User.create(
                email=f"told-{number}@board.example",
                name=f"Told {number}",
                agency=agency,
                roles="agency_lead",
            )
            first = 1 + number * (ACTIONS // PEOPLE)
            of_one = Action.id.between(first, first + EACH - 1)
            Action.update(agency=agency).where(of_one).execute()
            own = list(Action.select(Action.id, Action.review).where(of_one).tuples())
            rows = [
                {"person": person, "event_id": at, "kind": kind, "review": review, "action": action,
                 "at": clock.now() - timedelta(hours=at)}
                for at, (action, review) in enumerate(own)
                for kind in (("accepted", "new_action", "returned", "more_time")[at % 4],)
            ]  # fmt: skip
            News.insert_many(rows).execute()


def timed(work: Callable[[], None]) -> float:
    """Return the seconds of processor time that a turn takes."""
    before = time.process_time()
    try:
        with writing():
            work()
            raise TakenBack
    except TakenBack:
        return time.process_time() - before


def by_the_room() -> None:
    """Write the messages as the run of a morning does."""
    run = chase_together(Run((), (NEWS_OF_THE_DAY,)), TODAY, URL)
    assert len(run.messages) == PEOPLE


def by_hand() -> None:
    """Write the same rows with bare SQL: messages, what they are about, the trail, and what is told."""
    now, cursor = str(clock.now().replace(tzinfo=None)), db.connection().cursor()
    people = cursor.execute("SELECT id, email, agency_id FROM person WHERE email LIKE 'told-%'").fetchall()
    for person, email, agency in people:
        rows = cursor.execute(UNTOLD, (person, agency)).fetchall()
        lines = sorted(_line(*row[1:6]) for row in rows)
        key = f"<{uuid.uuid4().hex}@bare.example>"
        values = (person, email, f"{len(rows)} new", "\n".join(lines), key, now)
        message = cursor.execute(f"{MESSAGE} RETURNING id", values).fetchone()[0]
        write_event(cursor, now, "mail.queued", "outbox_message", message, None, values)
        for review, action in dict.fromkeys(row[6:8] for row in rows):
            about = (message, review, action)
            item = "INSERT INTO outbox_item (message_id, review_id, action_id) VALUES (?, ?, ?) RETURNING id"
            made = cursor.execute(item, about).fetchone()[0]
            write_event(cursor, now, "mail.item-named", "outbox_item", made, review, about)
        cursor.executemany("UPDATE news SET told_at = ? WHERE id = ?", [(now, row[0]) for row in rows])
    assert cursor.execute("SELECT COUNT(*) FROM outbox_message").fetchone()[0] == PEOPLE


def _line(kind: str, at: str, number: int, reference: str, agency: str) -> str:
    """Return the text of one piece of news, its day in London in words."""
    day = datetime.fromisoformat(at).replace(tzinfo=UTC).astimezone(clock.LONDON)
    link = f"{URL}/reviews/{reference}/actions/{number}"
    return f"{kind} {reference}/A{number}, {agency}, {day.day} {day:%B %Y}\n{link}"


def write_event(
    cursor: Any, at: str, event: str, kind: str, row: int, review: int | None, state: Any
) -> None:
    """Write an event of the trail, with the hash of what it says and of the event before it."""
    newest = cursor.execute("SELECT hash FROM audit_event ORDER BY id DESC LIMIT 1").fetchone()
    previous, said = newest[0] if newest else "0" * 64, json.dumps(state)
    own = hashlib.sha256(json.dumps([previous, at, event, kind, row, review, said]).encode()).hexdigest()
    cursor.execute(EVENT, (at, event, kind, row, review, said, previous, own))


if __name__ == "__main__":
    sys.exit(main())
