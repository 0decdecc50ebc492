"""Reading the actions of a progress report, and what happened to them, for its scope.

Each function is one query, or two where a part of the rows is asked for, however many actions there are. The
record behind the actions is in `record/queries`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import peewee

from kscb_actions.access.policy import Viewer
from kscb_actions.actions.conditions import NEVER, All, AtLeast, Condition, Rule, has_result
from kscb_actions.actions.earlier.queries import mark_column, source_column
from kscb_actions.actions.models import Action, ProgressUpdate
from kscb_actions.actions.moves import MoveColumns, StateColumns
from kscb_actions.actions.narrowing import any_of, as_sql, rule_place
from kscb_actions.actions.rating import (
    Timeliness,
    overdue,
    rating_rules,
    silent,
    timeliness_rules,
)
from kscb_actions.actions.turn import CANNOT_BE_DONE, GOES_ON, REOPENED, SENT_BACK, WAITS_FOR
from kscb_actions.assurance.models import AssuranceDecision
from kscb_actions.assurance.queries import decision_stands
from kscb_actions.reviews.models import Recommendation, Review, StageReached
from kscb_actions.reviews.queries import EVERYTHING, stage_stands, visible_review

from .past import Reviews, among, read, state_at
from .scope import Scope, in_scope, of_agency, part_of

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
    "earlier_agencies",
    "due_written",
)
# What earlier records say of an action, beside its state.
RECORD_FIELDS = ("as_of", "told", "accepted_by")
Row = Mapping[str, Any]
# Rated by one of these, an action is closed. What is on hold is not: it goes on one day.
CLOSED = ("accepted", "withdrawn", "superseded")
# How many rows there are, on each of those that a limit leaves.
EVERY = peewee.SQL('COUNT(*) OVER () AS "every"')


def list_titles(viewer: Viewer, most: int, restricted: bool = True) -> list[tuple[str, str]]:
    """Return (reference, title) of the reviews that this person can ask a report for, at most so many.

    A title ends in “(restricted)” where its review is in a report only when that is ticked; not `restricted`:
    none of those.
    """
    query = (
        Review.select(Review.reference, Review.title, Review.is_restricted)
        .where(visible_review(viewer), EVERYTHING if restricted else ~Review.is_restricted)
        .order_by(Review.order_key)
        .limit(most)
    )
    return [
        (row["reference"], f"{row['title']} (restricted)" if row["is_restricted"] else row["title"])
        for row in read(query)
    ]


def first_stage(viewer: Viewer) -> date | None:
    """Return the first day on which a review that this person may see reached a stage."""
    query = StageReached.select(peewee.fn.MIN(StageReached.reached_on)).join(Review)
    return query.where(visible_review(viewer), stage_stands()).scalar()


def is_named(viewer: Viewer) -> bool:
    """Return whether there is a restricted review that this person may see."""
    return Review.select().where(visible_review(viewer), Review.is_restricted).exists()


def actions_then(scope: Scope) -> Any:
    """Return the actions covered, as a table of their state: `.c.current_due_on`."""
    return state_at(Action, scope.moment, ACTION_FIELDS, scope.covered)


def count_codes(
    scope: Scope, by: str = "agency_id", reviews: Reviews | None = None
) -> list[tuple[int, str, int]]:
    """Return (agency id, code of the rating's rule, count of actions); `by` "review_id": the review's id.

    `reviews` counts in these reviews of the scope only.
    """
    then = state_at(Action, scope.moment, ACTION_FIELDS, reviews or scope.covered)
    place, key = rules_place(scope, then), getattr(then.c, by)
    columns = [key, place.alias("place"), peewee.fn.COUNT(then.c.id)]
    query = peewee.Select([then], columns).where(of_agency(scope, then.c))
    rules = _rules(scope)
    rows = read(query.group_by(key, peewee.SQL("place")))
    return [(each, rules[place].code, count) for each, place, count in map(dict.values, rows)]


def columns_of(scope: Scope) -> StateColumns:
    """Return the columns of `actions_then`, and beside them what the history said by the report's day."""
    return StateColumns(scope.moment.before if scope.moment.is_past else None)


def conditions_counted(scope: Scope) -> dict[str, Condition]:
    """Return what a report counts of the actions that go on, beside their ratings: {name: condition}.

    Each is the condition of the list that a count of it leads to, on a page or in a report.
    """
    thresholds = scope.board.thresholds
    late = overdue(thresholds)
    return {
        "overdue": late,
        "overdue_agency": All((late, WAITS_FOR["agency"])),
        "silent": silent(thresholds),
        "no_date": has_result(timeliness_rules(thresholds), Timeliness.NO_DATE) or NEVER,
        "due_soon": has_result(timeliness_rules(thresholds), Timeliness.DUE_SOON) or NEVER,
        "cannot_be_done": All((GOES_ON, CANNOT_BE_DONE)),
        "returned": All((GOES_ON, SENT_BACK)),
        "reopened": All((GOES_ON, REOPENED)),
        "extended": All((GOES_ON, AtLeast("extension_count", thresholds.many_extensions))),
        "board": WAITS_FOR["board"],
        "check": WAITS_FOR["check"],
        "more_time": WAITS_FOR["more_time"],
        "to_replace": WAITS_FOR["cannot_be_done"],
    }


def count_turns(scope: Scope) -> list[Row]:
    """Return for each agency how many actions each of `conditions_counted` holds for, and `oldest`.

    That is the instant since which the Board has had the longest of those that wait for it.
    """
    then = actions_then(scope)
    columns = columns_of(scope)
    holds = {name: as_sql(each, scope.as_at, columns) for name, each in conditions_counted(scope).items()}
    sums = [peewee.fn.SUM(peewee.Case(None, [(each, 1)], 0)).alias(name) for name, each in holds.items()]
    oldest = peewee.fn.MIN(peewee.Case(None, [(holds["board"], columns.board_at)])).alias("oldest")
    query = peewee.Select([then], [then.c.agency_id, *sums, oldest])
    goes_on = as_sql(GOES_ON, scope.as_at, columns)
    return list(read(query.where(of_agency(scope, then.c), goes_on).group_by(then.c.agency_id)))


def list_waiting(scope: Scope, start: int = 0, most: int | None = None) -> Iterator[Row]:
    """Return the actions that wait for the Board, the longest first, as `list_actions` does."""
    then = actions_then(scope)
    columns = columns_of(scope)
    by = (columns.board_at.asc(nulls="LAST"), then.c.review_id, then.c.number)
    wanted = of_agency(scope, then.c) & as_sql(WAITS_FOR["board"], scope.as_at, columns)
    wanted = _part(then, wanted, by, start, most)
    return coded(scope, told(scope, then).where(wanted).order_by(*by))


def list_actions(
    scope: Scope, start: int = 0, most: int | None = None, but: Sequence[str] = ()
) -> Iterator[Row]:
    """Return the actions with their ratings' codes and what was last said of them, by review and number.

    `but` leaves out those rated by one of these rules.
    """
    then = actions_then(scope)
    by = (then.c.review_id, then.c.number)
    wanted = of_agency(scope, then.c)
    wanted = wanted & ~is_rated(scope, then, but) if but else wanted
    wanted = _part(then, wanted, by, start, most)
    return coded(scope, told(scope, then).where(wanted).order_by(*by))


def list_exceptions(
    scope: Scope, codes: Sequence[str], rated: Sequence[str] = (), start: int = 0, most: int | None = None
) -> Iterator[Row]:
    """Return the actions rated by one of these rules, by the order of `codes`, then the longest due first.

    `rated` gives only those rated by these of them, and `start` and `most` only that part of those. Silent
    ones come by their last update. Besides what `list_actions` gives, a row has `returned_because`, the
    reason of the latest return.
    """
    then = actions_then(scope)
    by = (*_worst_first(scope, then, rated or codes), then.c.review_id, then.c.id)
    wanted = of_agency(scope, then.c) & is_rated(scope, then, rated or codes)
    wanted = _part(then, wanted, by, start, most)
    query = told(scope, then, _latest_return(scope, then).alias("returned_because"))
    return coded(scope, query.where(wanted).order_by(*by))


def list_fallen_overdue(scope: Scope, most: int) -> Iterator[Row]:
    """Return the first actions overdue now but not at the end of the day `since`, as `list_with_event`."""
    then = actions_then(scope)
    is_overdue = as_sql(overdue(scope.board.thresholds), scope.as_at, columns_of(scope))
    query = peewee.Select([then], [then.c.review_id, then.c.number, EVERY]).where(
        of_agency(scope, then.c) & is_overdue & (then.c.current_due_on >= scope.since)
    )
    return read(query.order_by(then.c.review_id, then.c.number).limit(most))


def list_with_event(scope: Scope, told: Any, action_id: Any, condition: Any, most: int) -> Iterator[Row]:
    """Return review_id and number of the first actions that a row of the table `told` is about, each once.

    At most `most` of them; each row also has `every`, how many there are in all.
    """
    query = (
        Action.select(Action.review.alias("review_id"), Action.number.alias("number"), EVERY)
        .join(told, on=(action_id == Action.id))
        .where(in_scope(scope), condition)
        .group_by(Action.review, Action.number)
        .order_by(Action.review, Action.number)
        .limit(most)
    )
    return read(query)


def _part(then: Any, wanted: Any, by: Sequence[Any], start: int, most: int | None) -> Any:
    """Return the condition of a part of what is wanted: `wanted` itself without `most`, else one query.

    Found first by what an index holds: only the rows of this part are then read with their texts.
    """
    if most is None:
        return wanted
    found = peewee.Select([then], [then.c.id]).where(wanted).order_by(*by)
    return among(then.c.id, [row["id"] for row in read(part_of(found, start, most))])


def told(scope: Scope, then: Any, *more: Any) -> Any:
    """Return the query of these actions with what was last said of each and its rating's place."""
    last = (
        ProgressUpdate.select(ProgressUpdate.narrative)
        .where(ProgressUpdate.action == then.c.id, ProgressUpdate.at < scope.moment.before)
        .order_by(ProgressUpdate.id.desc())
        .limit(1)
    )
    then_columns = columns_of(scope)
    columns = [
        peewee.SQL('"state".*'),
        Recommendation.number.alias("recommendation_number"),
        last.alias("narrative"),
        *(then_columns.kept(_mark, each).alias(f"record_{each}") for each in RECORD_FIELDS),
        then_columns.kept(_source).alias("record_source"),
        rules_place(scope, then).alias("place"),
        *then_columns.selected,
    ]
    return peewee.Select([then], [*columns, *more]).join(
        Recommendation, on=(Recommendation.id == then.c.recommendation_id)
    )


def _mark(columns: MoveColumns, name: str) -> Any:
    return mark_column(name, columns.id)


def _source(columns: MoveColumns) -> Any:
    return source_column(columns.id)


def _rules(scope: Scope) -> tuple[Rule, ...]:
    return rating_rules(scope.board.thresholds)


def conditions_of(scope: Scope) -> dict[str, Condition]:
    """Return {code: the condition of the rule}, of every rule of rating."""
    return {rule.code: rule.when for rule in _rules(scope)}


def _worst_first(scope: Scope, then: Any, codes: Sequence[str]) -> list[Any]:
    """Return the order of actions rated by these rules: by rule, then the longest due or silent first."""
    due, silent_since = then.c.current_due_on.asc(nulls="LAST"), columns_of(scope).silent_since
    if len(codes) == 1:
        return [silent_since if codes[0] == "silent" else due]
    places, place = {rule.code: place for place, rule in enumerate(_rules(scope))}, rules_place(scope, then)
    rank = peewee.Case(place, [(places[code], position) for position, code in enumerate(codes)])
    return [rank, peewee.Case(place, [(places["silent"], silent_since)], 0), due]


def is_rated(scope: Scope, then: Any, codes: Iterable[str]) -> Any:
    """Return the condition that one of these rules rates an action.

    Said of each so that the database can look the actions up instead of judging every one.
    """
    rules = [Rule(rule.code, rule.code, rule.when) for rule in _rules(scope)]
    conditions = [has_result(rules, code) for code in codes]
    columns = columns_of(scope)
    return any_of([as_sql(each, scope.as_at, columns) for each in conditions if each])


def rules_place(scope: Scope, then: Any) -> Any:
    """Return the place of the rule that rates each action."""
    return rule_place(_rules(scope), scope.as_at, columns_of(scope))


def coded(scope: Scope, query: Any) -> Iterator[Row]:
    """Yield the rows of `told`, each with the code of the rule that rates it."""
    rules = _rules(scope)
    for row in read(query):
        row["code"] = rules[row["place"]].code
        yield row


# Put before the reason of a return that is a reopening.


def _latest_return(scope: Scope, then: Any) -> Any:
    return (
        AssuranceDecision.select(AssuranceDecision.reason)
        .where(
            AssuranceDecision.action == then.c.id,
            AssuranceDecision.decision.in_(("returned", "reopened")),
            AssuranceDecision.at < scope.moment.before,
            decision_stands(),
        )
        .order_by(AssuranceDecision.id.desc())
        .limit(1)
    )
