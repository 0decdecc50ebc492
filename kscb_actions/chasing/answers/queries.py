"""Which recommendations wait for an agency's answer by a date, and what has been chased of them."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import peewee

from kscb_actions.actions.acknowledging.queries import waits_until
from kscb_actions.assurance.acknowledging.models import AnswerAcknowledgement
from kscb_actions.chasing.queries import chased_by, gathered
from kscb_actions.people.absences.queries import people_away
from kscb_actions.people.models import Agency
from kscb_actions.people.rules import body_of
from kscb_actions.reviews.answers.models import GivenAnswer
from kscb_actions.reviews.answers.queries import given_day, is_to_view
from kscb_actions.reviews.inspections.rules import words_of
from kscb_actions.reviews.models import AgencyResponse, NamedPerson, Recommendation, Review
from kscb_actions.reviews.queries import void_recommendations
from kscb_actions.reviews.rules import Answer, Kind

from .models import AnswerChase
from .rules import ANSWERS, VIEWS, Awaited


def list_waiting(on: date, begins: Mapping[str, int]) -> list[Awaited]:
    """Return the awaited answers, and those to be looked at, whose first stage has begun by `on`.

    Ten queries.
    """
    named = gathered(NamedPerson.select(NamedPerson.review, NamedPerson.user).tuples(), int)
    chased, away = chased_by(AnswerChase.response), people_away(on)
    said, successors = waits_until(AnswerAcknowledgement.response), Agency.successors()
    found = []
    for row in _rows(on, begins):
        waiting = Awaited(
            response_id=row.id,
            agency_id=row.agency,
            agency_code=row.code,
            reference=row.reference,
            number=row.number,
            called=words_of(row.review_kind == Kind.INSPECTION, row.area).one,
            due_on=row.due_on,
            review_id=row.review,
            recommendation_id=row.recommendation,
            named=frozenset(named.get(row.review, ())) if row.is_restricted else None,
            chased=chased.get(row.id, ()),
            away=away,
        )
        if row.answer == Answer.AWAITED:
            found.append(replace(waiting, until_on=said.get((row.id, row.due_on))))
        else:
            others = body_of(row.agency, successors) - {row.agency}
            given_on = date.fromordinal(row.given_day)
            given = {"due_on": given_on, "recorded_by": row.by, "others": frozenset(others)}
            found.append(replace(waiting, kind=VIEWS.code, **given))
    return found


def _rows(on: date, begins: Mapping[str, int]) -> Any:
    """Return what is awaited or to be looked at, each with the last answer that was given."""
    newest = GivenAnswer.alias()
    last = newest.select(peewee.fn.MAX(newest.id)).group_by(newest.response)
    is_awaited = AgencyResponse.answer == Answer.AWAITED
    return (
        AgencyResponse.select(
            AgencyResponse.id,
            AgencyResponse.agency,
            Agency.code,
            AgencyResponse.due_on,
            AgencyResponse.review,
            AgencyResponse.recommendation,
            Review.reference,
            Review.is_restricted,
            Review.kind.alias("review_kind"),
            Recommendation.number,
            Recommendation.area,
            AgencyResponse.answer,
            given_day().alias("given_day"),
            GivenAnswer.by,
        )
        .join_from(AgencyResponse, Agency)
        .join_from(AgencyResponse, Recommendation)
        .join_from(Recommendation, Review)
        .join_from(
            AgencyResponse,
            GivenAnswer,
            peewee.JOIN.LEFT_OUTER,
            on=(GivenAnswer.response == AgencyResponse.id) & GivenAnswer.id.in_(last),
        )
        .where(
            (is_awaited & (AgencyResponse.due_on <= on - timedelta(days=begins[ANSWERS.code])))
            | (is_to_view() & (given_day() <= (on - timedelta(days=begins[VIEWS.code])).toordinal())),
            Recommendation.withdrawn_on.is_null(),
            AgencyResponse.recommendation.not_in(void_recommendations()),
        )
        .namedtuples()
    )
