"""Reading actions, always for a viewer: one action, counts by rating, requests for more time."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import date
from functools import reduce
from operator import or_
from typing import Any, NamedTuple, cast

import peewee

from kscb_actions.access.policy import Role, Viewer
from kscb_actions.database import day_number, db
from kscb_actions.people.models import Agency, User
from kscb_actions.people.succession import own_body
from kscb_actions.prepared import prepared
from kscb_actions.reviews.models import Recommendation, Review
from kscb_actions.settings.rules import Thresholds
from kscb_actions.text import one_line

from .listing import Listed, listed, of_own_agency
from .models import Action, Extension, JointOwner, ProgressUpdate
from .moves import NOW, moves_of
from .narrowing import Filter, as_sql, matching, rule_place, stays_out, visible_action, words_to_look_up
from .owners.queries import know_owners, names_of_joint
from .rating import Colour, rating_rules
from .turn import WAITS_FOR, WaitsForBoard


def count_by_agency(
    viewer: Viewer, today: date, thresholds: Thresholds, narrow: Filter | None = None
) -> dict[Agency, dict[Colour, int]]:
    """Return {agency: {colour: count}} of the actions this person may see, agencies by name. Two queries."""
    rules = rating_rules(thresholds)
    counts: dict[int, dict[Colour, int]] = {}
    narrow = narrow or Filter()
    look_up = words_to_look_up(narrow)
    for key, count in _count_by_agency(viewer, narrow, today, thresholds, look_up):
        agency_id, place = divmod(key, len(rules))
        counts.setdefault(agency_id, dict.fromkeys(Colour, 0))[Colour(rules[place].result)] += count
    return {agency: counts[agency.id] for agency in _agencies() if agency.id in counts}


@prepared
def _agencies() -> Any:
    return Agency.select().order_by(Agency.name)


@prepared
def _count_by_agency(
    viewer: Viewer, narrow: Filter, today: date, thresholds: Thresholds, look_up: frozenset[str]
) -> Any:
    rules = rating_rules(thresholds)
    # One number for agency and rule, in a query of its own (OFFSET keeps it apart): SQLite sorts what it
    # groups, and would sort every column that the rules ask along with it.
    key = (Action.agency * len(rules) + rule_place(rules, today)).alias("key")
    keys = Action.select(key).where(matching(viewer, narrow, today, thresholds, look_up)).offset(0)
    return (
        peewee.Select([keys], [keys.c.key, peewee.fn.COUNT(peewee.SQL("1"))])
        .group_by(keys.c.key)
        .bind(db)
        .tuples()
    )


def count_waits(viewer: Viewer, today: date, narrow: Filter | None = None) -> WaitsForBoard:
    """Return how many actions that this person may see wait for the Board, and since when. One query.

    `narrow` says among which; the list narrowed to it and to the Board's turn has these.
    """
    count, number = _waits_for_board.first(viewer, today, replace(narrow or Filter(), turn="board"))
    return WaitsForBoard(count, None if number is None else date.fromordinal(number))


@prepared
def _waits_for_board(viewer: Viewer, today: date, narrow: Filter) -> Any:
    counted = Action.select(peewee.fn.COUNT(Action.id), _oldest_wait())
    # Whose turn it is hangs on no threshold.
    return counted.where(matching(viewer, narrow, today, Thresholds())).tuples()


def count_waits_of_agencies(
    roles: frozenset[Role], today: date, narrow: Filter
) -> Mapping[int, WaitsForBoard]:
    """Return {agency: what `count_waits` has for its people with these roles who are named on nothing}.

    Agencies for which none waits are left out. One query, which asks once of each action whether it waits.
    """
    found = _waits_of_agencies(roles, today, replace(narrow, turn="board"))
    return {
        agency_id: WaitsForBoard(count, None if number is None else date.fromordinal(number))
        for agency_id, count, number in found
    }


@prepared
def _waits_of_agencies(roles: frozenset[Role], today: date, narrow: Filter) -> Any:
    somebody: Any = Viewer(id=None, name="", roles=roles, agency_id=cast(Any, Agency.id))
    counted = Action.select(Agency.id, peewee.fn.COUNT(Action.id), _oldest_wait())
    # In this order, which SQLite keeps: the few that wait are looked for first, then whose they are.
    joined = counted.join(Agency, peewee.JOIN.CROSS)
    return joined.where(matching(somebody, narrow, today, Thresholds())).group_by(Agency.id).tuples()


def _oldest_wait() -> Any:
    return day_number(peewee.fn.MIN(NOW.board_at), is_instant=True)


def get_action(viewer: Viewer, reference: str, number: int) -> Action | None:
    """Return one action with its context, or None when it is hidden or does not exist."""
    return _visible.first(viewer, reference=reference, number=number)


@prepared
def _visible(viewer: Viewer, *, reference: Any, number: Any) -> Any:
    return with_context().where(
        Review.reference == reference, Action.number == number, visible_action(viewer)
    )


def list_of_references(viewer: Viewer, references: Iterable[str]) -> list[Action]:
    """Return the actions so called, like SCR-2011-02/A7, that the viewer may see, with whose they are.

    In the order of the references. Three queries, and none where nothing is named.
    """
    named = {each: each.rpartition("/A") for each in references}
    if not named:
        return []
    called = reduce(
        or_,
        ((Review.reference == of) & (Action.number == int(number)) for of, _, number in named.values()),
    )
    found = {each.reference: each for each in with_context().where(called, visible_action(viewer))}
    know_owners(found.values())
    return [found[each] for each in named if each in found]


def texts_of_references(viewer: Viewer, references: Collection[str]) -> dict[str, str]:
    """Return {reference: text} of the actions so called that the viewer may see. At most one query."""
    named = {reference.rpartition("/A")[::2] for reference in references}
    if not named:
        return {}
    called = Review.reference.in_({review for review, _ in named}) & Action.number.in_(
        {int(number) for _, number in named}
    )
    query = Action.select(Review.reference, Action.number, Action.text).join(Review)
    found = query.where(called, visible_action(viewer)).tuples()
    texts = {f"{review}/A{number}": one_line(text) for review, number, text in found}
    return {reference: texts[reference] for reference in references if reference in texts}


def get_own_actions(viewer: Viewer, ids: Collection[int]) -> dict[int, Action]:
    """Return {id: action} of those that the viewer may see and their agency owns. One query."""
    return {action.id: action for action in with_context().where(of_own_agency(viewer, ids))}


def get_extension(viewer: Viewer, reference: str, number: int, extension_id: int) -> Extension | None:
    """Return one request for more time by its whole address, or None when it is hidden or does not exist."""
    action = get_action(viewer, reference, number)
    if action is None:
        return None
    extension = Extension.get_or_none(Extension.id == extension_id, Extension.action == action)
    if extension:
        extension.action = action
    return extension


def get_joint_owner(viewer: Viewer, reference: str, number: int, joint_id: int) -> JointOwner | None:
    """Return a joint owner of an action by its whole address, or None when it is hidden or does not exist."""
    action = get_action(viewer, reference, number)
    if action is None:
        return None
    found = JointOwner.id == joint_id, JointOwner.action == action, JointOwner.ended_at.is_null()
    joint = JointOwner.select(JointOwner, Agency).join(Agency).where(*found).first()
    if joint:
        joint.action = action
    return joint


def list_open_requests(viewer: Viewer, most: int | None = None) -> list[Extension]:
    """Return the requests for more time that wait for a decision, oldest first, at most `most`.

    What was asked of an action that has ended since, or is on hold, waits for nobody.
    """
    return _open_requests(viewer, most)


@prepared
def _open_requests(viewer: Viewer, most: int | None) -> Any:
    return (
        Extension.select(
            *(Extension.id, Extension.asked_due_on, Extension.reason, Extension.asked_by, Extension.action),
            *(Action.id, Action.number, Action.current_due_on, Action.agency, Action.review),
            Action.earlier_agencies,
            *(Review.id, Review.reference, Agency.id, Agency.name),
        )
        .join_from(Extension, Action)
        .join_from(Action, Review)
        .join_from(Action, Agency)
        .where(Extension.state == "asked", as_sql(WAITS_FOR["more_time"], date.min), visible_action(viewer))
        .order_by(Extension.id)
        .limit(most)
    )


class WaitingRequest(NamedTuple):
    """A request for more time that waits for a decision, by what its address is made of."""

    id: int
    reference: str
    number: int


def list_requests_to_decide(viewer: Viewer, after: Extension) -> list[WaitingRequest]:
    """Return what waits for this person's decision on more time, without `after`: first what was asked later.

    Not what they asked for themselves, nor what is about an action of their own agency. Two queries.
    """
    rows = (
        Extension.select(Extension.id, Review.reference, Action.number)
        .join(Action)
        .join(Review)
        .where(
            Extension.state == "asked",
            Extension.id != after.id,
            Extension.asked_by != viewer.id,
            as_sql(WAITS_FOR["more_time"], date.min),
            ~stays_out(own_body(viewer)),
            visible_action(viewer),
        )
        .order_by(Extension.id < after.id, Extension.id)
        .tuples()
    )
    return [WaitingRequest(*row) for row in rows]


def last_update(action: Action) -> ProgressUpdate | None:
    """Return what the agency said last of an action that has been fetched for a viewer, with who said it."""
    told = ProgressUpdate.select(ProgressUpdate, User).join(User)
    return told.where(ProgressUpdate.action == action).order_by(ProgressUpdate.id.desc()).first()


def list_extensions(action: Action) -> list[Extension]:
    """Return every change of an action's due date, oldest first, each with who asked and who decided.

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
    """Return {recommendation id: its actions} of one review, as far as this person may see them."""
    query = with_context().where(Action.review == review, visible_action(viewer)).order_by(Action.number)
    rows = list(query)
    moves, joint = moves_of(action.id for action in rows), names_of_joint([action.id for action in rows])
    grouped: dict[int, list[Listed]] = {}
    for action in rows:
        row = listed(action, moves[action.id], today, thresholds, joint.get(action.id, ()))
        grouped.setdefault(action.recommendation_id, []).append(row)
    return grouped


def with_context() -> Any:
    """Return actions with their review, recommendation, agency and lead in one query."""
    return (
        Action.select(Action, Review, Recommendation, Agency, User)
        .join_from(Action, Review)
        .join_from(Action, Recommendation)
        .join_from(Action, Agency)
        .join_from(Action, User, peewee.JOIN.LEFT_OUTER)
    )


def count_by_review(
    viewer: Viewer, reviews: Iterable[int], today: date, thresholds: Thresholds
) -> dict[int, dict[Colour, int]]:
    """Return {review id: {colour: count}} of the actions this person may see in these reviews. One query.

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
