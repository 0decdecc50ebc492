"""Reading actions, always for a viewer: lists, counts, one action. What narrows them is in `narrowing`."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

import peewee

from kscb_actions.access.policy import Permission, Reach, Viewer, reach
from kscb_actions.people.models import Agency, User
from kscb_actions.prepared import prepared
from kscb_actions.reviews.models import Recommendation, Review
from kscb_actions.reviews.queries import NOTHING
from kscb_actions.settings.rules import Thresholds

from .models import Action, Extension, facts_of
from .narrowing import Filter as Filter
from .narrowing import as_sql, matching, rule_place, visible_action
from .rating import OPEN, Colour, Rating, is_late, rate, rating_rules, timeliness_words, urgency_rules

PER_PAGE = 25


SORTS: dict[str, tuple[Any, ...]] = {
    "due": (Action.current_due_on, Action.id),
    "reference": (Review.reference, Action.number),
    "agency": (Agency.name, Action.current_due_on, Action.id),
    "updated": (Action.updated_on, Action.id),
    "reported": (Action.reported_done_on, Action.id),
}


BRIEF = (
    *(
        Action.id,
        Action.number,
        Action.text,
        Action.agency,
        Action.standing,
        Action.progress,
        Action.assurance,
    ),
    *(Action.updated_on, Action.original_due_on, Action.current_due_on, Action.reported_done_on),
    *(Action.extension_count, Review.reference, Agency.name),
)
# What a sort has to join to find the ids of a page.
SORTED_WITH = {"reference": Review, "agency": Agency}


class Brief(NamedTuple):
    """What a list shows of an action, and what its rating is made of, in one plain row."""

    id: int
    number: int
    text: str
    agency_id: int
    standing: str
    progress: str
    assurance: str
    updated_on: date
    original_due_on: date | None
    current_due_on: date | None
    reported_done_on: date | None
    extension_count: int
    review_reference: str
    agency_name: str

    @property
    def reference(self) -> str:
        """The reference people use, like SCR-2011-02/A7."""
        return f"{self.review_reference}/A{self.number}"


@dataclass(frozen=True)
class Listed:
    """An action as a list shows it."""

    action: Any
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
    """One page of the actions that match, each as a Brief. Two queries, however many actions there are."""
    total = count_actions(viewer, narrow, today, thresholds)
    if total == 0:
        return Page([], 0, 1, 1)
    pages = -(-total // per_page)
    page = min(max(1, page), pages)
    start = (page - 1) * per_page
    count = min(per_page, total - start)
    # The further in a page is, the more has to be sorted: what is nearer to the end is read from there.
    from_end = 2 * start > total
    sort = sort if sort in SORTS else "due"
    rows = _page_of(
        viewer,
        narrow,
        today,
        thresholds,
        sort,
        descending,
        from_end,
        most=count,
        start=total - start - count if from_end else start,
    )
    return Page([listed(Brief(*row), today, thresholds) for row in rows], total, page, pages)


@prepared
def _page_of(
    viewer: Viewer,
    narrow: Filter,
    today: date,
    thresholds: Thresholds,
    sort: str,
    descending: bool,
    from_end: bool,
    *,
    most: Any,
    start: Any,
) -> Any:
    keys = SORTS[sort]
    found = Action.select(Action.id).where(matching(viewer, narrow, today, thresholds))
    if sort in SORTED_WITH:
        found = found.join(SORTED_WITH[sort])
    order = _order(keys, not descending, "FIRST") if from_end else _order(keys, descending)
    ids = found.order_by(*order).limit(most).offset(start)
    return (
        Action.select(*BRIEF)
        .join(Review)
        .switch(Action)
        .join(Agency)
        .where(Action.id.in_(ids))
        .order_by(*_order(keys, descending))
        .tuples()
    )


def _order(keys: tuple[Any, ...], descending: bool, missing: str = "LAST") -> list[Any]:
    return [key.desc(nulls=missing) if descending else key.asc(nulls=missing) for key in keys]


def list_own_work(viewer: Viewer, today: date, thresholds: Thresholds, everyone: bool) -> list[Listed]:
    """The open actions a lead is asked about: the most pressing first, then by due date.

    Theirs by name, or with `everyone` all of their agency's.
    """
    condition = _asked_of(viewer)
    if not everyone:
        condition = condition & (Action.lead == viewer.id)
    place = rule_place(urgency_rules(thresholds), today)
    order = (place.asc(), Action.current_due_on.asc(nulls="LAST"), Action.id.asc())
    return [listed(action, today, thresholds) for action in with_context().where(condition).order_by(*order)]


def count_own_work(viewer: Viewer) -> tuple[int, int]:
    """How many open actions the viewer leads, and how many their agency has. One query."""
    led = peewee.fn.SUM(peewee.Case(None, [(Action.lead == viewer.id, 1)], 0))
    mine, agency = Action.select(led, peewee.fn.COUNT(Action.id)).where(_asked_of(viewer)).tuples().get()
    return mine or 0, agency


def _asked_of(viewer: Viewer) -> Any:
    if reach(viewer, Permission.SEE_OWN_WORK) is Reach.NONE:
        return NOTHING
    is_open = as_sql(OPEN, date.min)  # What is open hangs on no date.
    return visible_action(viewer) & (Action.agency == viewer.agency_id) & is_open


def count_by_agency(
    viewer: Viewer, today: date, thresholds: Thresholds, narrow: Filter | None = None
) -> dict[Agency, dict[Colour, int]]:
    """{agency: {colour: count}} of the actions this person may see, agencies by name. Two queries."""
    rules = rating_rules(thresholds)
    counts: dict[int, dict[Colour, int]] = {}
    for agency_id, place, count in _count_by_agency(viewer, narrow or Filter(), today, thresholds):
        counts.setdefault(agency_id, dict.fromkeys(Colour, 0))[Colour(rules[place].result)] += count
    return {agency: counts[agency.id] for agency in _agencies() if agency.id in counts}


@prepared
def _agencies() -> Any:
    return Agency.select().order_by(Agency.name)


@prepared
def _count_by_agency(viewer: Viewer, narrow: Filter, today: date, thresholds: Thresholds) -> Any:
    place_of = rule_place(rating_rules(thresholds), today).alias("place")
    return (
        Action.select(Action.agency, place_of, peewee.fn.COUNT(peewee.SQL("1")))
        .where(matching(viewer, narrow, today, thresholds))
        .group_by(Action.agency, peewee.SQL("place"))
        .tuples()
    )


def count_actions(viewer: Viewer, narrow: Filter, today: date, thresholds: Thresholds) -> int:
    """How many actions match: the number on a tile whose link is the same filter."""
    return _count(viewer, narrow, today, thresholds)[0][0]


@prepared
def _count(viewer: Viewer, narrow: Filter, today: date, thresholds: Thresholds) -> Any:
    matched = Action.select(peewee.fn.COUNT(peewee.SQL("1")))
    return matched.where(matching(viewer, narrow, today, thresholds)).tuples()


def get_action(viewer: Viewer, reference: str, number: int) -> Action | None:
    """One action with its context, or None when it is hidden or does not exist."""
    return _visible.first(viewer, reference=reference, number=number)


@prepared
def _visible(viewer: Viewer, *, reference: Any, number: Any) -> Any:
    return with_context().where(
        Review.reference == reference, Action.number == number, visible_action(viewer)
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


def list_open_requests(viewer: Viewer, most: int | None = None) -> list[Extension]:
    """Requests for more time waiting for a decision, oldest first (at most `most`), as a list shows them."""
    return _open_requests(viewer, most)


@prepared
def _open_requests(viewer: Viewer, most: int | None) -> Any:
    return (
        Extension.select(
            *(Extension.id, Extension.asked_due_on, Extension.reason, Extension.asked_by, Extension.action),
            *(Action.id, Action.number, Action.current_due_on, Action.agency, Action.review),
            *(Review.id, Review.reference, Agency.id, Agency.name),
        )
        .join_from(Extension, Action)
        .join_from(Action, Review)
        .join_from(Action, Agency)
        .where(Extension.state == "asked", visible_action(viewer))
        .order_by(Extension.id)
        .limit(most)
    )


def list_extensions(action: Action) -> list[Extension]:
    """Every change of an action's due date, oldest first, each with who asked and who decided.

    The action has been fetched for a viewer.
    """
    return _extensions(action=action.id)


@prepared
def _extensions(*, action: Any) -> Any:
    decider = User.alias()
    return (
        Extension.select(Extension, User, decider)
        .join_from(Extension, User, on=Extension.asked_by)
        .join_from(Extension, decider, peewee.JOIN.LEFT_OUTER, on=(Extension.decided_by == decider.id))
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


def listed(action: Action | Brief, today: date, thresholds: Thresholds) -> Listed:
    """An action with its rating and timeliness in words."""
    facts = facts_of(action)
    rating = rate(facts, today, thresholds)
    when = timeliness_words(facts, facts.current_due_on, today)
    return Listed(action, rating, when, is_late(facts, today, thresholds))


def count_by_review(
    viewer: Viewer, reviews: Iterable[int], today: date, thresholds: Thresholds
) -> dict[int, dict[Colour, int]]:
    """{review id: {colour: count}} of the actions this person may see in these reviews. One query.

    A review without any action is not among the keys.
    """
    rules = rating_rules(thresholds)
    query = (
        Action.select(
            Action.review, rule_place(rules, today).alias("place"), peewee.fn.COUNT(peewee.SQL("1"))
        )
        .where(visible_action(viewer), Action.review.in_(list(reviews)))
        .group_by(Action.review, peewee.SQL("place"))
        .tuples()
    )
    counts: dict[int, dict[Colour, int]] = {}
    for review_id, place, count in query:
        counts.setdefault(review_id, dict.fromkeys(Colour, 0))[Colour(rules[place].result)] += count
    return counts
