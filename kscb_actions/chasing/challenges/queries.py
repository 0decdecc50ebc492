"""Which challenges wait for an answer, and what has been chased of them."""

from collections.abc import Mapping
from datetime import date, timedelta

import peewee

from kscb_actions.actions.acknowledging.queries import waits_until
from kscb_actions.actions.models import Action
from kscb_actions.assurance.acknowledging.models import AnswerAcknowledgement
from kscb_actions.assurance.challenges.models import Challenge
from kscb_actions.assurance.challenges.queries import is_kept
from kscb_actions.assurance.challenges.rules import Level, State
from kscb_actions.chasing.queries import chased_by, gathered
from kscb_actions.people.absences.queries import people_away
from kscb_actions.reviews.models import NamedPerson, Review

from .models import ChallengeChase
from .rules import CHALLENGES, Unanswered


def list_waiting(on: date, begins: Mapping[str, int]) -> list[Unanswered]:
    """Return the unanswered challenges whose first stage has begun by `on`. Seven queries."""
    outer = peewee.JOIN.LEFT_OUTER
    columns = (Challenge, Action.lead, Review.is_restricted)
    rows = (
        Challenge.select(*columns)
        .join_from(Challenge, Action, outer, on=(Challenge.action == Action.id))
        .join_from(Challenge, Review, outer, on=(Challenge.review == Review.id))
        .where(Challenge.state == State.OPEN)
        .where(Challenge.due_on <= on - timedelta(days=begins[CHALLENGES.code]))
        .where(is_kept())
        .namedtuples()
    )
    named = gathered(NamedPerson.select(NamedPerson.review, NamedPerson.user).tuples(), int)
    chased, away = chased_by(ChallengeChase.challenge), people_away(on)
    said = waits_until(AnswerAcknowledgement.challenge)
    return [
        Unanswered(
            challenge_id=row.id,
            agency_id=row.agency,
            level=Level(row.level),
            due_on=row.due_on,
            review_id=row.review,
            action_id=row.action,
            lead_id=row.lead,
            named=frozenset(named.get(row.review, ())) if row.is_restricted else None,
            chased=chased.get(row.id, ()),
            recommendation_id=row.recommendation,
            away=away,
            until_on=said.get((row.id, row.due_on)),
        )
        for row in rows
    ]
