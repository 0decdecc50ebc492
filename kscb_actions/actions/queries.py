"""Reading actions, always for a viewer: filters, lists, counts. The rules of rating become SQL here."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import peewee

from ..access.policy import Permission, Reach, Viewer, reach
from ..people.models import Agency, User
from ..reviews.models import Recommendation, RecommendationTheme, Review, ReviewTheme
from ..reviews.queries import EVERYTHING, NOTHING, hidden_reviews
from ..settings.rules import Thresholds
from .conditions import All, AtLeast, Before, Condition, Is, Later, Missing, Not
from .facts import facts_of
from .models import Action, Extension
from .rating import Colour, Rating, rate, rating_rules, silent, timeliness_rules, timeliness_words

PER_PAGE = 25
SORTS: dict[str, tuple[Any, ...]] = {
    "due": (Action.current_due_on, Action.id),
    "reference": (Action.review_id, Action.number),
    "agency": (Action.agency_id, Action.current_due_on, Action.id),
    "updated": (Action.updated_on, Action.id),
}


@dataclass(frozen=True)
class Filter:
    """What a list of actions is narrowed to; an empty value narrows nothing."""

    review: str = ""
    agency: str = ""
    rating: str = ""
    timeliness: str = ""
    assurance: str = ""
    theme: int | None = None
    lead: int | None = None
    silent: bool = False
    words: str = ""


@dataclass(frozen=True)
class Listed:
    """An action as a list shows it."""

    action: Action
    rating: Rating
    when: str
    is_late: bool

    @property
    def reference(self) -> str:
        """The action's reference, like SCR-2011-02/A7."""
        return self.action.reference


@dataclass(frozen=True)
class Page:
    """One page of a list, and how many there are in all."""

    rows: list[Listed]
    total: int
    page: int
    pages: int


def visible_action(viewer: Viewer) -> Any:
    """The condition on Action that keeps what this person may see."""
    if viewer.is_system:
        return EVERYTHING
    width = reach(viewer, Permission.READ_ACTION)
    if width is Reach.NONE:
        return NOTHING
    condition = Action.review.not_in(hidden_reviews(viewer))
    if width is Reach.OWN_AGENCY:
        condition = condition & (Action.agency == viewer.agency_id)
    return condition


def as_sql(condition: Condition, today: date, columns: Any = Action) -> Any:
    """A condition of the rules as an expression on Action. Never NULL, so that NOT means not.

    `columns` may be anything else that has an action's columns, such as a past state of all actions.
    """
    match condition:
        case Is(field, values):
            return getattr(columns, field).in_(values)
        case Missing(field):
            return getattr(columns, field).is_null()
        case Before(field, days):
            column = getattr(columns, field)
            return column.is_null(False) & (column < today + timedelta(days=days))
        case Later(field, than):
            first, second = getattr(columns, field), getattr(columns, than)
            return first.is_null(False) & second.is_null(False) & (first > second)
        case AtLeast(field, count):
            return getattr(columns, field) >= count
        case Not(inner):
            return ~as_sql(inner, today, columns)
        case All(conditions):
            expression: Any = EVERYTHING
            for each in conditions:
                one = as_sql(each, today, columns)
                expression = one if expression is EVERYTHING else expression & one
            return expression


def rating_code(today: date, thresholds: Thresholds, columns: Any = Action) -> Any:
    """The code of the rule that rates each action, as SQL."""
    rules = rating_rules(thresholds)
    return peewee.Case(None, [(as_sql(rule.when, today, columns), rule.code) for rule in rules])


def codes_of(colour: str, thresholds: Thresholds) -> list[str]:
    """The codes of the rules that give a colour."""
    return [rule.code for rule in rating_rules(thresholds) if rule.result == colour]


def matching(viewer: Viewer, narrow: Filter, today: date, thresholds: Thresholds) -> Any:
    """The condition on Action for a filter, among what this person may see."""
    condition = visible_action(viewer)
    if narrow.review:
        condition = condition & Action.review.in_(
            Review.select(Review.id).where(Review.reference == narrow.review)
        )
    if narrow.agency:
        condition = condition & Action.agency.in_(
            Agency.select(Agency.id).where(Agency.code == narrow.agency)
        )
    if narrow.rating:
        condition = condition & rating_code(today, thresholds).in_(codes_of(narrow.rating, thresholds))
    if narrow.timeliness:
        cases = [(as_sql(r.when, today), r.code) for r in timeliness_rules(thresholds)]
        condition = condition & (peewee.Case(None, cases) == narrow.timeliness)
    if narrow.assurance:
        condition = condition & (Action.assurance == narrow.assurance) & (Action.standing == "active")
    if narrow.lead is not None:
        condition = condition & (Action.lead == narrow.lead)
    if narrow.silent:
        condition = condition & as_sql(silent(thresholds), today)
    if narrow.theme is not None:
        condition = condition & _has_theme(narrow.theme)
    for word in narrow.words.split():
        condition = condition & _has_word(word)
    return condition


def list_actions(
    viewer: Viewer,
    narrow: Filter,
    today: date,
    thresholds: Thresholds,
    sort: str = "due",
    descending: bool = False,
    page: int = 1,
    per_page: int = PER_PAGE,
) -> Page:
    """One page of the actions that match. Three queries, however many actions there are."""
    condition = matching(viewer, narrow, today, thresholds)
    total = Action.select().where(condition).count()
    pages = max(1, -(-total // per_page))
    page = min(max(1, page), pages)
    keys = SORTS.get(sort, SORTS["due"])
    order = [key.desc(nulls="LAST") if descending else key.asc(nulls="LAST") for key in keys]
    ids = Action.select(Action.id).where(condition).order_by(*order).paginate(page, per_page)
    rows = with_context().where(Action.id.in_([row.id for row in ids])).order_by(*order)
    return Page([listed(action, today, thresholds) for action in rows], total, page, pages)


def list_own_work(viewer: Viewer, today: date, thresholds: Thresholds, everyone: bool) -> list[Listed]:
    """The open actions a lead is asked about: returned and overdue first, then by due date.

    Theirs by name, or with `everyone` all of their agency's.
    """
    if reach(viewer, Permission.SEE_OWN_WORK) is Reach.NONE:
        return []
    condition = visible_action(viewer) & (Action.agency == viewer.agency_id) & (Action.standing == "active")
    condition = condition & Action.assurance.in_(("none", "returned"))
    if not everyone:
        condition = condition & (Action.lead == viewer.id)
    rows = [listed(action, today, thresholds) for action in with_context().where(condition)]
    return sorted(rows, key=_urgency)


def count_by_agency(
    viewer: Viewer, today: date, thresholds: Thresholds, narrow: Filter | None = None
) -> dict[Agency, dict[Colour, int]]:
    """{agency: {colour: count}} of the actions this person may see, agencies by name. Two queries."""
    code = rating_code(today, thresholds).alias("code")
    query = (
        Action.select(Action.agency, code, peewee.fn.COUNT(Action.id).alias("count"))
        .where(matching(viewer, narrow or Filter(), today, thresholds))
        .group_by(Action.agency, peewee.SQL("code"))
        .tuples()
    )
    colours = {rule.code: Colour(rule.result) for rule in rating_rules(thresholds)}
    counts: dict[int, dict[Colour, int]] = {}
    for agency_id, code_name, count in query:
        counts.setdefault(agency_id, dict.fromkeys(Colour, 0))[colours[code_name]] += count
    agencies = Agency.select().where(Agency.id.in_(list(counts))).order_by(Agency.name)
    return {agency: counts[agency.id] for agency in agencies}


def count_actions(viewer: Viewer, narrow: Filter, today: date, thresholds: Thresholds) -> int:
    """How many actions match: the number on a tile whose link is the same filter."""
    return Action.select().where(matching(viewer, narrow, today, thresholds)).count()


def get_action(viewer: Viewer, reference: str, number: int) -> Action | None:
    """One action with its context, or None when it is hidden or does not exist."""
    return (
        with_context()
        .where(Review.reference == reference, Action.number == number, visible_action(viewer))
        .first()
    )


def get_extension(viewer: Viewer, reference: str, number: int, extension_id: int) -> Extension | None:
    """One request for more time by its whole address, or None when it is hidden or does not exist."""
    action = get_action(viewer, reference, number)
    if action is None:
        return None
    extension = Extension.get_or_none(Extension.id == extension_id, Extension.action == action)
    if extension:
        extension.action = action
    return extension


def list_open_requests(viewer: Viewer) -> list[Extension]:
    """Requests for more time that wait for a decision, oldest first."""
    return list(
        Extension.select(Extension, Action, Review, Agency)
        .join(Action)
        .join_from(Action, Review)
        .join_from(Action, Agency)
        .where(Extension.state == "asked", visible_action(viewer))
        .order_by(Extension.id)
    )


def list_extensions(action: Action) -> list[Extension]:
    """Every change of an action's due date, oldest first. The action has been fetched for a viewer."""
    return list(
        Extension.select(Extension, User)
        .join(User, on=(Extension.asked_by == User.id))
        .where(Extension.action == action)
        .order_by(Extension.id)
    )


def list_actions_of_review(
    viewer: Viewer, review: Review, today: date, thresholds: Thresholds
) -> dict[int, list[Listed]]:
    """{recommendation id: its actions} of one review, as far as this person may see them. One query."""
    rows = with_context().where(Action.review == review, visible_action(viewer)).order_by(Action.number)
    grouped: dict[int, list[Listed]] = {}
    for action in rows:
        grouped.setdefault(action.recommendation_id, []).append(listed(action, today, thresholds))
    return grouped


def with_context() -> Any:
    """Actions with their review, recommendation, agency and lead in one query."""
    return (
        Action.select(Action, Review, Recommendation, Agency, User)
        .join_from(Action, Review)
        .join_from(Action, Recommendation)
        .join_from(Action, Agency)
        .join_from(Action, User, peewee.JOIN.LEFT_OUTER)
    )


def listed(action: Action, today: date, thresholds: Thresholds) -> Listed:
    """An action with its rating and timeliness in words."""
    facts = facts_of(action)
    rating = rate(facts, today, thresholds)
    when = timeliness_words(facts, facts.current_due_on, today)
    return Listed(action, rating, when, when.startswith("Overdue"))


def _urgency(row: Listed) -> tuple[int, date, int]:
    rank = {"returned": 0, "overdue": 0, "cannot_be_done": 1, "due_soon": 2}
    order = 0 if row.action.assurance == "returned" else rank.get(row.rating.code, 3)
    return order, row.action.current_due_on or date.max, row.action.id


def _has_theme(theme: int) -> Any:
    reviews = ReviewTheme.select(ReviewTheme.review).where(ReviewTheme.theme == theme)
    recommendations = RecommendationTheme.select(RecommendationTheme.recommendation).where(
        RecommendationTheme.theme == theme
    )
    return Action.review.in_(reviews) | Action.recommendation.in_(recommendations)


def _has_word(word: str) -> Any:
    reviews = Review.select(Review.id).where(Review.reference.contains(word) | Review.title.contains(word))
    recommendations = Recommendation.select(Recommendation.id).where(Recommendation.text.contains(word))
    return (
        Action.text.contains(word)
        | Action.success_measure.contains(word)
        | Action.review.in_(reviews)
        | Action.recommendation.in_(recommendations)
    )
