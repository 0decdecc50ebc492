"""Acknowledging what an agency is to answer, once for each day to answer by; and taking it back."""

from datetime import date

from kscb_actions import clock
from kscb_actions.access.policy import Permission, Refused, Viewer, require
from kscb_actions.actions.acknowledging.rules import (
    latest_day,
    problem_with_day,
    standing,
    why_not_taken_back,
)
from kscb_actions.assurance.challenges.models import Challenge
from kscb_actions.audit.service import Change, change
from kscb_actions.reviews.queries import require_on
from kscb_actions.terms import say
from kscb_actions.text import InvalidInput

from .models import AnswerAcknowledgement
from .queries import Asked, column_of, level_of, list_said, why_over
from .rules import ASK_THE_BOARD, can_acknowledge, why_not_acknowledged


def acknowledge(viewer: Viewer, asked: Asked, until_on: date | None) -> AnswerAcknowledgement:
    """Say that the agency answers by a day; nobody is reminded until then. Raises InvalidInput, Refused."""
    today = clock.today()
    with change(viewer) as tx:
        kept = _as_it_is(viewer, asked)
        said = list_said(kept)
        refusal = why_not_acknowledged(why_over(kept), kept.due_on, said, today)
        latest = latest_day(said, kept.due_on, today)
        problem = refusal or problem_with_day(until_on, latest, today, say(ASK_THE_BOARD))
        if problem or until_on is None:
            raise InvalidInput({"until_on": problem or ""})
        return _write(tx, kept, until_on, "acknowledgement.answer-said")


def take_back(viewer: Viewer, asked: Asked) -> AnswerAcknowledgement:
    """Take back what was said of the present day to answer by. Raises InvalidInput, Refused."""
    with change(viewer) as tx:
        kept = _as_it_is(viewer, asked)
        said = list_said(kept)
        found = standing(said, kept.due_on)
        refusal = why_over(kept) or why_not_taken_back(said, kept.due_on, clock.today())
        if refusal or found is None:
            raise InvalidInput({"": refusal or ""})
        return _write(tx, kept, found.until_on, "acknowledgement.answer-taken-back", is_taken_back=True)


def _as_it_is(viewer: Viewer, asked: Asked) -> Asked:
    """Return it as it is now, for whoever may: somebody else may have answered since it was read."""
    kept: Asked = type(asked).get_by_id(asked.id)
    is_challenge = isinstance(kept, Challenge)
    permission = Permission.ANSWER_CHALLENGE if is_challenge else Permission.ANSWER_RECOMMENDATION
    if kept.review is None:
        require(viewer, permission, kept.agency_id)
    else:
        require_on(viewer, permission, kept.review, kept.agency_id)
    verdict = can_acknowledge(viewer, kept.agency_id, level_of(kept))
    if not verdict:
        raise Refused(verdict.reason)
    return kept


def _write(
    tx: Change, asked: Asked, until_on: date, event: str, is_taken_back: bool = False
) -> AnswerAcknowledgement:
    row = AnswerAcknowledgement(
        review=asked.review_id,
        due_on=asked.due_on,
        until_on=until_on,
        said_by=tx.actor.id,
        said_at=clock.now(),
        is_taken_back=is_taken_back,
        **{column_of(asked).name: asked.id},
    )
    return tx.add(row, event)
