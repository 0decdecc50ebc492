"""Reading the record behind the actions for a progress report: recommendations, answers, evidence, more time.

Each function is one query. Those that list give, with `start` and `most`, only that part of the rows.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

import peewee

from kscb_actions.actions.models import Action, Extension
from kscb_actions.actions.narrowing import as_sql
from kscb_actions.actions.roll_up.rules import ActionFacts, RollUp, roll_up
from kscb_actions.actions.turn import GOES_ON
from kscb_actions.assurance.models import Evidence, EvidenceFile
from kscb_actions.database import db
from kscb_actions.prepared import as_day
from kscb_actions.reviews.models import AgencyResponse, Recommendation, StageReached
from kscb_actions.reviews.queries import EVERYTHING, stage_stands

from ..past import Reviews, among, placed, read, rows_of, state_at
from ..queries import actions_then
from ..scope import Scope, agency_then, in_scope, of_agency, part_of, start_of

Row = Mapping[str, Any]


def list_recommendations(scope: Scope, start: int = 0, most: int | None = None) -> Iterator[Row]:
    """Return the recommendations that the report lists, in the order of `scope.numbering`."""
    ids = scope.numbering.ids[start : None if most is None else start + most]
    if not ids:
        return iter(())
    names = ("id", "review", "number", "text", "intended_outcome", "withdrawn_on", "withdrawn_reason")
    then = _recommendations_then(
        scope, (*names, "ending", "heading", "is_key", "area", "earlier_area", "became")
    )
    rows, key, place = placed(ids)
    query = peewee.Select([then], [peewee.SQL('"state".*')]).join(rows, on=(then.c.id == key))
    return read(query.order_by(place))


def states_of(scope: Scope, ids: Sequence[int] | None = None) -> dict[int, RollUp]:
    """Return {recommendation id: its state by its actions} as of the paper's day, of these or all. One query.

    Of a recommendation without any action nothing is returned.
    """
    then = actions_then(scope)
    facts = [then.c.recommendation_id, then.c.standing, then.c.assurance, then.c.progress]
    query = peewee.Select([then], [*facts, peewee.fn.COUNT(then.c.id).alias("number")])
    found: dict[int, list[tuple[Any, ...]]] = {}
    wanted = EVERYTHING if ids is None else among(then.c.recommendation_id, ids)
    for key, *row in db.execute(query.where(wanted).group_by(*facts)):
        found.setdefault(key, []).append(tuple(row))
    return {key: _rolled_up(tuple(rows)) for key, rows in found.items()}


@lru_cache(1024)
def _rolled_up(rows: tuple[tuple[Any, ...], ...]) -> RollUp:
    """Return the state by (standing, assurance, progress, how many): those of most are alike."""
    return roll_up(ActionFacts(*facts) for *facts, number in rows for _ in range(number))


def _recommendations_then(scope: Scope, names: Sequence[str]) -> Any:
    return state_at(Recommendation, scope.moment, names, scope.covered)


def count_answers(scope: Scope) -> list[tuple[int, str, int]]:
    """Return (agency id, answer, how many recommendations). One that ended awaits none any more."""
    then = state_at(AgencyResponse, scope.moment, ("recommendation", "agency", "answer"), scope.covered)
    # Taken off afterwards: an index holds all that the first counting asks for, and the second is of few.
    number = peewee.fn.COUNT(then.c.answer)
    every, unasked = (
        peewee.Select([then], [then.c.agency_id, then.c.answer, count.alias("number")])
        .where(of_agency(scope, then.c), condition)
        .group_by(then.c.agency_id, then.c.answer)
        for count, condition in ((number, EVERYTHING), (number * -1, _is_unasked(scope, then)))
    )
    counted = Counter[tuple[int, str]]()
    for row in read(every.union_all(unasked)):
        counted[row["agency_id"], row["answer"]] += row["number"]
    return [(*key, number) for key, number in counted.items() if number]


def _is_unasked(scope: Scope, then: Any) -> Any:
    """Return the condition that an answer is no longer awaited: its recommendation had ended."""
    asked = _recommendations_then(scope, ("id", "withdrawn_on"))
    withdrawn = peewee.Select([asked], [asked.c.id]).where(asked.c.withdrawn_on.is_null(False))
    return (then.c.answer == "awaited") & then.c.recommendation_id.in_(withdrawn)


def list_open_answers(scope: Scope, start: int = 0, most: int | None = None) -> Iterator[tuple[Any, ...]]:
    """Yield the answers that are awaited or fall short of acceptance.

    Each as ids of review and recommendation, the number of this, id of the agency, answer, and its reason.
    """
    names = ("review", "recommendation", "agency", "answer", "reason")
    then = state_at(AgencyResponse, scope.moment, names, scope.covered)
    columns = [
        *(then.c.review_id, then.c.recommendation_id, Recommendation.number),
        *(then.c.agency_id, then.c.answer, then.c.reason),
    ]
    query = (
        peewee.Select([then], columns)
        .join(Recommendation, on=(Recommendation.id == then.c.recommendation_id))
        .where(of_agency(scope, then.c), then.c.answer != "accepted", ~_is_unasked(scope, then))
    )
    query = query.order_by(then.c.review_id, Recommendation.number, then.c.agency_id)
    yield from db.execute(part_of(query, start, most))


def list_asked(scope: Scope) -> Iterator[tuple[int, date, date | None]]:
    """Yield (agency id, first date to answer by, day of the first answer) of each question with a date."""
    names = ("recommendation", "agency", "answer", "first_due_on", "first_answered_on")
    then = state_at(AgencyResponse, scope.moment, names, scope.covered)
    asked = _recommendations_then(scope, ("id", "withdrawn_on"))
    standing = peewee.Select([asked], [asked.c.id]).where(asked.c.withdrawn_on.is_null())
    query = rows_of(then).where(
        of_agency(scope, then.c), then.c.first_due_on.is_null(False), then.c.recommendation_id.in_(standing)
    )
    for row in read(query):
        due_on = as_day(row["first_due_on"])
        if due_on is not None:
            yield row["agency_id"], due_on, as_day(row["first_answered_on"])


def count_late_answers(scope: Scope) -> list[tuple[int, int, date | None]]:
    """Return (agency id, how many answers it owes, the oldest date) of what is past its date or has none.

    Most first.
    """
    names = ("recommendation", "agency", "answer", "due_on")
    then = state_at(AgencyResponse, scope.moment, names, scope.covered)
    late = then.c.due_on.is_null() | (then.c.due_on < scope.as_at)
    query = (
        peewee.Select(
            [then],
            [
                then.c.agency_id,
                peewee.fn.COUNT(then.c.answer).alias("number"),
                peewee.fn.MIN(then.c.due_on).alias("due_on"),
            ],
        )
        .where(of_agency(scope, then.c), then.c.answer == "awaited", late, ~_is_unasked(scope, then))
        .group_by(then.c.agency_id)
    )
    found = [(row["agency_id"], row["number"], as_day(row["due_on"])) for row in read(query)]
    return sorted(found, key=lambda told: (-told[1], told[0]))


def count_evidence(scope: Scope) -> list[tuple[str, int, int]]:
    """Return (kind, pieces held, files) of the evidence held."""
    files = peewee.fn.COUNT(EvidenceFile.id).alias("files")
    pieces = peewee.fn.COUNT(Evidence.id.distinct()).alias("pieces")
    query = (
        Evidence.select(Evidence.kind.alias("kind"), pieces, files)
        .join_from(Evidence, Action)
        .join_from(Evidence, EvidenceFile, peewee.JOIN.LEFT_OUTER, on=_file_kept(scope))
        .where(in_scope(scope), _held(scope))
        .group_by(Evidence.kind)
    )
    return [tuple(row.values()) for row in read(query)]


def list_evidence(scope: Scope, start: int = 0, most: int | None = None) -> Iterator[Row]:
    """Return every piece of evidence held, with the count of its files, by review and action."""
    files = EvidenceFile.select(peewee.fn.COUNT(EvidenceFile.id)).where(_file_kept(scope))
    query = (
        Evidence.select(
            Action.review.alias("review_id"),
            Action.number.alias("number"),
            agency_then(scope, Action).alias("agency_id"),
            Evidence.kind.alias("kind"),
            Evidence.dated_on.alias("dated_on"),
            Evidence.added_at.alias("added_at"),
            Evidence.description.alias("description"),
            files.alias("files"),
        )
        .join_from(Evidence, Action)
        .where(in_scope(scope), _held(scope))
    )
    return read(part_of(query.order_by(Action.review, Action.number, Evidence.id), start, most))


def count_extensions(scope: Scope) -> tuple[int, int]:
    """Return how many requests for more time waited on the day, and how many changes were decided since."""
    waits = _waits(scope)
    query = (
        Extension.select(peewee.fn.SUM(peewee.Case(None, [(waits, 1)], 0)), peewee.fn.COUNT(Extension.id))
        .join_from(Extension, Action)
        .where(in_scope(scope), _is_told(scope))
        .tuples()
    )
    waiting, every = query.get()
    return waiting or 0, every - (waiting or 0)


def list_extensions(scope: Scope, start: int = 0, most: int | None = None) -> Iterator[Row]:
    """Return the requests for more time that waited on the day, and the changes of date decided since.

    The decision is that of today: where one `waited`, it came later.
    """
    waited = peewee.Case(None, [(_waits(scope), 1)], 0)
    query = (
        Extension.select(
            Action.review.alias("review_id"),
            Action.number.alias("number"),
            agency_then(scope, Action).alias("agency_id"),
            Extension.old_due_on.alias("old_due_on"),
            Extension.asked_due_on.alias("asked_due_on"),
            Extension.asked_at.alias("asked_at"),
            Extension.reason.alias("reason"),
            Extension.state.alias("state"),
            Extension.decided_at.alias("decided_at"),
            Extension.decision_reason.alias("decision_reason"),
            waited.alias("waited"),
        )
        .join_from(Extension, Action)
        .where(in_scope(scope), _is_told(scope))
    )
    query = query.order_by(peewee.SQL("waited").desc(), Action.review, Action.number, Extension.id)
    return read(part_of(query, start, most))


def requests_of(scope: Scope, action_ids: Sequence[int]) -> dict[int, tuple[date | None, date | None]]:
    """Return {action id: (due date now, date asked for)} of what waits for a decision on these actions."""
    query = (
        Extension.select(Extension.action, Extension.old_due_on, Extension.asked_due_on)
        .where(
            among(Extension.action, action_ids),
            Extension.asked_at < scope.moment.before,
            _is_undecided(scope),
        )
        .order_by(Extension.id)
    )
    return {row["action_id"]: (as_day(row["old_due_on"]), as_day(row["asked_due_on"])) for row in read(query)}


def _waits(scope: Scope) -> Any:
    """Return the condition that a request waited on the day: not decided, and its action went on."""
    then = actions_then(scope)
    going_on = peewee.Select([then], [then.c.id]).where(as_sql(GOES_ON, scope.as_at, then.c))
    return _is_undecided(scope) & Extension.action.in_(going_on)


def _is_undecided(scope: Scope) -> Any:
    return Extension.decided_at.is_null() | (Extension.decided_at >= scope.moment.before)


def _is_told(scope: Scope) -> Any:
    asked = Extension.asked_at < scope.moment.before
    decided = (Extension.decided_at >= start_of(scope)) & (Extension.decided_at < scope.moment.before)
    return asked & (_waits(scope) | decided)


def count_stages(scope: Scope) -> int:
    """Return how many `list_stages` gives for all the reviews covered."""
    return StageReached.select().where(_was_reached(scope, scope.covered)).count()


def list_stages(scope: Scope, reviews: Reviews, start: int = 0, most: int | None = None) -> Iterator[Row]:
    """Return every stage that these reviews had reached, as far as it was recorded, by review and day."""
    query = (
        StageReached.select(
            StageReached.review.alias("review_id"),
            StageReached.stage.alias("stage"),
            StageReached.reached_on.alias("reached_on"),
            StageReached.note.alias("note"),
        )
        .where(_was_reached(scope, reviews))
        .order_by(StageReached.review, StageReached.reached_on, StageReached.recorded_at, StageReached.id)
    )
    return read(part_of(query, start, most))


def _was_reached(scope: Scope, reviews: Reviews) -> Any:
    is_known = StageReached.recorded_at < scope.moment.before
    return reviews.have(StageReached.review) & is_known & stage_stands()


def _count(query: Any) -> int:
    counted = peewee.Select([query.alias("counted")], [peewee.fn.COUNT(peewee.SQL("1")).alias("number")])
    return int(next(read(counted))["number"])


def _file_kept(scope: Scope) -> Any:
    """Return the condition that a file is of the evidence and had not been erased."""
    erased_at = EvidenceFile.erased_at
    is_kept = erased_at.is_null() | (erased_at >= scope.moment.before)
    return (EvidenceFile.evidence == Evidence.id) & is_kept


def _held(scope: Scope) -> Any:
    """Return the condition that evidence had been added and not withdrawn."""
    before = scope.moment.before
    return (Evidence.added_at < before) & (
        Evidence.withdrawn_at.is_null() | (Evidence.withdrawn_at >= before)
    )
