"""Which recommendations wait for an agency's answer by a date, and what has been chased of them."""

from collections.abc import Mapping
from datetime import date, timedelta

from kscb_actions.actions.acknowledging.queries import waits_until
from kscb_actions.assurance.acknowledging.models import AnswerAcknowledgement
from kscb_actions.chasing.queries import chased_by, gathered
from kscb_actions.people.absences.queries import people_away
from kscb_actions.people.models import Agency
from kscb_actions.reviews.models import AgencyResponse, NamedPerson, Recommendation, Review
from kscb_actions.reviews.queries import void_recommendations
from kscb_actions.reviews.rules import Answer

from .models import AnswerChase
from .rules import ANSWERS, Awaited


def list_waiting(on: date, begins: Mapping[str, int]) -> list[Awaited]:
    """Return the awaited answers whose first stage has begun by `on`. Seven queries."""
    rows = (
        AgencyResponse.select(
            AgencyResponse.id,
            AgencyResponse.agency,
            Agency.code,
            AgencyResponse.due_on,
            AgencyResponse.review,
            AgencyResponse.recommendation,
            Review.reference,
            Review.is_restricted,
            Recommendation.number,
        )
        .join_from(AgencyResponse, Agency)
        .join_from(AgencyResponse, Recommendation)
        .join_from(Recommendation, Review)
        .where(
            AgencyResponse.answer == Answer.AWAITED,
            AgencyResponse.due_on <= on - timedelta(days=begins[ANSWERS.code]),
            Recommendation.withdrawn_on.is_null(),
            AgencyResponse.recommendation.not_in(void_recommendations()),
        )
        .namedtuples()
    )
    named = gathered(NamedPerson.select(NamedPerson.review, NamedPerson.user).tuples(), int)
    chased, away = chased_by(AnswerChase.response), people_away(on)
    said = waits_until(AnswerAcknowledgement.response)
    return [
        Awaited(
            response_id=row.id,
            agency_id=row.agency,
            agency_code=row.code,
            reference=row.reference,
            number=row.number,
            due_on=row.due_on,
            review_id=row.review,
            recommendation_id=row.recommendation,
            named=frozenset(named.get(row.review, ())) if row.is_restricted else None,
            chased=chased.get(row.id, ()),
            away=away,
            until_on=said.get((row.id, row.due_on)),
        )
        for row in rows
    ]
