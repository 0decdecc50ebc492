"""The state of things as at a day: from the rows today, from the audit trail for a day that is past.

Both come as one shape, so that every query of a report is written once and cannot tell them apart.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any

import peewee

from kscb_actions import clock
from kscb_actions.actions.milestones.models import Milestone
from kscb_actions.actions.milestones.rules import MilestoneFacts
from kscb_actions.actions.models import NAMES, JointOwner
from kscb_actions.actions.moves import NAMES as MOVE_NAMES
from kscb_actions.actions.moves import moves_of_row
from kscb_actions.actions.turn import RatingFacts
from kscb_actions.audit.models import AuditEvent
from kscb_actions.database import Model, db, is_sqlite
from kscb_actions.reviews.queries import EVERYTHING, NOTHING

# The state is kept as JSON, of which PostgreSQL gives texts and SQLite values: these are cast back.
_KINDS_IN_POSTGRES = {"INT": "integer", "AUTO": "integer", "DATE": "date", "BOOL": "boolean"}


@dataclass(frozen=True)
class Moment:
    """The end of a day. `is_past`: what was true then is in the trail; otherwise the rows say it."""

    as_at: date
    is_past: bool

    @property
    def before(self) -> datetime:
        """Return the instant that ends the day."""
        return end_of(self.as_at)


@dataclass(frozen=True)
class Reviews:
    """Some of the reviews: `ids` of them and, where it is known, `others`: the ids of all the rest."""

    ids: Sequence[int]
    others: Sequence[int] | None = None

    def have(self, column: Any) -> Any:
        """Return the condition that a column, never NULL, holds one of them; put in the fewer ids."""
        if self.others is None or len(self.others) > len(self.ids):
            return among(column, self.ids)
        return ~among(column, self.others) if self.others else EVERYTHING


def end_of(day: date) -> datetime:
    """Return the UTC instant at which a day of Europe/London is over."""
    return clock.start_of(day + timedelta(days=1))


def state_at(model: type[Model], moment: Moment, names: Sequence[str], reviews: Reviews | None = None) -> Any:
    """Return the named fields of every row of `model` as at a moment, as a table to select from: `.c.text`.

    `reviews` keeps those that belong to these, or are them. For tables whose rows stay for good.
    """
    fields = [model._meta.fields[name] for name in names]
    if not moment.is_past:
        query = model.select(*(field.alias(field.column_name) for field in fields))
        if reviews is not None:
            query = query.where(reviews.have(model._meta.fields.get("review", model._meta.primary_key)))
        return query.alias("state")
    known = (AuditEvent.kind == model._meta.table_name) & (AuditEvent.at < moment.before)
    if reviews is not None:
        known = known & among(AuditEvent.review_id, reviews.ids)
    latest = AuditEvent.select(peewee.fn.MAX(AuditEvent.id)).where(known).group_by(AuditEvent.object_id)
    columns = [_kept(field).alias(field.column_name) for field in fields]
    return AuditEvent.select(*columns).where(AuditEvent.id.in_(latest)).alias("state")


def value_at(model: Any, moment: Moment, name: str) -> Any:
    """Return, as SQL, a field of the row of `model` that a query reads, as it was at a moment."""
    field = model._meta.fields[name]
    if not moment.is_past:
        return field
    return (
        AuditEvent.select(_kept(field))
        .where(
            AuditEvent.kind == model._meta.table_name,
            AuditEvent.object_id == model.id,
            AuditEvent.at < moment.before,
        )
        .order_by(AuditEvent.id.desc())
        .limit(1)
    )


def among(column: Any, ids: Sequence[int]) -> Any:
    """Return the condition that a column holds one of these ids, which the database gave.

    Written into the statement: a thousand parameters take longer to bind than the query takes.
    """
    numbers = ", ".join(str(int(each)) for each in ids)
    return column.in_(peewee.SQL(f"({numbers})")) if numbers else NOTHING


def _kept(field: Any) -> Any:
    """Return a field's value in the state that an event keeps as JSON."""
    if is_sqlite():
        return peewee.fn.json_extract(AuditEvent.state, f"$.{field.column_name}")
    value = peewee.fn.json_extract_path_text(AuditEvent.state.cast("json"), field.column_name)
    kind = _KINDS_IN_POSTGRES.get(field.field_type)
    return value.cast(kind) if kind else value


def rows_of(state: Any) -> peewee.Select:
    """Return every row and column of a table that `state_at` made, to be ordered and read."""
    return peewee.Select([state], [peewee.SQL("*")])


def read(query: Any) -> Iterator[dict[str, Any]]:
    """Yield the rows of a query one by one, as the database gives them.

    Nothing is kept and no row becomes a model, so that memory does not grow with the rows.
    """
    cursor = db.execute(query)
    names: list[str] = []
    for row in cursor:
        # Where there is no row, SQLite has no description either.
        names = names or [column[0] for column in cursor.description]
        yield dict(zip(names, row, strict=True))


@lru_cache(maxsize=8192)
def as_day(value: str | date | None) -> date | None:
    """Return a date as the database gives it: ISO text from SQLite."""
    return date.fromisoformat(value) if isinstance(value, str) else value


def day_of(value: str | datetime) -> date:
    """Return the Europe/London day of an instant as the database gives it: naive UTC, as text from SQLite."""
    instant = datetime.fromisoformat(value) if isinstance(value, str) else value
    return clock.local_date(instant.replace(tzinfo=UTC))


def facts_of_row(row: Mapping[str, Any]) -> RatingFacts:
    """Return what rating needs to know, from a row of actions and of what their history says."""
    values = {name: row[name] for name in NAMES}
    for name in ("updated_on", "original_due_on", "current_due_on", "reported_done_on"):
        values[name] = as_day(values[name])
    return RatingFacts(**values, moves=moves_of_row(row[name] for name in MOVE_NAMES))


@dataclass(frozen=True)
class Beside:
    """What a report tells of actions beside their rows, as at its day, of those that have any.

    joint       {action id: names of the agencies that share it, as they were called then}
    milestones  {action id: its milestones that were neither done nor withdrawn}
    """

    joint: Mapping[int, Sequence[str]]
    milestones: Mapping[int, Sequence[MilestoneFacts]]


def beside_of(moment: Moment, reviews: Reviews, agencies: Mapping[int, str]) -> Beside:
    """Return what stands beside the actions of these reviews; `agencies` is {id: name}. Two queries."""
    return Beside(_joint(moment, reviews, agencies), _milestones(moment, reviews))


def _joint(moment: Moment, reviews: Reviews, agencies: Mapping[int, str]) -> dict[int, list[str]]:
    since, until = JointOwner.started_at, JointOwner.ended_at
    then = (since < moment.before) & (until.is_null() | (until >= moment.before))
    query = JointOwner.select(JointOwner.action, JointOwner.agency).where(
        then, reviews.have(JointOwner.review)
    )
    found: dict[int, list[str]] = {}
    for row in read(query):
        found.setdefault(row["action_id"], []).append(agencies[row["agency_id"]])
    return {key: sorted(names, key=str.casefold) for key, names in found.items()}


def _milestones(moment: Moment, reviews: Reviews) -> dict[int, list[MilestoneFacts]]:
    names = ("id", "action", "text", "due_on", "done_on", "withdrawn_at")
    then = state_at(Milestone, moment, names, reviews)
    columns = [then.c.action_id, then.c.text, then.c.due_on]
    query = peewee.Select([then], columns).where(then.c.done_on.is_null(), then.c.withdrawn_at.is_null())
    found: dict[int, list[MilestoneFacts]] = {}
    for row in read(query):
        found.setdefault(row["action_id"], []).append(MilestoneFacts(row["text"], as_day(row["due_on"])))
    return found
