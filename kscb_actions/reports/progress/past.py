"""The state of things as at a day: from the rows today, from the audit trail for a day that is past.

Both come as one shape, so that every query of a report is written once and cannot tell them apart.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from typing import Any

import peewee

from kscb_actions import clock
from kscb_actions.actions.milestones.models import Milestone
from kscb_actions.actions.milestones.rules import MilestoneFacts
from kscb_actions.actions.models import NAMES, Action, JointOwner
from kscb_actions.actions.moves import NAMES as MOVE_NAMES
from kscb_actions.actions.moves import moves_of_row
from kscb_actions.actions.narrowing import void_actions
from kscb_actions.actions.rules import AGENCY_CORRECTED, DATE_CORRECTED, ENTRY_VOIDED, PAST_ENTERED
from kscb_actions.actions.turn import RatingFacts
from kscb_actions.assurance.correcting.rules import GROUP_OF_DATE
from kscb_actions.assurance.voiding.entries.rules import ENTRY_OF_FIELD
from kscb_actions.audit.models import AuditEvent
from kscb_actions.database import Model, Written, db, in_json, is_sqlite
from kscb_actions.prepared import as_day
from kscb_actions.reviews.endings import Ending, ending_of
from kscb_actions.reviews.models import AgencyResponse, Recommendation, Review, StageReached
from kscb_actions.reviews.numbering import Numbered, in_reading_order, label_of
from kscb_actions.reviews.queries import EVERYTHING, NOTHING, stage_stands, void_recommendations

# The state is kept as JSON, of which PostgreSQL gives texts and SQLite values: these are cast back.
_KINDS_IN_POSTGRES = {"INT": "integer", "AUTO": "integer", "DATE": "date", "BOOL": "boolean"}
NUMBERED_BY = ("id", "review", "number", "published_number", "heading", "is_key", "withdrawn_on", "ending")


@dataclass(frozen=True)
class Moment:
    """The end of a day. `is_past`: what was true then is in the trail; otherwise the rows say it.

    has_earlier  earlier records may have been entered for actions that were there already; without any, what
                 they say is not asked for, which takes a third of a small paper's time
    """

    as_at: date
    is_past: bool
    has_earlier: bool = True

    @property
    def before(self) -> datetime:
        """Return the instant that ends the day."""
        return end_of(self.as_at)

    @property
    def day(self) -> Any:
        """Return the day as the trail keeps days."""
        return self.as_at.isoformat()


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

    `reviews` keeps those that belong to these, or are them. What was recorded by mistake is in it on no day,
    and an action has, on each day before its agency was put right, the right one.
    """
    if not moment.is_past:
        fields = [model._meta.fields[name] for name in names]
        query = model.select(*(field.alias(field.column_name) for field in fields))
        if reviews is not None:
            query = query.where(reviews.have(model._meta.fields.get("review", model._meta.primary_key)))
        return query.where(_is_kept(model, model.id, is_past=False)).alias("state")
    of: Any = model
    is_of_reviews, has_earlier = reviews is not None, moment.has_earlier
    text, bound = states_written(type(db.obj).__name__, of, tuple(names), is_of_reviews, has_earlier)
    if reviews is not None:
        text = text.replace(_IDS, f"({', '.join(str(int(each)) for each in reviews.ids) or 'NULL'})")
    values = {_BEFORE: moment.before.replace(tzinfo=None), _DAY: moment.day}
    return Written(
        text, [values.get(each, each) if isinstance(each, _Later) else each for each in bound], "state"
    )


class _Later:
    """Where a value goes in once the moment is known."""


# Where the instant, the day, and the ids of the reviews go in.
_BEFORE, _DAY, _IDS = _Later(), _Later(), "(/* reviews */)"


@dataclass(frozen=True)
class _AnyMoment:
    has_earlier: bool
    is_past: bool = True
    before: Any = field(default_factory=lambda: peewee.Value(_BEFORE, converter=False))
    day: Any = field(default_factory=lambda: peewee.Value(_DAY, converter=False))


@lru_cache(maxsize=64)
def states_written(
    _: str, model: Any, names: tuple[str, ...], is_of_reviews: bool, has_earlier: bool
) -> tuple[str, list[Any]]:
    """Return the text and values of a table of past states, the same for each day and for any reviews.

    A paper asks for it a dozen times, and to make it takes longer than to run it.
    """
    moment: Any = _AnyMoment(has_earlier)
    known = (AuditEvent.kind == model._meta.table_name) & (AuditEvent.at < moment.before)
    if is_of_reviews:
        known = known & AuditEvent.review_id.in_(peewee.SQL(_IDS))
    latest = AuditEvent.select(peewee.fn.MAX(AuditEvent.id)).where(known).group_by(AuditEvent.object_id)
    fields = [model._meta.fields[name] for name in names]
    columns = [_then(model, each, moment).alias(each.column_name) for each in fields]
    is_kept = _is_kept(model, AuditEvent.object_id, is_past=True)
    query = AuditEvent.select(*columns).where(AuditEvent.id.in_(latest), is_kept)
    if is_sqlite():
        # Leaves out nothing, and keeps SQLite from putting each column's expression wherever the column is
        # named (https://www.sqlite.org/optoverview.html#flattening): planning took longer than running.
        query = query.limit(-1)
    return db.get_sql_context().sql(query).query()


def _is_kept(model: type[Model], key: Any, is_past: bool) -> Any:
    """Return the condition that the row with this id is there and not void, nor what it belongs to."""
    if model is Action:
        return key.not_in(void_actions())
    if model is Recommendation:
        return key.not_in(void_recommendations())
    if model is AgencyResponse:
        # An answer that is not asked for any more has no row.
        response, every = AgencyResponse.alias(), AgencyResponse.alias()
        void = response.select(response.id).where(response.recommendation.in_(void_recommendations()))
        return key.not_in(void) & key.in_(every.select(every.id)) if is_past else key.not_in(void)
    return EVERYTHING


def _then(model: type[Model], field: Any, moment: Moment) -> Any:
    """Return a field's value in the state that an event keeps, or the one it was put right to later."""
    kept = _kept(field)
    if model is Review and field.name == "stage":
        return peewee.fn.COALESCE(_stage_then(moment), kept)
    if model is not Action:
        return kept
    later, base = AuditEvent.alias(), _without_entries(field)
    if moment.has_earlier:
        base = _with_earlier_records(field, moment, base)
    if field.name in ("agency", "lead"):
        right = _later(later, AGENCY_CORRECTED).select(_kept(field, later))
        return _put_right(AGENCY_CORRECTED, right, later, kept)
    if group := GROUP_OF_DATE.get(field.name):
        right = _later(later, DATE_CORRECTED).select(_cast(field, in_json(later.detail, "to")))
        # Only where the wrong date stood: another one that came before or after it was none.
        instead_of = in_json(later.detail, "instead_of")
        stood = peewee.fn.REPLACE(instead_of, base, "") != instead_of
        right = right.where(in_json(later.detail, "group") == group, stood)
        return _put_right(DATE_CORRECTED, right, later, _cast(field, base))
    return _cast(field, base)


def _without_entries(field: Any) -> Any:
    """Return a field of an action in the state that an event keeps, without entries recorded in error."""
    kept = in_json(AuditEvent.state, field.column_name)
    entry = ENTRY_OF_FIELD.get(field.name)
    if entry is None:
        return kept
    later = AuditEvent.alias()
    since, until = (_cast(Action.id, in_json(later.detail, name)) for name in ("since", "until"))
    stood = (since <= AuditEvent.id) & ((until == 0) | (until > AuditEvent.id))
    right = _later(later, ENTRY_VOIDED).select(in_json(later.detail, field.column_name))
    right = right.where(in_json(later.detail, "entry") == entry, stood)
    return _put_right(ENTRY_VOIDED, right, later, kept)


def _with_earlier_records(field: Any, moment: Moment, kept: Any) -> Any:
    """Return a field of an action with what earlier records say of it, where they were entered later.

    By their own dates: what was done by then was done, though nobody had recorded it here yet.
    """
    later = AuditEvent.alias()

    def told(name: str) -> Any:
        return in_json(later.detail, name)

    def by_then(name: str) -> Any:
        return (told(name) != "") & (told(name) <= moment.day)

    accepted = peewee.Case(None, [(by_then("accepted_on"), "accepted")], "submitted")
    said = {
        "assurance": (accepted, by_then("done_by")),
        "progress": (peewee.Value("done"), by_then("done_by")),
        "reported_done_on": (told("reported_done_on"), by_then("reported_done_on")),
        "original_due_on": (told("original_due_on"), told("original_due_on") != ""),
    }
    if field.name not in (*said, "current_due_on", "standing"):
        return kept
    # What was put right stood wrong from the event on by which it came in.
    stood = _cast(Action.id, told("since")) <= AuditEvent.id
    cases = [(stood, peewee.fn.NULLIF(told(f"now_{field.name}"), ""))]
    if field.name in said:
        value, holds = said[field.name]
        cases.append((holds, value))
    right = _later(later, PAST_ENTERED).select(peewee.Case(None, cases, kept))
    return _put_right(PAST_ENTERED, right, later, kept)


def has_earlier_records() -> bool:
    """Return whether the past of an action was entered that was there already. One query."""
    return bool(AuditEvent.select().where(AuditEvent.event == PAST_ENTERED).exists())


def _put_right(event: str, right: Any, later: Any, kept: Any) -> Any:
    """Return what the newest row of `right` says, of the actions that have the event; else `kept`."""
    corrected = AuditEvent.alias()
    has_event = AuditEvent.object_id.in_(
        corrected.select(corrected.object_id).where(corrected.event == event)
    )
    newest = right.order_by(later.id.desc()).limit(1)
    return peewee.Case(None, [(has_event & peewee.fn.EXISTS(right), newest)], kept)


def _stage_then(moment: Moment) -> Any:
    """Return where a review stood, by the days of its stages as they are right."""
    known = (StageReached.review == AuditEvent.object_id) & (StageReached.recorded_at < moment.before)
    known = known & stage_stands()
    latest = (StageReached.reached_on.desc(), StageReached.recorded_at.desc(), StageReached.id.desc())
    return StageReached.select(StageReached.stage).where(known).order_by(*latest).limit(1)


def _later(later: Any, event: str) -> Any:
    return later.select().where(
        later.kind == "action",
        later.object_id == AuditEvent.object_id,
        later.id > AuditEvent.id,
        later.event == event,
    )


def value_at(model: Any, moment: Moment, name: str) -> Any:
    """Return, as SQL, a field of the row of `model` that a query reads, as it was at a moment."""
    field = model._meta.fields[name]
    if not moment.is_past:
        return field
    return (
        AuditEvent.select(_then(model, field, moment))
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


def _kept(field: Any, event: Any = AuditEvent) -> Any:
    """Return a field's value in the state that an event keeps as JSON."""
    return _cast(field, in_json(event.state, field.column_name))


def _cast(field: Any, value: Any) -> Any:
    kind = None if is_sqlite() else _KINDS_IN_POSTGRES.get(field.field_type)
    return value.cast(kind) if kind else value


def placed(ids: Sequence[int]) -> tuple[Any, Any, Any]:
    """Return a table of these ids, at least one, to join with; its column of the id, and that of its place.

    So that the database gives rows in an order that it does not know.
    """
    key, place = peewee.SQL('"placed"."value"'), peewee.SQL('"placed"."key"')
    numbers = [int(each) for each in ids]
    if is_sqlite():
        # One value: to parse thousands written into the statement takes longer than to look them up.
        # The limit leaves out nothing: without it SQLite reads them anew for each row of a past day.
        rows = '(SELECT "value", "key" FROM json_each(?) LIMIT -1) AS "placed"'
        return peewee.SQL(rows, (json.dumps(numbers),)), key, place
    rows = 'unnest(%s::integer[]) WITH ORDINALITY AS "placed"("value", "key")'
    return peewee.SQL(rows, (numbers,)), key, place


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


def facts_of_row(row: Mapping[str, Any]) -> RatingFacts:
    """Return what rating needs to know, from a row of actions and of what their history says."""
    standing, progress, assurance, *days, extensions = _facts_in(row)
    moves = moves_of_row(_moves_in(row))
    values: list[Any] = [standing, progress, assurance, *map(as_day, days), extensions, moves]
    return RatingFacts(*values)


_facts_in, _moves_in = itemgetter(*NAMES), itemgetter(*MOVE_NAMES)


@dataclass(frozen=True)
class Numbering:
    """The recommendations that a report lists, as their reports have them, review by review.

    ids        of those listed
    published  {id: the number its report gives it} of every one that has a number
    endings    how each of those listed that ended did
    key_count  how many of those listed are key recommendations
    """

    ids: Sequence[int]
    published: Mapping[int, str]
    endings: Sequence[Ending]
    key_count: int
    has_headings: bool

    def label(self, recommendation_id: int, number: int) -> str:
        """Return what a recommendation is called on the day of the report."""
        return label_of(number, self.published.get(recommendation_id))


def numbering_at(moment: Moment, reviews: Reviews, listed: Any) -> Numbering:
    """Return the recommendations of these reviews; `listed` makes the condition that the report lists one."""
    then = state_at(Recommendation, moment, NUMBERED_BY, reviews)
    is_listed = peewee.Case(None, [(listed(then), 1)], 0).alias("is_listed")
    query = peewee.Select([then], [peewee.SQL('"state".*'), is_listed])
    rows = list(read(query.order_by(then.c.review_id, then.c.number)))
    shown = [row for row in rows if row["is_listed"]]
    endings = (ending_of(row["withdrawn_on"], row["ending"]) for row in shown)
    return Numbering(
        ids=list(_in_order(shown)),
        published={row["id"]: row["published_number"] for row in rows if row["published_number"]},
        endings=[each for each in endings if each],
        key_count=sum(bool(row["is_key"]) for row in shown),
        has_headings=any(row["heading"] for row in shown),
    )


def _in_order(rows: Iterable[Mapping[str, Any]]) -> Iterator[int]:
    for _, own in groupby(rows, lambda row: row["review_id"]):
        yield from (each.id for each in in_reading_order(map(_numbered, own)))


def _numbered(row: Mapping[str, Any]) -> Numbered:
    # What was recorded before there were such numbers and headings has none.
    return Numbered(row["id"], row["number"], row["published_number"] or "", row["heading"] or "")


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


def joint_then(moment: Moment) -> Any:
    """Return the condition on JointOwner that the agency shared the action at a moment."""
    since, until = JointOwner.started_at, JointOwner.ended_at
    return (since < moment.before) & (until.is_null() | (until >= moment.before))


def _joint(moment: Moment, reviews: Reviews, agencies: Mapping[int, str]) -> dict[int, list[str]]:
    query = JointOwner.select(JointOwner.action, JointOwner.agency).where(
        joint_then(moment), reviews.have(JointOwner.review)
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
