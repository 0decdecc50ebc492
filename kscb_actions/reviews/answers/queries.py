"""Reading agencies' answers to recommendations, always for a viewer."""

import functools
import operator
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

import peewee

from kscb_actions.access.policy import Permission, Reach, Viewer, reach
from kscb_actions.audit.models import AuditEvent
from kscb_actions.database import day_number
from kscb_actions.pages import Page, page_within
from kscb_actions.people.models import Agency, User
from kscb_actions.prepared import prepared
from kscb_actions.reviews.models import AgencyResponse, NamedPerson, Recommendation, Review
from kscb_actions.reviews.queries import EVERYTHING, NOTHING, list_responses, visible_recommendation
from kscb_actions.reviews.rules import Answer

from .models import AnswerView, GivenAnswer
from .rules import TO_LOOK_AT, Asked, Standing, Tally, tally, whom_to_ask

PER_PAGE = 25


@dataclass(frozen=True)
class AnswerFilter:
    """What the list is narrowed to; an empty value narrows nothing.

    waits    asked to answer by a date, and not answered
    owed     not answered, and past the date to answer by or without one
    to_view  not accepted, or only in part, and the Board has not said yet what it thinks of that
    """

    standing: str = ""
    answer: str = ""
    agency: str = ""
    review: str = ""
    waits: bool = False
    to_view: bool = False
    owed: bool = False


WAITS = AnswerFilter(waits=True)
TO_VIEW = AnswerFilter(to_view=True)
UNANSWERED = AnswerFilter(standing=Standing.UNANSWERED)


@dataclass(frozen=True)
class Waiting:
    """How many recommendations wait for an agency's answer, and the first date to answer by."""

    count: int
    due_on: date | None


@dataclass(frozen=True)
class ToAsk:
    """An agency's recommendations that await its answer in one review, and who would be asked."""

    agency: Agency
    responses: tuple[AgencyResponse, ...]
    people: tuple[Viewer, ...]


def visible_response(viewer: Viewer) -> Any:
    """Return the condition on AgencyResponse, joined to its review, that keeps what this person may see.

    A withdrawn recommendation asks for nothing any more.
    """
    condition = visible_recommendation(viewer) & Recommendation.withdrawn_on.is_null()
    if not viewer.is_system and reach(viewer, Permission.READ_REVIEW) is Reach.OWN_AGENCY:
        condition = condition & (AgencyResponse.agency == viewer.agency_id)
    return condition


def list_answers(viewer: Viewer, narrow: AnswerFilter, today: date, page: int = 1) -> Page[AgencyResponse]:
    """Return one page of the answers that match, those due first at the head. Two queries."""
    condition = visible_response(viewer) & _matching(narrow, today)
    total = _joined(AgencyResponse.select(AgencyResponse.id)).where(condition).count()
    page, pages, start, count = page_within(page, total, PER_PAGE)
    query = _joined(AgencyResponse.select(AgencyResponse, Agency, Recommendation, Review)).where(condition)
    order = (
        AgencyResponse.due_on.is_null(),
        AgencyResponse.due_on,
        Review.reference,
        Recommendation.number,
        Agency.name,
    )
    return Page(list(query.order_by(*order).limit(count).offset(start)), total, page, pages)


def count_answers(viewer: Viewer, narrow: AnswerFilter, today: date) -> int:
    """Return how many answers match, of those this person may see. One query."""
    return int(_count_answers.first(viewer, narrow, today)[0])


@prepared
def _count_answers(viewer: Viewer, narrow: AnswerFilter, today: date) -> Any:
    counted = _joined(AgencyResponse.select(peewee.fn.COUNT(AgencyResponse.id)))
    return counted.where(_matching(narrow, today), visible_response(viewer)).tuples()


def count_to_view(viewer: Viewer, restricted: bool = False) -> tuple[int, date | None]:
    """Return how many answers the Board has to look at, and since when the oldest waits. One query.

    restricted  also those about restricted reviews
    """
    count, since = _count_to_view.first(viewer, restricted)
    return count, date.fromordinal(since) if since else None


@prepared
def _count_to_view(viewer: Viewer, restricted: bool) -> Any:
    query = _joined(AgencyResponse.select(peewee.fn.COUNT(AgencyResponse.id), peewee.fn.MIN(given_day())))
    condition = is_to_view() & visible_response(viewer)
    if not restricted:
        condition = condition & ~Review.is_restricted
    return query.where(condition).tuples()


def waiting_for(viewer: Viewer) -> Waiting:
    """Return what waits for the answer of this person's agency, if they answer for one. One query."""
    if reach(viewer, Permission.ANSWER_RECOMMENDATION) is Reach.NONE or viewer.agency_id is None:
        return Waiting(0, None)
    query = (
        _joined(
            AgencyResponse.select(peewee.fn.COUNT(AgencyResponse.id), peewee.fn.MIN(AgencyResponse.due_on))
        )
        .where(visible_response(viewer), AgencyResponse.agency == viewer.agency_id, _waits())
        .tuples()
    )
    return Waiting(*query.get())


def tallies(viewer: Viewer, today: date) -> dict[Agency, Tally]:
    """Return {agency: how its answers stand today}, of those this person may see, by name. Two queries."""
    columns = (AgencyResponse.agency, AgencyResponse.first_due_on, AgencyResponse.first_answered_on)
    query = _joined(AgencyResponse.select(*columns)).where(visible_response(viewer), _asked())
    found = tally((Asked(*row) for row in query.tuples()), today)
    agencies = Agency.select().where(Agency.id.in_(list(found))).order_by(Agency.name)
    return {each: found[each.id] for each in agencies}


def list_given(response: AgencyResponse) -> list[GivenAnswer]:
    """Return each answer as it was given, the newest first, with who gave it. One query."""
    outer = peewee.JOIN.LEFT_OUTER
    query = GivenAnswer.select(GivenAnswer, User).join(User, outer).where(GivenAnswer.response == response)
    return list(query.order_by(GivenAnswer.id.desc()))


def list_views(response: AgencyResponse) -> list[AnswerView]:
    """Return what the Board said of an agency's answers, the newest first. One query."""
    query = AnswerView.select(AnswerView, User).join(User).where(AnswerView.response == response)
    return list(query.order_by(AnswerView.id.desc()))


def recorded_by(response: AgencyResponse) -> int | None:
    """Return who recorded the present answer; None where nothing is known of it."""
    newest = GivenAnswer.select(GivenAnswer.by).where(GivenAnswer.response == response)
    return newest.order_by(GivenAnswer.id.desc()).limit(1).scalar()


def list_to_ask(viewer: Viewer, review: Review) -> list[ToAsk]:
    """Return the agencies whose answer a review awaits, each with who would be asked. Four queries."""
    found: dict[int, list[AgencyResponse]] = {}
    for each in list_responses(viewer, review):
        if each.answer == Answer.AWAITED and each.recommendation.withdrawn_on is None:
            found.setdefault(each.agency_id, []).append(each)
    people, named = _people_of(found), _named_on(review)
    asked = [
        ToAsk(rows[0].agency, tuple(rows), whom_to_ask(people, agency_id, named))
        for agency_id, rows in found.items()
    ]
    return sorted(asked, key=lambda each: each.agency.name)


def _people_of(agency_ids: Iterable[int]) -> list[Viewer]:
    query = User.select().where(User.is_active, User.agency.in_(list(agency_ids))).order_by(User.name)
    return [person.viewer for person in query]


def _named_on(review: Review) -> frozenset[int] | None:
    if not review.is_restricted:
        return None
    query = NamedPerson.select(NamedPerson.user).where(NamedPerson.review == review)
    return frozenset(user_id for (user_id,) in query.tuples())


def _joined(query: Any) -> Any:
    return (
        query.join_from(AgencyResponse, Agency)
        .join_from(AgencyResponse, Recommendation)
        .join_from(Recommendation, Review)
    )


def _asked() -> Any:
    return AgencyResponse.first_due_on.is_null(False)


def _waits() -> Any:
    return AgencyResponse.due_on.is_null(False) & (AgencyResponse.answer == Answer.AWAITED)


def is_to_view() -> Any:
    """Return the condition on AgencyResponse that the Board has to say what it thinks of the answer."""
    return AgencyResponse.answer.in_(TO_LOOK_AT) & AgencyResponse.viewed_on.is_null()


def given_day() -> Any:
    """Return, as SQL, the number of the day on which an agency gave its present answer.

    Where no GivenAnswer tells it, as of one that came along with an action of another agency or is older than
    these: the day of the first answer, else the last on which the trail has an answer.
    """
    given, event = GivenAnswer.alias(), AuditEvent.alias()
    newest = given.select(day_number(given.given_on)).where(given.response == AgencyResponse.id)
    told = event.select(day_number(peewee.fn.MAX(event.at), is_instant=True)).where(
        event.kind == AgencyResponse._meta.table_name,
        event.object_id == AgencyResponse.id,
        event.event.in_(("recommendation.answered", "recommendation.answer-moved")),
    )
    first = day_number(AgencyResponse.first_answered_on)
    return peewee.fn.COALESCE(newest.order_by(given.id.desc()).limit(1), first, told)


def _matching(narrow: AnswerFilter, today: date) -> Any:
    same = {
        AgencyResponse.answer: narrow.answer,
        Agency.code: narrow.agency.upper(),
        Review.reference: narrow.review.upper(),
    }
    conditions = [EVERYTHING, *(column == value for column, value in same.items() if value)]
    if narrow.standing:
        conditions.append(_stands(narrow.standing, today))
    if narrow.waits:
        conditions.append(_waits())
    if narrow.owed:
        conditions.append(_is_owed(today))
    if narrow.to_view:
        conditions.append(is_to_view())
    return functools.reduce(operator.and_, conditions)


def _is_owed(today: date) -> Any:
    """Return the condition that an agency owes an answer: past its date, or asked without one."""
    late = AgencyResponse.due_on.is_null() | (AgencyResponse.due_on < today)
    return (AgencyResponse.answer == Answer.AWAITED) & late & Recommendation.withdrawn_on.is_null()


def _stands(asked: str, today: date) -> Any:
    """Return the condition that `rules.standing` says what is asked for."""
    answered, due = AgencyResponse.first_answered_on, AgencyResponse.first_due_on
    is_given = answered.is_null(False) & (answered <= today)
    is_open = answered.is_null() | (answered > today)
    conditions = {
        Standing.IN_TIME: is_given & (answered <= due),
        Standing.LATE: is_given & (answered > due),
        Standing.UNANSWERED: is_open & (due < today),
        Standing.NOT_YET_DUE: is_open & (due >= today),
    }
    return _asked() & conditions[Standing(asked)] if asked in conditions else NOTHING
