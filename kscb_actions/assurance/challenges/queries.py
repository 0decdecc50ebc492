"""Reading challenges, always for a viewer."""

import functools
import operator
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

import peewee

from kscb_actions import clock
from kscb_actions.access.policy import Permission, Reach, Role, Viewer, may, reach
from kscb_actions.actions.models import Action
from kscb_actions.actions.narrowing import void_actions
from kscb_actions.actions.searched import actions_of_reference
from kscb_actions.database import day_number
from kscb_actions.pages import Page, page_within
from kscb_actions.people.models import Agency, User
from kscb_actions.prepared import as_day, prepared
from kscb_actions.reviews.models import AgencyResponse, NamedPerson, Recommendation, Review
from kscb_actions.reviews.queries import (
    EVERYTHING,
    NOTHING,
    hidden_reviews,
    void_recommendations,
    void_reviews,
)
from kscb_actions.searching.queries import rows_with, words_of
from kscb_actions.text import MOST_DIGITS

from .models import Challenge, ChallengeStep
from .rules import ANSWERS, ChallengeFacts, InTime, Level, Question, State, StepKind, questions_of

PER_PAGE = 25
# As `Challenge.reference` says it, folded.
_CALLED = re.compile(rf"c([0-9]{{1,{MOST_DIGITS}}})")
SORTS: dict[str, tuple[Any, ...]] = {
    "raised": (Challenge.raised_on, Challenge.id),
    "due": (Challenge.due_on, Challenge.id),
    "agency": (Agency.name, Challenge.id),
}


@dataclass(frozen=True)
class ChallengeFilter:
    """What the log is narrowed to; an empty value narrows nothing.

    overdue  unanswered after the date to reply by
    raised   the first and last day on which they were raised
    first_answered  the first and last day on which they were first answered
    restricted  also those about restricted reviews
    """

    state: str = ""
    level: str = ""
    agency: str = ""
    review: str = ""
    outcome: str = ""
    in_time: str = ""
    not_closed: bool = False
    overdue: bool = False
    answered: bool = False
    words: str = ""
    raised: tuple[date, date] | None = None
    first_answered: tuple[date, date] | None = None
    restricted: bool = True


ALL_CHALLENGES = ChallengeFilter()


@dataclass(frozen=True)
class YearFigures:
    """Of the challenges raised in a year: how many, and what became of them."""

    raised: int = 0
    answered: int = 0
    in_time: int = 0
    closed: int = 0
    changed: int = 0


def facts_of(challenge: Challenge) -> ChallengeFacts:
    """Return where a challenge stands, as the row holds it now."""
    return ChallengeFacts(
        agency_id=challenge.agency_id,
        level=Level(challenge.level),
        state=State(challenge.state),
        due_on=challenge.due_on,
        answered_by=challenge.answered_by_id if challenge.state == State.ANSWERED else None,
        others=challenge.owners.former,
    )


def is_kept() -> Any:
    """Return the condition on Challenge that neither it nor what it is about was recorded by mistake."""
    about = (
        (Challenge.action, void_actions()),
        (Challenge.recommendation, void_recommendations()),
        (Challenge.review, void_reviews()),
    )
    kept = Challenge.is_void == False  # noqa: E712
    return functools.reduce(operator.and_, [key.is_null() | key.not_in(void) for key, void in about], kept)


def questions_asked(viewer: Viewer, ids: Collection[int]) -> dict[int, str]:
    """Return {id: question} of these challenges that the viewer may see. At most one query."""
    if not ids:
        return {}
    query = Challenge.select(Challenge.id, Challenge.question)
    return dict(query.where(Challenge.id.in_(ids), visible_challenge(viewer)).tuples())


def void_challenges() -> Any:
    """Return the query for the ids of the challenges that were themselves recorded by mistake."""
    return Challenge.select(Challenge.id).where(Challenge.is_void == True)  # noqa: E712


def visible_challenge(viewer: Viewer) -> Any:
    """Return the condition on Challenge that keeps what this person may see.

    What is about a restricted review is hidden from who is not named on it, whatever their role.
    """
    if viewer.is_system:
        return is_kept()
    width = reach(viewer, Permission.READ_CHALLENGE)
    if width is Reach.NONE:
        return NOTHING
    condition = is_kept() & (Challenge.review.is_null() | Challenge.review.not_in(hidden_reviews(viewer)))
    return condition if width is Reach.ALL else condition & (Challenge.agency == viewer.agency_id)


def get_challenge(viewer: Viewer, challenge_id: int) -> Challenge | None:
    """Return one challenge with what it is about, or None when it is hidden or does not exist."""
    return _visible.first(viewer, challenge_id=challenge_id)


@prepared
def _visible(viewer: Viewer, *, challenge_id: Any) -> Any:
    return _with_context().where(Challenge.id == challenge_id, visible_challenge(viewer))


def void_challenge(viewer: Viewer, challenge_id: int) -> Challenge | None:
    """Return a challenge that is void or about what is, of which this person might have read; else None."""
    found = _void.first(viewer, challenge_id=challenge_id)
    is_own = found is not None and may(viewer, Permission.READ_CHALLENGE, found.agency_id)
    return found if is_own else None


@prepared
def _void(viewer: Viewer, *, challenge_id: Any) -> Any:
    open_to = Challenge.review.is_null() | Challenge.review.not_in(hidden_reviews(viewer))
    return _with_context().where(Challenge.id == challenge_id, ~is_kept(), open_to)


def marked_challenge(viewer: Viewer, challenge_id: int) -> Challenge | None:
    """Return a challenge that was itself recorded in error, for who may read it otherwise."""
    found = void_challenge(viewer, challenge_id)
    return found if found is not None and found.is_void else None


def list_challenges(
    viewer: Viewer,
    narrow: ChallengeFilter,
    today: date,
    sort: str = "raised",
    is_descending: bool = True,
    page: int = 1,
) -> Page[Challenge]:
    """Return one page of the challenges that match. Two queries."""
    condition = visible_challenge(viewer) & _matching(narrow, today)
    total = _joined(Challenge.select(Challenge.id)).where(condition).count()
    page, pages, start, count = page_within(page, total, PER_PAGE)
    order = [key.desc() if is_descending else key.asc() for key in SORTS[sort]]
    rows = _with_context().where(condition).order_by(*order).limit(count).offset(start)
    return Page(list(rows), total, page, pages)


def count_challenges(viewer: Viewer, narrow: ChallengeFilter, today: date) -> int:
    """Return how many challenges match, of those this person may see. One query."""
    return int(_count(viewer, narrow, today)[0][0])


def count_answered(viewer: Viewer, level: str = "", restricted: bool = False) -> tuple[int, date | None]:
    """Return how many answered challenges wait for a decision, and since when the oldest does. One query.

    level       only those at this level
    restricted  also those about restricted reviews
    """
    count, since = _count_answered.first(viewer, level, restricted)
    return count, as_day(since)


@prepared
def _count_answered(viewer: Viewer, level: str, restricted: bool) -> Any:
    waits = _matching(ChallengeFilter(state=State.ANSWERED, level=level), date.min)
    query = _joined(Challenge.select(peewee.fn.COUNT(Challenge.id), peewee.fn.MIN(Challenge.answered_on)))
    if not restricted:
        waits = waits & (Review.id.is_null() | ~Review.is_restricted)
    return query.where(visible_challenge(viewer), waits).tuples()


@prepared
def _count(viewer: Viewer, narrow: ChallengeFilter, today: date) -> Any:
    counted = _joined(Challenge.select(peewee.fn.COUNT(Challenge.id)))
    return counted.where(visible_challenge(viewer), _matching(narrow, today)).tuples()


def list_to_answer(viewer: Viewer, most: int) -> list[Challenge]:
    """Return the challenges that wait for this person's answer for their agency, due first, at most `most`.

    Those at the levels that are theirs: an agency's Board member answers above the lead. One query at most.
    """
    is_lead = Role.AGENCY_LEAD in viewer.roles
    levels = [each for each in Level if viewer.roles & ANSWERS[each] and (is_lead or each != Level.LEAD)]
    if viewer.agency_id is None or not levels:
        return []
    query = Challenge.select().where(
        Challenge.state == State.OPEN,
        Challenge.agency == viewer.agency_id,
        Challenge.level.in_(levels),
        visible_challenge(viewer),
    )
    return list(query.order_by(Challenge.due_on, Challenge.id).limit(most))


def challenges_of_action(viewer: Viewer, action: Action) -> list[Challenge]:
    """Return the challenges of one action that this person may see, the newest first. One query."""
    return _of_action(viewer, action=action.id)


@prepared
def _of_action(viewer: Viewer, *, action: Any) -> Any:
    query = Challenge.select().where(Challenge.action == action, visible_challenge(viewer))
    return query.order_by(Challenge.id.desc())


def challenges_of_review(viewer: Viewer, review: Review) -> dict[int, list[Challenge]]:
    """Return {recommendation id: its challenges} of a review, without those of actions. One query."""
    query = _with_context().where(
        Challenge.review == review, Challenge.action.is_null(), visible_challenge(viewer)
    )
    found: dict[int, list[Challenge]] = {}
    for challenge in query.order_by(Challenge.id.desc()):
        found.setdefault(challenge.recommendation_id, []).append(challenge)
    return found


def list_steps(challenge: Challenge) -> list[ChallengeStep]:
    """Return what was said in a challenge, oldest first, each with who said it.

    What was asked at first is told as it was put right since; only the trail tells what it said before.
    """
    steps = list(
        ChallengeStep.select(ChallengeStep, User)
        .join(User)
        .where(ChallengeStep.challenge == challenge)
        .order_by(ChallengeStep.id)
    )
    for step in steps[:1]:
        step.text, step.due_on = challenge.question, challenge.first_due_on
    return steps


def questions_in(steps: Iterable[ChallengeStep]) -> list[Question]:
    """Return what was asked in a challenge, level by level, of its steps in order."""
    return questions_of((each.kind, each.level, each.due_on, clock.local_date(each.at)) for each in steps)


def taken_part(challenge: Challenge) -> tuple[frozenset[Level], frozenset[int]]:
    """Return the levels at which an agency has been asked, and who has answered. One query."""
    steps = ChallengeStep.select(ChallengeStep.kind, ChallengeStep.level, ChallengeStep.by)
    rows = list(steps.where(ChallengeStep.challenge == challenge).tuples())
    asked = frozenset(
        Level(level) for kind, level, _ in rows if kind in (StepKind.RAISED, StepKind.ESCALATED)
    )
    return asked, frozenset(person for kind, _, person in rows if kind == StepKind.ANSWERED)


def figures_of(
    viewer: Viewer, raised: tuple[date, date], today: date, restricted: bool = True
) -> YearFigures:
    """Return the figures of the challenges raised between two days, both included. One query.

    restricted  also of those about restricted reviews
    """
    parts = [
        ChallengeFilter(answered=True),
        ChallengeFilter(in_time=InTime.YES),
        ChallengeFilter(state=State.CLOSED),
        ChallengeFilter(outcome="changed"),
    ]
    sums = [peewee.fn.SUM(peewee.Case(None, [(_matching(part, today), 1)], 0)) for part in parts]
    query = Challenge.select(peewee.fn.COUNT(Challenge.id), *sums).where(
        visible_challenge(viewer), _matching(ChallengeFilter(raised=raised, restricted=restricted), today)
    )
    return YearFigures(*(number or 0 for number in query.tuples().get()))


def tally(parts: Mapping[str, ChallengeFilter], today: date) -> list[tuple[int, int | None, dict[str, int]]]:
    """Return (agency, review where that is restricted, {name: how many match}) of all challenges. One query.

    For whoever adds up, for one person, what that person may see; no part names an agency or a review.
    """
    sums = [peewee.fn.SUM(peewee.Case(None, [(_matching(each, today), 1)], 0)) for each in parts.values()]
    restricted = peewee.Case(None, [(Review.is_restricted, Challenge.review)])
    query = (
        Challenge.select(Challenge.agency, restricted, *sums)
        .join(Review, peewee.JOIN.LEFT_OUTER, on=(Challenge.review == Review.id))
        .where(is_kept())
        .group_by(Challenge.agency, restricted)
    )
    return [(row[0], row[1], dict(zip(parts, row[2:], strict=True))) for row in query.tuples()]


def first_raised(viewer: Viewer) -> date | None:
    """Return the day on which the first challenge was raised that this person may see."""
    return Challenge.select(peewee.fn.MIN(Challenge.raised_on)).where(visible_challenge(viewer)).scalar()


class OpenChallenge(NamedTuple):
    """A challenge about an action that is not closed: its id, and the day on which it was raised."""

    id: int
    raised_on: date


def open_challenges_of(viewer: Viewer, ids: Iterable[int]) -> dict[int, OpenChallenge]:
    """Return {action id: the challenge about it that is not closed}, of those the viewer may see.

    One query; none for who sees no challenges.
    """
    among = set(ids)
    if not among or (not viewer.is_system and reach(viewer, Permission.READ_CHALLENGE) is Reach.NONE):
        return {}
    # All that are open: they are few, and the SQL is the same whatever a page lists.
    return {action_id: OpenChallenge(*row) for action_id, *row in _open(viewer) if action_id in among}


@prepared
def _open(viewer: Viewer) -> Any:
    rows = Challenge.select(Challenge.action, Challenge.id, Challenge.raised_on).where(
        Challenge.action.is_null(False), Challenge.state != State.CLOSED, visible_challenge(viewer)
    )
    return rows.order_by(Challenge.id).tuples()


def open_challenge_on(action: Action) -> Challenge | None:
    """Return the challenge of an action that is not closed, if there is one."""
    return Challenge.get_or_none(
        Challenge.action == action,
        Challenge.state != State.CLOSED,
        Challenge.is_void == False,  # noqa: E712
    )


def people_of(agency_id: int) -> list[Viewer]:
    """Return the active people of an agency, as the policy sees them, by name."""
    query = User.select().where(User.is_active, User.agency == agency_id).order_by(User.name)
    return [person.viewer for person in query]


def named_on(review: Review | None) -> frozenset[int] | None:
    """Return ids of who may know of a restricted review; None where everybody may whose role lets them."""
    if review is None or not review.is_restricted:
        return None
    query = NamedPerson.select(NamedPerson.user).where(NamedPerson.review == review)
    return frozenset(user_id for (user_id,) in query.tuples())


def agency_to_challenge(viewer: Viewer, code: str) -> Agency | None:
    """Return an agency in use, for who raises challenges; the agency's own people ask somebody else."""
    agency = Agency.get_or_none(Agency.code == code, Agency.is_active)
    if reach(viewer, Permission.RAISE_CHALLENGE) is Reach.NONE:
        return None
    return agency


def agencies_of(viewer: Viewer, recommendation: Recommendation) -> list[Agency]:
    """Return the agencies that a recommendation names and this person may challenge, by name."""
    named = AgencyResponse.select(AgencyResponse.agency).where(
        AgencyResponse.recommendation == recommendation
    )
    agencies = Agency.select().where(Agency.id.in_(named)).order_by(Agency.name)
    return [each for each in agencies if may(viewer, Permission.RAISE_CHALLENGE, each.id)]


def _with_context() -> Any:
    raiser = User.alias()
    columns = (Challenge, Agency, Review, Recommendation, Action, raiser)
    return _joined(Challenge.select(*columns)).join_from(
        Challenge, raiser, on=(Challenge.raised_by == raiser.id)
    )


def _joined(query: Any) -> Any:
    outer = peewee.JOIN.LEFT_OUTER
    return (
        query.join_from(Challenge, Agency)
        .join_from(Challenge, Review, outer, on=(Challenge.review == Review.id))
        .join_from(Challenge, Recommendation, outer, on=(Challenge.recommendation == Recommendation.id))
        .join_from(Challenge, Action, outer, on=(Challenge.action == Action.id))
    )


def _matching(narrow: ChallengeFilter, today: date) -> Any:
    same = {
        Challenge.state: narrow.state,
        Challenge.level: narrow.level,
        Agency.code: narrow.agency.upper(),
        Review.reference: narrow.review.upper(),
        Challenge.outcome: narrow.outcome,
    }
    conditions = [EVERYTHING, *(column == value for column, value in same.items() if value)]
    if narrow.in_time:
        conditions.append(_is_in_time(narrow.in_time, today))
    if narrow.not_closed:
        conditions.append(Challenge.state != State.CLOSED)
    if narrow.overdue:
        conditions.append((Challenge.state == State.OPEN) & (Challenge.due_on < today))
    if narrow.answered:
        conditions.append(Challenge.first_answered_on.is_null(False))
    if narrow.raised:
        conditions.append(Challenge.raised_on.between(*narrow.raised))
    if narrow.first_answered:
        conditions.append(Challenge.first_answered_on.between(*narrow.first_answered))
    if not narrow.restricted:
        closed = Review.select(Review.id).where(Review.is_restricted)
        conditions.append(Challenge.review.is_null() | Challenge.review.not_in(closed))
    conditions += map(_has_word, words_of(narrow.words))
    return functools.reduce(operator.and_, conditions)


def _has_word(word: str) -> Any:
    """Return the condition that a folded word is in a challenge's question, agency or reference, or in that
    of what it is about.
    """
    of_review = Challenge.review.in_(Review.select(Review.id).where(Review.reference.contains(word)))
    of_action = Challenge.action.in_(actions_of_reference(word))
    found = Challenge.id.in_(rows_with("challenge", word)) | Challenge.agency.in_(rows_with("agency", word))
    found = found | (Challenge.review.is_null(False) & of_review)
    found = found | (Challenge.action.is_null(False) & of_action)
    if number := _CALLED.fullmatch(word):
        found = found | (Challenge.id == int(number[1]))
    return found


def _is_in_time(asked: str, today: date) -> Any:
    """Return the condition that `rules.in_time` says what is asked for."""
    if asked not in tuple(InTime):
        return NOTHING
    is_late = Challenge.id.in_(_not_answered_by_its_date(True, today))
    waits = Challenge.id.in_(_not_answered_by_its_date(False, today))
    conditions = {InTime.YES: ~is_late & ~waits, InTime.NO: is_late, InTime.NOT_YET_DUE: ~is_late & waits}
    return conditions[InTime(asked)]


def _not_answered_by_its_date(has_passed: bool, today: date) -> Any:
    """Return ids of the challenges with a question, at any level, that was not answered by its date.

    has_passed  of questions whose date has passed; otherwise of those that wait, with a date still to come
    """
    question, answer, later = (ChallengeStep.alias() for _ in range(3))
    next_question = later.select(peewee.fn.MIN(later.id)).where(
        later.challenge == question.challenge, later.id > question.id, later.kind == StepKind.ESCALATED
    )
    answers = answer.select(peewee.SQL("1")).where(
        answer.challenge == question.challenge,
        answer.kind == StepKind.ANSWERED,
        answer.id > question.id,
        answer.id < peewee.fn.COALESCE(next_question, answer.id + 1),
        day_number(answer.at, is_instant=True) <= day_number(question.due_on),
    )
    is_meant = question.due_on < today if has_passed else question.due_on >= today
    return question.select(question.challenge).where(
        question.kind.in_((StepKind.RAISED, StepKind.ESCALATED)), is_meant, ~peewee.fn.EXISTS(answers)
    )
