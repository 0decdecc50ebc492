"""Reading news, always for one person: what they may not see now is neither shown nor counted."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import peewee

from kscb_actions import clock
from kscb_actions.access.policy import Permission, Reach, Role, Viewer, reach
from kscb_actions.actions.models import Action
from kscb_actions.actions.narrowing import is_kept, visible_action
from kscb_actions.assurance.challenges.models import Challenge
from kscb_actions.assurance.challenges.queries import visible_challenge
from kscb_actions.pages import Page, page_within
from kscb_actions.people.absences.models import Absence
from kscb_actions.people.absences.rules import days_words
from kscb_actions.people.models import Agency, User
from kscb_actions.prepared import prepared
from kscb_actions.reviews.models import Recommendation, Review
from kscb_actions.reviews.queries import NOTHING, hidden_reviews
from kscb_actions.terms import say

from .models import News, NewsPace
from .rules import LEFT, Item, Kind, Pace

PER_PAGE = 25
OUTER = peewee.JOIN.LEFT_OUTER


@dataclass(frozen=True)
class Shown:
    """One piece of news on the page, and whether it had not been seen."""

    item: Item
    is_new: bool


def count_new(viewer: Viewer) -> int:
    """Return how many things are new for a person, of those they may see now. One query."""
    return int(_count_new(*_shape(viewer), user=viewer.id, agency=viewer.agency_id)[0][0])


@prepared
def _count_new(roles: frozenset[Role], is_alone: bool, *, user: Any, agency: Any) -> Any:
    own = (News.person == user) & News.seen_at.is_null()
    return News.select(peewee.fn.COUNT(News.id)).where(own, _visible(roles, is_alone, user, agency)).tuples()


def new_of(viewer: Viewer, actions: Collection[int]) -> dict[int, tuple[Kind, ...]]:
    """Return {action id: what others did about it that this person has not seen}, each kind once. One query.

    actions  ids, which have been read for the viewer
    """
    own = (News.person == viewer.id) & News.seen_at.is_null() & News.action.in_(list(actions))
    found: dict[int, dict[Kind, None]] = {}
    for action_id, kind in News.select(News.action, News.kind).where(own).order_by(News.id).tuples():
        found.setdefault(action_id, {})[Kind(kind)] = None
    return {action_id: tuple(kinds) for action_id, kinds in found.items()}


def count_new_of_leads() -> dict[int, dict[int | None, int]]:
    """Return {lead: {restricted review, or None: how many things are new for them}}, as `count_new` counts.

    One query, and one more for each combination of roles, however many people there are.
    """
    leads = User.select().where(User.is_active, User.roles.contains(Role.AGENCY_LEAD))
    found: dict[int, dict[int | None, int]] = {}
    for shape in sorted({_shape(person.viewer) for person in leads}, key=str):
        for person_id, review_id, count in _count_new_each(*shape, roles_text=",".join(sorted(shape[0]))):
            found.setdefault(person_id, {})[review_id] = count
    return found


@prepared
def _count_new_each(roles: frozenset[Role], is_alone: bool, *, roles_text: Any) -> Any:
    restricted = peewee.Case(None, [(Review.is_restricted, News.review)])
    own = News.seen_at.is_null() & User.is_active & _has_shape(roles_text, is_alone)
    query = News.select(News.person, restricted, peewee.fn.COUNT(News.id))
    query = query.join_from(News, User, on=(News.person == User.id)).join_from(News, Review, OUTER)
    return query.where(own, _visible_each(roles, is_alone)).group_by(News.person, restricted).tuples()


def list_news(viewer: Viewer, page: int = 1) -> Page[Shown]:
    """Return one page of what a person was to hear of, what is new first, then the latest. Two queries."""
    shape, values = _shape(viewer), {"user": viewer.id, "agency": viewer.agency_id}
    total = _count_all(*shape, **values)[0][0]
    page, pages, before, most = page_within(page, total, PER_PAGE)
    rows = _page(*shape, **values, offset=before, most=most)
    names = _names(rows)
    return Page([Shown(_item(row, names), row[-1] is None) for row in rows], total, page, pages)


@prepared
def _count_all(roles: frozenset[Role], is_alone: bool, *, user: Any, agency: Any) -> Any:
    own = News.person == user
    return News.select(peewee.fn.COUNT(News.id)).where(own, _visible(roles, is_alone, user, agency)).tuples()


@prepared
def _page(roles: frozenset[Role], is_alone: bool, *, user: Any, agency: Any, offset: Any, most: Any) -> Any:
    own = (News.person == user) & _visible(roles, is_alone, user, agency)
    newest = (News.seen_at.is_null().desc(), News.id.desc())
    return _with_context().where(own).order_by(*newest).limit(most).offset(offset)


def list_untold() -> list[tuple[User, Pace, list[Item]]]:
    """Return each active person with their pace and what no message told of, of what they may see now.

    People by address. One query, and one more for each combination of roles, however many people there are.
    """
    waiting = _people_with_untold()
    found: dict[int, list[Item]] = {}
    for shape in {_shape(person.viewer) for person, _ in waiting}:
        rows = _untold(*shape, roles_text=",".join(sorted(shape[0])))
        names = _names(rows)
        for person_id, *row in rows:
            found.setdefault(person_id, []).append(_item(tuple(row), names))
    return [(person, pace, found[person.id]) for person, pace in waiting if person.id in found]


@prepared
def _untold(roles: frozenset[Role], is_alone: bool, *, roles_text: Any) -> Any:
    own = is_untold() & User.is_active & _has_shape(roles_text, is_alone)
    query = _with_context(News.person).join_from(News, User, on=(News.person == User.id))
    return query.where(own, _visible_each(roles, is_alone)).order_by(News.id)


def _has_shape(roles_text: Any, is_alone: bool) -> Any:
    return (User.roles == roles_text) & User.agency.is_null(is_alone)


def _visible_each(roles: frozenset[Role], is_alone: bool) -> Any:
    """Return the condition on News with its person, of these roles, that they may see it now."""
    # What is of no restricted review is the same for all who have these roles; who is named on a restricted
    # one is asked of each row, which is dear and seldom.
    is_open = _visible(roles, is_alone, None, User.agency)
    is_restricted = News.review.in_(Review.select(Review.id).where(Review.is_restricted))
    return is_open | (is_restricted & _visible(roles, is_alone, News.person, User.agency))


def _people_with_untold() -> list[tuple[User, Pace]]:
    waiting = News.select(News.person).where(is_untold())
    rows = (
        User.select(User, NewsPace.pace.alias("pace"))
        .join(NewsPace, OUTER, on=(NewsPace.person == User.id))
        .where(User.is_active, User.id.in_(waiting))
        .order_by(User.email)
        .objects()
    )
    return [(row, Pace(row.pace or Pace.DAILY)) for row in rows]


def is_untold() -> Any:
    """Return the condition on News that no message told of it and nobody saw it."""
    return News.told_at.is_null() & News.seen_at.is_null()


def get_pace(viewer: Viewer) -> NewsPace | None:
    """Return what a person chose; None before they chose anything."""
    return NewsPace.get_or_none(NewsPace.person == viewer.id)


def without_pictures() -> frozenset[int]:
    """Return who wants no picture of a week or of a month. One query."""
    rows = NewsPace.select(NewsPace.person).where(NewsPace.has_pictures == False)  # noqa: E712
    return frozenset(person_id for (person_id,) in rows.tuples())


def _shape(viewer: Viewer) -> tuple[frozenset[Role], bool]:
    return viewer.roles, viewer.agency_id is None


def _visible(roles: frozenset[Role], is_alone: bool, user: Any, agency: Any) -> Any:
    """Return the condition on News that keeps what somebody of these roles may see now.

    By the very conditions of the lists of actions and of challenges, asked for whoever is put in later.
    """
    somebody = Viewer(id=user, name="", roles=roles, agency_id=None if is_alone else agency)
    # One look-up for each piece of news: a list of all that somebody may see would cost every page too much.
    one = peewee.SQL("1")
    action = Action.select(one).where(Action.id == News.action, visible_action(somebody))
    challenge = Challenge.select(one).where(Challenge.id == News.challenge, visible_challenge(somebody))
    # Of an absence only those concerned have news at all.
    seen = News.absence.is_null(False) | peewee.fn.EXISTS(action) | peewee.fn.EXISTS(challenge)
    return seen | _is_others_now(somebody)


def _is_others_now(somebody: Viewer) -> Any:
    """Return the condition on News that it says, by reference alone, that somebody leads an action no more.

    The action may be hidden from them by now, as another agency's; not as one of a review that they may not
    know of, nor as one that was recorded by mistake.
    """
    if reach(somebody, Permission.READ_ACTION) is Reach.NONE:
        return NOTHING
    known = Action.id == News.action, is_kept(), Action.review.not_in(hidden_reviews(somebody))
    left = Action.select(peewee.SQL("1")).where(*known)
    return News.kind.in_(sorted(LEFT)) & peewee.fn.EXISTS(left)


def _with_context(*before: Any) -> Any:
    """Return the columns that `_item` makes a piece of news of, the last when it was seen; some `before`."""
    challenged = Agency.alias()
    return (
        News.select(
            *before,
            *(News.id, News.kind, News.at, News.review, News.challenge, Action.number),
            *(Recommendation.number, Review.reference),
            peewee.fn.COALESCE(Agency.name, challenged.name),
            peewee.fn.COALESCE(News.action, Challenge.action),
            *(News.absence, News.in_place_of, News.seen_at),
        )
        .join_from(News, Action, OUTER, on=(News.action == Action.id))
        .join_from(Action, Recommendation, OUTER, on=(Action.recommendation == Recommendation.id))
        .join_from(News, Review, OUTER, on=(News.review == Review.id))
        .join_from(Action, Agency, OUTER, on=(Action.agency == Agency.id))
        .join_from(News, Challenge, OUTER, on=(News.challenge == Challenge.id))
        .join_from(Challenge, challenged, OUTER, on=(Challenge.agency == challenged.id))
        .tuples()
    )


@dataclass(frozen=True)
class _Names:
    """What pieces of news name beside actions and challenges: absences in words, and who is away."""

    absences: dict[int, tuple[str, str]]
    people: dict[int, str]


def _names(rows: Sequence[tuple[Any, ...]]) -> _Names:
    """Return the names for these rows. One query for absences and one for people, where there are such."""
    *_, absences, people = [{row[at] for row in rows} - {None} for at in (-3, -2)]
    away, other = User.alias(), User.alias()
    found = (
        Absence.select(Absence.id, away.name, Absence.from_on, Absence.until_on, other.name, Agency.name)
        .join_from(Absence, away, on=(Absence.person == away.id))
        .join_from(Absence, other, on=(Absence.stand_in == other.id))
        .join_from(away, Agency, OUTER, on=(away.agency == Agency.id))
        .where(Absence.id.in_(sorted(absences)))
        .tuples()
    )
    told = {
        id: (f"{absent} is away {days_words(begins, ends)}, {stand_in} stands in", agency or say("The Board"))
        for id, absent, begins, ends, stand_in, agency in (found if absences else ())
    }
    named = User.select(User.id, User.name).where(User.id.in_(sorted(people))).tuples()
    return _Names(told, dict(named) if people else {})


def _item(row: tuple[Any, ...], names: _Names) -> Item:
    news_id, kind, at, review_id, challenge_id, number, part, reference, agency, *more = row
    action_id, absence_id, absent_id, _ = more
    if absence_id is not None:
        words, whose = names.absences[absence_id]
        day = clock.local_date(at)
        return Item(news_id, Kind(kind), words, "", whose, day, f"/absences/{absence_id}")
    review = reference or ""
    is_challenge, is_others = challenge_id is not None, kind in LEFT
    path = f"/challenges/{challenge_id}" if is_challenge else f"/reviews/{review}/actions/{number}"
    if kind == Kind.DIFFERENCE_JUDGED:
        path = f"/reviews/{review}/recommendations/{part}/impact"
    return Item(
        id=news_id,
        kind=Kind(kind),
        reference=f"C{challenge_id}" if is_challenge else f"{review}/A{number}",
        review=review,
        agency="" if is_others else agency,
        happened_on=clock.local_date(at),
        path="" if is_others else path,
        review_id=review_id,
        in_place_of=names.people.get(absent_id, ""),
        action_id=action_id,
        challenge_id=challenge_id,
    )
