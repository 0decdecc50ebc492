"""Fills a database with a board and the stories a report tells: updates, evidence, and the trail behind."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from kscb_actions import clock, database
from kscb_actions.actions.models import Action, ProgressUpdate
from kscb_actions.assurance.models import Evidence
from kscb_actions.audit.models import AuditEvent
from kscb_actions.audit.rules import canonical
from kscb_actions.database import db, writing
from kscb_actions.people.models import Agency, User
from kscb_actions.reviews.models import AgencyResponse, Recommendation, Review

from .filling import fill

TODAY = date(2012, 3, 31)
NARRATIVE = (
    "Two courses were held since the last meeting; {0} of 40 staff have been trained and the rest follow. "
    "A sample of {0} files was read with the named nurse, and the findings went to the team."
)


def prepare(path: Path, count: int) -> None:
    """Make a database of `count` actions, each with two updates, every third with evidence, and a trail."""
    database.connect_to(f"sqlite:///{path}")
    database.migrate()
    with db.connection_context():
        fill(count, TODAY)
        with writing():
            _insert(
                ProgressUpdate, (_update(number, turn) for number in range(1, count + 1) for turn in (1, 2))
            )
            _insert(Evidence, (_evidence(number) for number in range(1, count + 1, 3)))
        for model in (Agency, User, Review, Recommendation, AgencyResponse, Action):
            with writing():
                _insert(AuditEvent, (_event(row) for row in model.select().iterator()))


def _update(number: int, turn: int) -> dict[str, Any]:
    return {
        "review": 1 + (number - 1) // 20,
        "action": number,
        "progress": "in_progress",
        "narrative": NARRATIVE.format(number % 40),
        "by": 4,
        "at": datetime(2011, 6 * turn, 1, 9, 0),  # noqa: DTZ001 – kept as naive UTC
    }


def _evidence(number: int) -> dict[str, Any]:
    return {
        "review": 1 + (number - 1) // 20,
        "action": number,
        "kind": "audit",
        "dated_on": date(2011, 12, 1),
        "description": "An audit of twenty records; the plan was followed in nine of ten.",
        "added_by": 4,
        "added_at": datetime(2011, 12, 2, 9, 0),  # noqa: DTZ001 – kept as naive UTC
    }


def _event(row: Any) -> dict[str, Any]:
    state = row.state_of_event()
    kind = row._meta.table_name
    return {
        "at": clock.start_of(TODAY - timedelta(days=200)),
        "actor_name": "Bench",
        "event": f"{kind}.added",
        "room": "bench",
        "kind": kind,
        "object_id": row.id,
        "review_id": row.id if kind == "review" else state.get("review_id"),
        "action_id": row.id if kind == "action" else None,
        "state": canonical(state),
        "previous_hash": "0",
        "hash": "0",
    }


def _insert(model: Any, rows: Iterator[dict[str, Any]]) -> None:
    batch: list[dict[str, Any]] = []
    for row in rows:
        batch.append(row)
        if len(batch) == 400:
            model.insert_many(batch).execute()
            batch.clear()
    if batch:
        model.insert_many(batch).execute()
