"""Challenges for tests, through the application's own operations."""

from contextlib import AbstractContextManager
from datetime import date, timedelta

from kscb_actions import clock
from kscb_actions.access.policy import SYSTEM, Viewer
from kscb_actions.actions.models import Action
from kscb_actions.assurance.challenges.models import Challenge
from kscb_actions.assurance.challenges.queries import get_challenge
from kscb_actions.assurance.challenges.service import (
    Subject,
    answer_challenge,
    close_challenge,
    escalate_challenge,
    raise_challenge,
)

from ...factories import World

URL = "http://127.0.0.1"
REPLY_BY = date(2012, 4, 20)
NEXT_REPLY_BY = date(2012, 5, 31)


def on_action(action: Action) -> Subject:
    """Return the action as the subject of a challenge."""
    kept = Action.get_by_id(action.id)
    return Subject(kept.agency, kept, kept.recommendation)


def raised(
    world: World, action: Action | None = None, level: str = "lead", due_on: date = REPLY_BY
) -> Challenge:
    """Return a challenge of the police about an action (a new one where none is given), by a chair."""
    subject = on_action(action or world.action(date(2012, 3, 1)))
    question = "Why has nothing been heard since March?"
    made = raise_challenge(world.as_viewer(world.second_chair), subject, level, question, due_on, URL)
    return kept(made)


def answered(world: World, challenge: Challenge) -> Challenge:
    """Return the challenge with an answer, by the agency's lead or Board member as its level asks."""
    person = world.police_lead if challenge.level == "lead" else world.police_member
    answer_challenge(world.as_viewer(person), challenge, "The training slipped.", challenge.version, URL)
    return kept(challenge)


def escalated(world: World, challenge: Challenge, due_on: date = NEXT_REPLY_BY) -> Challenge:
    """Return the challenge taken a level higher, by who decides at its level."""
    escalate_challenge(decider(world, challenge), challenge, "No plan.", due_on, challenge.version, URL)
    return kept(challenge)


def closed(world: World, challenge: Challenge, outcome: str = "changed") -> Challenge:
    """Return the challenge closed, by who decides at its level."""
    close_challenge(decider(world, challenge), challenge, outcome, "A date is set.", challenge.version, URL)
    return kept(challenge)


def decider(world: World, challenge: Challenge) -> Viewer:
    """Return who decides at the level the challenge is at."""
    at_chair = challenge.level in ("lead", "board_member")
    return world.as_viewer(world.second_chair if at_chair else world.independent_chair)


def kept(challenge: Challenge) -> Challenge:
    """Return the challenge as it is in the database, with what it is about."""
    found = get_challenge(SYSTEM, challenge.id)
    assert found is not None
    return found


def days_on(days: int) -> AbstractContextManager[None]:
    """Return a context in which the clock stands so many days after the first date to reply by."""
    return clock.at(REPLY_BY + timedelta(days=days))
