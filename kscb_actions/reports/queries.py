"""Reading what a progress report tells, for its scope: each function is one query, however many actions."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

import peewee

from ..actions.conditions import Rule
from ..actions.models import Action, Extension, ProgressUpdate
from ..actions.narrowing import as_sql, rule_place
from ..actions.rating import rating_rules
from ..assurance.models import AssuranceDecision, Evidence, EvidenceFile
from ..reviews.models import AgencyResponse, Recommendation, StageReached
from ..reviews.queries import EVERYTHING
from .facts import among, end_of, read, rows_of, state_at
from .scope import Scope

ACTION_FIELDS = (
    "id",
    "review",
    "recommendation",
    "number",
    "agency",
    "lead",
    "text",
    "original_due_on",
    "current_due_on",
    "standing",
    "progress",
    "updated_on",
    "assurance",
    "reported_done_on",
    "extension_count",
)
Row = Mapping[str, Any]


def actions_then(scope: Scope) -> Any:
    """The actions covered, as a table of their state: `.c.current_due_on`."""
    return state_at(Action, scope.moment, ACTION_FIELDS, scope.review_ids)


def count_codes(scope: Scope) -> list[tuple[int, int, str, int]]:
    """(review id, agency id, code of the rating's rule, how many actions)."""
    then = actions_then(scope)
    place = _place(scope, then)
    columns = [then.c.review_id, then.c.agency_id, place.alias("place"), peewee.fn.COUNT(then.c.id)]
    query = peewee.Select([then], columns).where(_of_agency(scope, then.c))
    rows = read(query.group_by(then.c.review_id, then.c.agency_id, peewee.SQL("place")))
    rules = _rules(scope)
    return [
        (review, agency, rules[place].code, count) for review, agency, place, count in map(dict.values, rows)
    ]


def list_actions(scope: Scope) -> Iterator[Row]:
    """Every action with its rating's code and what was last said of it, by review and number."""
    then = actions_then(scope)
    query = _told(scope, then).where(_of_agency(scope, then.c))
    return _coded(scope, query.order_by(then.c.review_id, then.c.number))


def list_exceptions(scope: Scope, codes: Iterable[str]) -> Iterator[Row]:
    """The actions rated by one of these rules, in the order of `codes`, within one the longest due first.

    Silent ones come by their last update. Besides what `list_actions` gives, a row has for each code
    `is_<code>`, whether that rule holds too, and `returned_because`, the reason of the latest return.
    """
    then, order = actions_then(scope), tuple(codes)
    rules = {rule.code: (place, rule.when) for place, rule in enumerate(_rules(scope))}
    also = [
        peewee.Case(None, [(as_sql(rules[code][1], scope.as_at, then.c), 1)], 0).alias(f"is_{code}")
        for code in order
    ]
    places, place = [rules[code][0] for code in order], _place(scope, then)
    rank = peewee.Case(place, [(each, position) for position, each in enumerate(places)])
    since = peewee.Case(place, [(rules["silent"][0], then.c.updated_on)], then.c.current_due_on)
    query = _told(scope, then, *also, _latest_return(scope, then).alias("returned_because"))
    query = query.where(_of_agency(scope, then.c), place.in_(places))
    return _coded(scope, query.order_by(rank, since.asc(nulls="LAST"), then.c.review_id, then.c.number))


def list_fallen_overdue(scope: Scope) -> Iterator[Row]:
    """review_id and number of the actions that are overdue, and were not at the end of the day `since`."""
    then = actions_then(scope)
    rule = next(rule for rule in _rules(scope) if rule.code == "overdue")
    overdue = (then.c.standing == "active") & as_sql(rule.when, scope.as_at, then.c)
    query = peewee.Select([then], [then.c.review_id, then.c.number]).where(
        _of_agency(scope, then.c) & overdue & (then.c.current_due_on >= scope.since)
    )
    return read(query.order_by(then.c.review_id, then.c.number))


def list_with_event(scope: Scope, told: Any, action_id: Any, condition: Any) -> Iterator[Row]:
    """review_id and number of the actions of which a row of the table `told` tells, each once."""
    query = (
        Action.select(Action.review.alias("review_id"), Action.number.alias("number"))
        .join(told, on=(action_id == Action.id))
        .where(_covered(scope), condition)
        .distinct()
        .order_by(Action.review, Action.number)
    )
    return read(query)


def list_recommendations(scope: Scope) -> Iterator[Row]:
    """The recommendations covered, by review and number; of one agency, those that it has an action for."""
    names = ("id", "review", "number", "text", "intended_outcome")
    then = state_at(Recommendation, scope.moment, names, scope.review_ids)
    query = rows_of(then).order_by(then.c.review_id, then.c.number)
    if scope.agency_id is not None:
        query = query.where(then.c.id.in_(Action.select(Action.recommendation).where(_covered(scope))))
    return read(query)


def count_answers(scope: Scope) -> list[tuple[int, str, int]]:
    """(agency id, answer, how many recommendations)."""
    then = state_at(AgencyResponse, scope.moment, ("agency", "answer"), scope.review_ids)
    query = (
        peewee.Select([then], [then.c.agency_id, then.c.answer, peewee.fn.COUNT(then.c.answer)])
        .where(_of_agency(scope, then.c))
        .group_by(then.c.agency_id, then.c.answer)
    )
    return [tuple(row.values()) for row in read(query)]


def list_open_answers(scope: Scope) -> Iterator[Row]:
    """The answers that are awaited or fall short of acceptance, with the recommendation's number."""
    names = ("review", "recommendation", "agency", "answer", "reason")
    then = state_at(AgencyResponse, scope.moment, names, scope.review_ids)
    columns = [then.c.review_id, Recommendation.number, then.c.agency_id, then.c.answer, then.c.reason]
    query = (
        peewee.Select([then], columns)
        .join(Recommendation, on=(Recommendation.id == then.c.recommendation_id))
        .where(_of_agency(scope, then.c), then.c.answer != "accepted")
    )
    return read(query.order_by(then.c.review_id, Recommendation.number, then.c.agency_id))


def count_evidence(scope: Scope) -> list[tuple[str, int, int]]:
    """(kind, pieces held, files) of the evidence held."""
    files = peewee.fn.COUNT(EvidenceFile.id).alias("files")
    pieces = peewee.fn.COUNT(Evidence.id.distinct()).alias("pieces")
    query = (
        Evidence.select(Evidence.kind.alias("kind"), pieces, files)
        .join_from(Evidence, Action)
        .join_from(Evidence, EvidenceFile, peewee.JOIN.LEFT_OUTER)
        .where(_covered(scope), _held(scope))
        .group_by(Evidence.kind)
    )
    return [tuple(row.values()) for row in read(query)]


def list_evidence(scope: Scope) -> Iterator[Row]:
    """Every piece of evidence held, with the count of its files, by review and action."""
    files = EvidenceFile.select(peewee.fn.COUNT(EvidenceFile.id)).where(EvidenceFile.evidence == Evidence.id)
    query = (
        Evidence.select(
            Action.review.alias("review_id"),
            Action.number.alias("number"),
            Action.agency.alias("agency_id"),
            Evidence.kind.alias("kind"),
            Evidence.dated_on.alias("dated_on"),
            Evidence.added_at.alias("added_at"),
            Evidence.description.alias("description"),
            files.alias("files"),
        )
        .join_from(Evidence, Action)
        .where(_covered(scope), _held(scope))
    )
    return read(query.order_by(Action.review, Action.number, Evidence.id))


def list_extensions(scope: Scope) -> Iterator[Row]:
    """The requests for more time that waited on the day, and the changes of date decided since."""
    before = scope.moment.before
    waits = Extension.decided_at.is_null() | (Extension.decided_at >= before)
    query = (
        Extension.select(
            Action.review.alias("review_id"),
            Action.number.alias("number"),
            Action.agency.alias("agency_id"),
            Extension.old_due_on.alias("old_due_on"),
            Extension.asked_due_on.alias("asked_due_on"),
            Extension.asked_at.alias("asked_at"),
            Extension.reason.alias("reason"),
            peewee.Case(None, [(waits, "asked")], Extension.state).alias("state"),
            peewee.Case(None, [(waits, None)], Extension.decided_at).alias("decided_at"),
            peewee.Case(None, [(waits, "")], Extension.decision_reason).alias("decision_reason"),
        )
        .join_from(Extension, Action)
        .where(_covered(scope), Extension.asked_at < before, waits | (Extension.decided_at >= _start(scope)))
    )
    return read(query.order_by(waits.desc(), Action.review, Action.number, Extension.id))


def list_stages(scope: Scope) -> list[Row]:
    """Every stage that the reviews had reached, as far as it was recorded, by review and day."""
    query = (
        StageReached.select(
            StageReached.review.alias("review_id"),
            StageReached.stage.alias("stage"),
            StageReached.reached_on.alias("reached_on"),
            StageReached.note.alias("note"),
        )
        .where(
            among(StageReached.review, scope.review_ids),
            StageReached.recorded_at < scope.moment.before,
        )
        .order_by(StageReached.review, StageReached.reached_on, StageReached.id)
    )
    return list(read(query))


def within(scope: Scope, instant: Any) -> Any:
    """The condition that an instant is after the day `since` and not after the day of the report."""
    return (instant >= _start(scope)) & (instant < scope.moment.before)


def _start(scope: Scope) -> datetime:
    return end_of(scope.since)


def _told(scope: Scope, then: Any, *more: Any) -> Any:
    last = (
        ProgressUpdate.select(ProgressUpdate.narrative)
        .where(ProgressUpdate.action == then.c.id, ProgressUpdate.at < scope.moment.before)
        .order_by(ProgressUpdate.id.desc())
        .limit(1)
    )
    columns = [
        peewee.SQL('"state".*'),
        Recommendation.number.alias("recommendation_number"),
        last.alias("narrative"),
        _place(scope, then).alias("place"),
    ]
    return peewee.Select([then], [*columns, *more]).join(
        Recommendation, on=(Recommendation.id == then.c.recommendation_id)
    )


def _rules(scope: Scope) -> tuple[Rule, ...]:
    return rating_rules(scope.board.thresholds)


def _place(scope: Scope, then: Any) -> Any:
    """The place of the rule that rates each action."""
    return rule_place(_rules(scope), scope.as_at, then.c)


def _coded(scope: Scope, query: Any) -> Iterator[Row]:
    rules = _rules(scope)
    for row in read(query):
        row["code"] = rules[row["place"]].code
        yield row


def _latest_return(scope: Scope, then: Any) -> Any:
    return (
        AssuranceDecision.select(AssuranceDecision.reason)
        .where(
            AssuranceDecision.action == then.c.id,
            AssuranceDecision.decision == "returned",
            AssuranceDecision.at < scope.moment.before,
        )
        .order_by(AssuranceDecision.id.desc())
        .limit(1)
    )


def _of_agency(scope: Scope, columns: Any) -> Any:
    """The condition that keeps the agency asked for, on anything that has an agency_id."""
    return EVERYTHING if scope.agency_id is None else columns.agency_id == scope.agency_id


def _covered(scope: Scope) -> Any:
    """The condition on Action for what hangs on actions: neither review nor agency ever changes."""
    covered = among(Action.review, scope.review_ids)
    return covered if scope.agency_id is None else covered & (Action.agency == scope.agency_id)


def _held(scope: Scope) -> Any:
    """The condition that evidence had been added and not withdrawn."""
    before = scope.moment.before
    return (Evidence.added_at < before) & (
        Evidence.withdrawn_at.is_null() | (Evidence.withdrawn_at >= before)
    )
