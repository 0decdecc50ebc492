"""Which challenges wait for an answer, and what has been chased of them."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any, NamedTuple

import peewee

from kscb_actions.access.policy import Role
from kscb_actions.actions.acknowledging.queries import waits_until
from kscb_actions.actions.models import Action
from kscb_actions.actions.narrowing import any_of
from kscb_actions.actions.owners.queries import owners_of
from kscb_actions.assurance.acknowledging.models import AnswerAcknowledgement
from kscb_actions.assurance.challenges.models import Challenge
from kscb_actions.assurance.challenges.queries import is_kept
from kscb_actions.assurance.challenges.rules import DECIDES, ChallengeFacts, Level, State
from kscb_actions.chasing.queries import chased_by, gathered
from kscb_actions.people.absences.queries import people_away
from kscb_actions.people.models import Agency
from kscb_actions.people.rules import body_of
from kscb_actions.reviews.models import NamedPerson, Review

from .models import ChallengeChase
from .rules import CHALLENGES, DECISIONS, HIGH_DECISIONS, Unanswered


def list_waiting(on: date, begins: Mapping[str, int]) -> list[Unanswered]:
    """Return the challenges that are not closed and whose first stage has begun by `on`.

    The number of queries is fixed.
    """
    outer = peewee.JOIN.LEFT_OUTER
    of_action = (Action.lead, Action.earlier_agencies, Action.agency.alias("action_agency_id"))
    columns = (Challenge, Review.is_restricted, *of_action)
    rows = (
        Challenge.select(*columns)
        .join_from(Challenge, Action, outer, on=(Challenge.action == Action.id))
        .join_from(Challenge, Review, outer, on=(Challenge.review == Review.id))
        .where(_has_begun(on, begins))
        .where(is_kept())
        .namedtuples()
    )
    named = gathered(NamedPerson.select(NamedPerson.review, NamedPerson.user).tuples(), int)
    chased, away = chased_by(ChallengeChase.challenge), people_away(on)
    said = waits_until(AnswerAcknowledgement.challenge)
    rows = list(rows)
    facts = _facts(row for row in rows if row.state == State.ANSWERED)
    return [
        Unanswered(
            challenge_id=row.id,
            agency_id=row.agency,
            level=Level(row.level),
            due_on=row.answered_on if row.id in facts else row.due_on,
            kind=_kind(Level(row.level)) if row.id in facts else CHALLENGES.code,
            facts=facts.get(row.id),
            review_id=row.review,
            action_id=row.action,
            lead_id=row.lead,
            named=frozenset(named.get(row.review, ())) if row.is_restricted else None,
            chased=chased.get(row.id, ()),
            recommendation_id=row.recommendation,
            away=away,
            until_on=None if row.id in facts else said.get((row.id, row.due_on)),
        )
        for row in rows
    ]


def _has_begun(on: date, begins: Mapping[str, int]) -> Any:
    """Return the condition on Challenge that its ladder has begun: of the agency, or of who decides."""
    first = {level: on - timedelta(days=begins[_kind(level)]) for level in Level}
    answered = [(Challenge.level == level) & (Challenge.answered_on <= day) for level, day in first.items()]
    asked = Challenge.due_on <= on - timedelta(days=begins[CHALLENGES.code])
    return ((Challenge.state == State.OPEN) & asked) | (
        (Challenge.state == State.ANSWERED) & any_of(answered)
    )


def _kind(level: Level) -> str:
    """Return the subject of an answered challenge: who decides at its level."""
    return HIGH_DECISIONS.code if Role.INDEPENDENT_CHAIR in DECIDES[level] else DECISIONS.code


def _facts(answered: Iterable[Any]) -> dict[int, ChallengeFacts]:
    """Return {id: where an answered challenge stands}. Three queries where there are any."""
    rows = list(answered)
    if not rows:
        return {}
    about = [row for row in rows if row.action]
    owners = owners_of(_OfAction(row.action, row.action_agency_id, row.earlier_agencies) for row in about)
    successors = Agency.successors()
    found = {}
    for row in rows:
        others = body_of(row.agency, successors)
        if row.action:
            own = owners[row.action]
            others = others | own.joint | own.former | {row.action_agency_id}
        found[row.id] = ChallengeFacts(
            agency_id=row.agency,
            level=Level(row.level),
            state=State.ANSWERED,
            due_on=row.due_on,
            answered_by=row.answered_by,
            others=frozenset(others - {row.agency}),
        )
    return found


class _OfAction(NamedTuple):
    """What says whose the action is that a challenge is about."""

    id: int
    agency_id: int
    earlier_agencies: str
