"""What a list of actions is narrowed to, as SQL: who may see it, the filter, and the rules of rating."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import reduce
from operator import and_, or_
from typing import Any

import peewee

from kscb_actions import clock
from kscb_actions.access.policy import Permission, Reach, Viewer, reach
from kscb_actions.audit.models import AuditEvent
from kscb_actions.people.models import Agency
from kscb_actions.people.rules import had_by
from kscb_actions.reviews.models import Recommendation, RecommendationTheme, Review, ReviewTheme
from kscb_actions.reviews.queries import EVERYTHING, NOTHING, hidden_reviews
from kscb_actions.searching.queries import words_of
from kscb_actions.settings.rules import Thresholds

from .conditions import (
    All,
    AtLeast,
    Before,
    Condition,
    Either,
    Has,
    Is,
    Later,
    Missing,
    Not,
    Rule,
    SilentFor,
    conjuncts,
    has_result,
)
from .earlier.queries import examined_condition, recorded_actions
from .earlier.rules import EXAMINED_NAMES
from .models import Action, JointOwner
from .moves import NOW, MoveColumns, StateColumns, reckoned, stands
from .rating import CLOSED, Timeliness, overdue, rating_rules, silent, timeliness_rules
from .rules import CHECK_NAMES, VOID, Progress, Standing
from .searched import has_word, is_rare
from .turn import REOPENED, SENT_BACK, WAITS_FOR

# In place of a lead's id: nobody leads it.
NOBODY = 0
# In place of one rating: the two in which something presses.
RED_OR_AMBER = "red_or_amber"
PRESSING = ("red", "amber")
# Days after which what is overdue is told apart.
A_YEAR = 365
VALUES = {"standing": tuple(Standing), "progress": tuple(Progress), "assurance": tuple(CHECK_NAMES)}
TOLD_APART: dict[str, Condition] = {"returned": SENT_BACK, "reopened": REOPENED}


@dataclass(frozen=True)
class Filter:
    """What a list of actions is narrowed to; an empty value narrows nothing.

    `not_closed` leaves out what was accepted, withdrawn or superseded.
    `closed_only` keeps just those.
    `lead` is a person's id, or NOBODY.
    `recommendation` is the number of one inside its review.
    `key_only` keeps the actions of key recommendations.
    `rating` may be RED_OR_AMBER too.
    `over_a_year` keeps what is overdue by more than a year.
    `overdue_at_first` keeps what is overdue against the first due date, however far it has moved since.
    `open_only` leaves the restricted reviews out, as a paper does in which they are not ticked.
    `owner` says how `agency` owns them: "leads", "shares", or "" for either.
    `turn` is one of `turn.WAITS_FOR`: whose turn it is, or what waits for the Board.
    `reminded` keeps those whose agency was reminded again and again without a word since.
    `accepted` is the first and last day between which the Board accepted it.
    `from_records` keeps what came from earlier records, and `examined`, one of `EXAMINED_NAMES`, those that
    were accepted there, by whether the Board has examined them again.
    """

    review: str = ""
    agency: str = ""
    owner: str = ""
    rating: str = ""
    timeliness: str = ""
    assurance: str = ""
    theme: int | None = None
    not_closed: bool = False
    closed_only: bool = False
    recommendation: int | None = None
    key_only: bool = False
    lead: int | None = None
    silent: bool = False
    overdue_at_first: bool = False
    over_a_year: bool = False
    open_only: bool = False
    turn: str = ""
    reminded: bool = False
    accepted: tuple[date, date] | None = None
    from_records: bool = False
    examined: str = ""
    words: str = ""


class _Handed:
    """What a higher room says of actions, as the condition on their columns that it has handed in."""

    reminded: Callable[[Any], Any] | None = None


def reminded_by(condition: Callable[[MoveColumns], Any]) -> None:
    """Let this be the condition that reminders of an action had no answer, in place of any before."""
    _Handed.reminded = staticmethod(condition)


def void_actions() -> Any:
    """Return ids of the actions that were recorded by mistake. What reads others' rows keeps theirs out."""
    action = Action.alias()
    return action.select(action.id).where(action.standing == VOID)


def is_kept() -> Any:
    """Return the condition on Action that it is not void.

    By its id: the orders of lists are indexes in which an action's standing is not. Whether any is void is
    asked once, so that a board without mistakes looks at no row for it.
    """
    return ~peewee.fn.EXISTS(void_actions()) | Action.id.not_in(void_actions())


def visible_action(viewer: Viewer) -> Any:
    """Return the condition on Action that keeps what this person may see. Nobody sees what is void."""
    if viewer.is_system:
        return is_kept()
    width = reach(viewer, Permission.READ_ACTION)
    if width is Reach.NONE:
        return NOTHING
    condition = is_kept() & Action.review.not_in(hidden_reviews(viewer))
    if width is Reach.OWN_AGENCY:
        condition = condition & owned_by(viewer.agency_id)
    return condition


def owned_by(agencies: Any) -> Any:
    """Return the condition on Action that an agency (its id, or a query for ids) leads or shares it now."""
    return is_one_of(Action.agency, agencies) | shared_by(agencies)


def shared_by(agencies: Any) -> Any:
    """Return the condition on Action that an agency shares it now, and another leads."""
    joint = JointOwner.select(JointOwner.action).where(
        is_one_of(JointOwner.agency, agencies), JointOwner.ended_at.is_null()
    )
    return Action.id.in_(joint)


def stays_out(agencies: frozenset[int]) -> Any:
    """Return the condition on Action that somebody of one of these, one body, may decide nothing of it.

    As `policy.may` says of its owners.
    """
    had_part = JointOwner.ended_at.is_null() | JointOwner.had_part
    own = sorted(agencies)
    of_agency = JointOwner.select(JointOwner.action).where(JointOwner.agency.in_(own), had_part)
    earlier = [Action.earlier_agencies.contains(had_by(each)) for each in own]
    return any_of([Action.agency.in_(own), Action.id.in_(of_agency), *earlier])


def is_one_of(column: Any, ids: Any) -> Any:
    """Return the condition that a column holds an id, or one that a query gives."""
    return column.in_(ids) if isinstance(ids, peewee.Query) else column == ids


OWNED: dict[str, Callable[[Any], Any]] = {
    "": owned_by,
    "leads": lambda agencies: Action.agency.in_(agencies),
    "shares": shared_by,
}


def words_to_look_up(narrow: Filter) -> frozenset[str]:
    """Return those of the words that the index finds the sooner. A query or two for each word.

    Asked anew for each search and handed to `matching`: a query made once would keep the answer of its day.
    """
    return frozenset(filter(is_rare, words_of(narrow.words)))


def matching(
    viewer: Viewer,
    narrow: Filter,
    today: date,
    thresholds: Thresholds,
    look_up: frozenset[str] = frozenset(),
) -> Any:
    """Return the condition on Action for a filter, among what this person may see.

    The words in `look_up` are found by the index, the others by reading: the same actions either way.
    """
    # In the order in which SQLite asks each row: what costs least first, and texts are read last.
    rated, belonging = _standing(narrow, today, thresholds), _belonging(narrow, look_up)
    return reduce(and_, (*rated, visible_action(viewer), *belonging))


def _belonging(narrow: Filter, look_up: frozenset[str]) -> Iterator[Any]:
    if narrow.review:
        yield Action.review.in_(Review.select(Review.id).where(Review.reference == narrow.review))
    if narrow.open_only:
        yield Action.review.not_in(Review.select(Review.id).where(Review.is_restricted))
    if narrow.agency:
        agencies = Agency.select(Agency.id).where(Agency.code == narrow.agency)
        yield OWNED[narrow.owner](agencies) if narrow.owner in OWNED else NOTHING
    if narrow.lead is not None:
        yield Action.lead.is_null() if narrow.lead == NOBODY else Action.lead == narrow.lead
    if narrow.theme is not None:
        yield _has_theme(narrow.theme)
    if narrow.recommendation is not None:
        numbered = Recommendation.select(Recommendation.id)
        yield Action.recommendation.in_(numbered.where(Recommendation.number == narrow.recommendation))
    if narrow.key_only:
        yield Action.recommendation.in_(Recommendation.select(Recommendation.id).where(Recommendation.is_key))
    for word in words_of(narrow.words):
        yield has_word(word, word in look_up)


def state_as_sql(narrow: Filter, today: date, thresholds: Thresholds, columns: Any) -> Any:
    """Return the condition for what a filter says of an action's own state, on the columns of one.

    columns  a MoveColumns: `NOW`, or of the past state of all actions
    """
    return reduce(and_, _standing(narrow, today, thresholds, columns), EVERYTHING)


def _standing(narrow: Filter, today: date, thresholds: Thresholds, columns: Any = NOW) -> Iterator[Any]:
    yield from _rated(narrow, today, thresholds, columns)
    if narrow.assurance:
        told = TOLD_APART.get(narrow.assurance)
        is_so = as_sql(told, today, columns) if told else columns.assurance == narrow.assurance
        yield is_so & (columns.standing == "active")
    if narrow.not_closed:
        yield as_sql(Not(CLOSED), today, columns)
    if narrow.closed_only:
        yield as_sql(CLOSED, today, columns)
    if narrow.silent:
        yield as_sql(silent(thresholds), today, columns)
    if narrow.turn:
        yield as_sql(WAITS_FOR[narrow.turn], today, columns) if narrow.turn in WAITS_FOR else NOTHING
    if narrow.reminded:
        yield _Handed.reminded(columns) if _Handed.reminded else NOTHING
    if narrow.accepted:
        first, last = narrow.accepted
        yield columns.id.in_(_accepted(first, last)) if first <= last else NOTHING
    yield from _of_the_past(narrow, columns)


def _rated(narrow: Filter, today: date, thresholds: Thresholds, columns: Any) -> Iterator[Any]:
    if narrow.rating:
        ratings = PRESSING if narrow.rating == RED_OR_AMBER else (narrow.rating,)
        yield any_of([with_result(rating_rules(thresholds), each, today, columns) for each in ratings])
    if narrow.timeliness:
        yield with_result(timeliness_rules(thresholds), narrow.timeliness, today, columns)
    if narrow.over_a_year:
        yield as_sql(All((overdue(thresholds), Before("current_due_on", -A_YEAR))), today, columns)
    if narrow.overdue_at_first:
        at_first = timeliness_rules(thresholds, "original_due_on")
        yield with_result(at_first, Timeliness.OVERDUE, today, columns)


def _of_the_past(narrow: Filter, columns: Any) -> Iterator[Any]:
    if narrow.from_records:
        yield columns.id.in_(recorded_actions())
    if narrow.examined:
        known = narrow.examined in EXAMINED_NAMES
        yield examined_condition(columns, narrow.examined) if known else NOTHING


def _accepted(first: date, last: date) -> Any:
    """Return ids of the actions that the Board accepted between two days, both included."""
    since, before = clock.start_of(first), clock.start_of(last + timedelta(days=1))
    return AuditEvent.select(AuditEvent.object_id).where(
        AuditEvent.kind == Action._meta.table_name,
        AuditEvent.event == "action.accepted",
        AuditEvent.at >= since,
        AuditEvent.at < before,
        stands(AuditEvent),
    )


def as_sql(condition: Condition, today: date, columns: Any = NOW) -> Any:
    """Return a condition of the rules as an expression on Action. Never NULL, so that NOT means not.

    `columns` may be those of anything else that is like an action, such as the past state of all actions.
    """
    if isinstance(columns, StateColumns):
        return columns.kept(_said_of, condition, today=today)
    return _said_of(columns, condition, today)


def _said_of(columns: Any, condition: Condition, today: date) -> Any:
    match condition:
        case Is(field, values):
            return getattr(columns, field).in_(values)
        case Missing(field):
            return getattr(columns, field).is_null()
        case Before(field, days):
            column = getattr(columns, field)
            return column.is_null(False) & (column < reckoned(today, days))
        case Has() | SilentFor():
            return _of_history(condition, today, columns)
        case Later(field, than):
            first, second = getattr(columns, field), getattr(columns, than)
            return first.is_null(False) & second.is_null(False) & (first > second)
        case AtLeast(field, count):
            return getattr(columns, field) >= count
        case Not(inner):
            return ~as_sql(inner, today, columns)
        case Either(conditions):
            return any_of([as_sql(each, today, columns) for each in conditions])
        case All():
            parts = [as_sql(each, today, columns) for each in conjuncts(condition, VALUES)]
            return reduce(and_, parts) if parts else EVERYTHING


def _of_history(condition: Has | SilentFor, today: date, columns: Any) -> Any:
    if isinstance(condition, SilentFor):
        return columns.silent_for(condition.days, today)
    return getattr(columns, condition.field)


def any_of(conditions: Sequence[Any]) -> Any:
    """Return, as SQL, that at least one of these holds; of none, NOTHING.

    NOTHING does not stand beside others: what is said next to an OR, SQLite does not look up in an index.
    """
    return reduce(or_, conditions) if conditions else NOTHING


def result_place(rules: Sequence[Rule], results: Sequence[str], today: date, columns: Any = NOW) -> Any:
    """Return, as SQL, the position among `results` of what a table of rules gives each action."""
    places = {result: place for place, result in enumerate(results)}
    return peewee.Case(None, [(as_sql(rule.when, today, columns), places[rule.result]) for rule in rules])


def rule_place(rules: Sequence[Rule], today: date, columns: Any = NOW) -> Any:
    """Return, as SQL, the position in a table of rules of the rule that decides each action.

    A place and not a code: numbers are grouped in half the time that words take.
    """
    cases = [(as_sql(rule.when, today, columns), place) for place, rule in enumerate(rules)]
    return peewee.Case(None, cases)


def with_result(rules: Sequence[Rule], result: str, today: date, columns: Any = NOW) -> Any:
    """Return the condition on Action that a table of rules gives it this result; none fits an unknown one.

    Said so that the database can look the actions up instead of judging every one.
    """
    condition = has_result(rules, result)
    return NOTHING if condition is None else as_sql(condition, today, columns)


def _has_theme(theme: int) -> Any:
    reviews = ReviewTheme.select(ReviewTheme.review).where(ReviewTheme.theme == theme)
    recommendations = RecommendationTheme.select(RecommendationTheme.recommendation).where(
        RecommendationTheme.theme == theme
    )
    return Action.review.in_(reviews) | Action.recommendation.in_(recommendations)
