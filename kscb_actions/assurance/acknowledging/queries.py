"""What was said of a day to answer by, and what somebody can say of it now."""

from dataclasses import dataclass
from datetime import date

import peewee

from kscb_actions.access.policy import Viewer
from kscb_actions.actions.acknowledging.queries import said_of
from kscb_actions.actions.acknowledging.rules import Said, standing, why_not_taken_back
from kscb_actions.assurance.challenges.models import Challenge
from kscb_actions.assurance.challenges.queries import facts_of
from kscb_actions.assurance.challenges.rules import Level, why_not_answered
from kscb_actions.reviews.models import AgencyResponse
from kscb_actions.reviews.rules import Answer

from .models import AnswerAcknowledgement
from .rules import can_acknowledge, why_not_acknowledged

# What an agency is to answer.
Asked = Challenge | AgencyResponse


@dataclass(frozen=True)
class Acknowledging:
    """What was said of the day to answer by, and what this person can say or take back.

    until_on  the day by which the agency answers, as it has said; None where it has not, or has answered
    """

    until_on: date | None = None
    can_say: bool = False
    can_take_back: bool = False


def acknowledging_of(viewer: Viewer, asked: Asked, today: date) -> Acknowledging:
    """Return it of what has been read for a viewer. One query, and none of what has been answered."""
    if why_over(asked):
        return Acknowledging()
    said, is_theirs = list_said(asked), bool(can_acknowledge(viewer, asked.agency_id, level_of(asked)))
    found = standing(said, asked.due_on)
    return Acknowledging(
        until_on=found.until_on if found else None,
        can_say=is_theirs and why_not_acknowledged(None, asked.due_on, said, today) is None,
        can_take_back=is_theirs and why_not_taken_back(said, asked.due_on, today) is None,
    )


def list_said(asked: Asked) -> list[Said]:
    """Return what was said of it, in its order."""
    return said_of(column_of(asked), asked)


def column_of(asked: Asked) -> peewee.ForeignKeyField:
    """Return the column that names it in what was said."""
    if isinstance(asked, Challenge):
        return AnswerAcknowledgement.challenge
    return AnswerAcknowledgement.response


def level_of(asked: Asked) -> Level | None:
    """Return the level at which a challenge is; None for an answer to a recommendation."""
    return Level(asked.level) if isinstance(asked, Challenge) else None


def why_over(asked: Asked) -> str | None:
    """Return why there is nothing to answer any more; None while there is."""
    if isinstance(asked, Challenge):
        return why_not_answered(facts_of(asked))
    if asked.recommendation.withdrawn_on is not None:
        return "This recommendation has ended, and nobody is reminded of it."
    return None if asked.answer == Answer.AWAITED else "It has been answered, and nobody is reminded of it."
