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
from kscb_actions.actions.earlier.models import EarlierRecord
from kscb_actions.actions.earlier.queries import source_in
from kscb_actions.actions.models import Action, ProgressUpdate
from kscb_actions.actions.moves import StateColumns
from kscb_actions.actions.narrowing import any_of, as_sql, rule_place
from kscb_actions.actions.rating import (
    Timeliness,
    overdue,
    rating_rules,
    silent,
    timeliness_rules,
)
from kscb_actions.actions.turn import CANNOT_BE_DONE, GOES_ON, REOPENED, SENT_BACK, TURN_RULES, WAITS_FOR
from kscb_actions.assurance.models import AssuranceDecision
from kscb_actions.assurance.queries import decision_stands
from kscb_actions.database import db
from kscb_actions.reviews.models import Recommendation, Review, StageReached
from kscb_actions.reviews.papers.models import ReviewPaper
from kscb_actions.reviews.queries import EVERYTHING, stage_stands, visible_review

from .past import among, placed, read, state_at
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


def count_codes(scope: Scope) -> list[tuple[str, int]]:
    """Return (code of the rating's rule, count of actions)."""
    then = actions_then(scope)
    columns = [rules_place(scope, then).alias("place"), peewee.fn.COUNT(then.c.id)]
    query = peewee.Select([then], columns).where(of_agency(scope, then.c)).group_by(peewee.SQL("place"))
    rules = _rules(scope)
    return [(rules[place].code, count) for place, count in db.execute(query)]


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


def list_waiting(scope: Scope, ids: Sequence[int]) -> Iterator[Row]:
    """Return these actions, which wait for the Board, in this order, as `list_actions` does."""
    return _in_order(scope, ids)


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


def list_exceptions(scope: Scope, ids: Sequence[int]) -> Iterator[Row]:
    """Return these actions in this order.

    Besides what `list_actions` gives, a row has `returned_because`, the reason of the latest return.
    """
    return _in_order(scope, ids, _latest_return(scope).alias("returned_because"))


def _in_order(scope: Scope, ids: Sequence[int], *more: Any) -> Iterator[Row]:
    if not ids:
        return iter(())
    rows, key, place = placed(ids)
    then = actions_then(scope)
    query = told(scope, then, *more).join(rows, on=(then.c.id == key)).order_by(place)
    return coded(scope, query)


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
    """Return the query of these actions with what was last said of each, and the places of the rules.

    Of its rating, of whose turn it is and of its timeliness: the database tells which rule holds in a tenth
    of the time that it takes here.
    """
    last = (
        ProgressUpdate.select(ProgressUpdate.narrative)
        .where(ProgressUpdate.action == then.c.id, ProgressUpdate.at < scope.moment.before)
        .order_by(ProgressUpdate.id.desc())
        .limit(1)
    )
    then_columns = columns_of(scope)
    record, paper = EarlierRecord.alias(), ReviewPaper.alias()
    columns = [
        peewee.SQL('"state".*'),
        Recommendation.number.alias("recommendation_number"),
        last.alias("narrative"),
        *(getattr(record, each).alias(f"record_{each}") for each in RECORD_FIELDS),
        source_in(record, paper).alias("record_source"),
        rules_place(scope, then).alias("place"),
        rule_place(TURN_RULES, scope.as_at, then_columns).alias("turn"),
        rule_place(timeliness_rules(scope.board.thresholds), scope.as_at, then_columns).alias("when"),
        *then_columns.selected,
    ]
    return (
        peewee.Select([then], [*columns, *more])
        .join(Recommendation, on=(Recommendation.id == then.c.recommendation_id))
        .left_outer_join(record, on=(record.action == then.c.id))
        .left_outer_join(paper, on=(paper.id == record.paper))
    )


def _rules(scope: Scope) -> tuple[Rule, ...]:
    return rating_rules(scope.board.thresholds)


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
    """Yield the rows of `told`, with the code of the rating, the rule of the turn, and the timeliness."""
    codes = [rule.code for rule in _rules(scope)]
    results = [Timeliness(rule.result) for rule in timeliness_rules(scope.board.thresholds)]
    for row in read(query):
        row["code"] = codes[row["place"]]
        row["turn"] = TURN_RULES[row["turn"]]
        row["when"] = results[row["when"]]
        yield row


def _latest_return(scope: Scope) -> Any:
    return (
        AssuranceDecision.select(AssuranceDecision.reason)
        .where(
            AssuranceDecision.action == peewee.SQL('"state"."id"'),
            AssuranceDecision.decision.in_(("returned", "reopened")),
            AssuranceDecision.at < scope.moment.before,
            decision_stands(),
        )
        .order_by(AssuranceDecision.id.desc())
        .limit(1)
    )
