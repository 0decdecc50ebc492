"""Putting right what a challenge asks, and by when, until somebody has answered it."""

from datetime import date

from kscb_actions import clock
from kscb_actions.access.policy import Permission, Refused, Verdict, Viewer, may
from kscb_actions.audit.service import change
from kscb_actions.text import InvalidInput, clean_text

from .letters import tell_who_is_asked_otherwise
from .models import Challenge, ChallengeStep
from .rules import (
    Level,
    State,
    StepKind,
    can_correct,
    problem_with_reply_by,
    problems_with_question,
    why_not_corrected,
)
from .service import subject_of, who_would_answer

NOTHING_CHANGED = "Change the question or the date to reply by: this is as it stands."


def correct_challenge(
    viewer: Viewer, challenge: Challenge, question: str, due_on: date | None, expected: int, base_url: str
) -> Challenge:
    """Put the question or the date to reply by right, and tell who is asked.

    "In time" is judged by the right date. By who raised it, or the board manager.
    Raises InvalidInput, Refused, StaleEdit.
    """
    require_correcting(viewer, challenge)
    question, today = clean_text(question), clock.today()
    problems = problems_with_question(question, challenge.level, due_on, today)
    if due_on == challenge.due_on:
        # A day that has passed and stays is not put right now.
        problems = {k: v for k, v in problems.items() if k not in problem_with_reply_by(due_on, today)}
    if not problems and (question, due_on) == (challenge.question, challenge.due_on):
        problems["question"] = NOTHING_CHANGED
    if problems or due_on is None:
        raise InvalidInput(problems)
    challenge.question, challenge.due_on, challenge.first_due_on = question, due_on, due_on
    with change(viewer) as tx:
        tx.update(challenge, "challenge.corrected", expected)
        asked = who_would_answer(subject_of(challenge))[Level(challenge.level)]
        tell_who_is_asked_otherwise(tx, challenge, asked, base_url)
    return challenge


def may_correct(viewer: Viewer, challenge: Challenge) -> Verdict:
    """Return whether this person may put a challenge right, of an agency that is not their own."""
    verdict = may(viewer, Permission.RAISE_CHALLENGE, challenge.owners)
    is_manager = bool(may(viewer, Permission.EDIT_REVIEW))
    return can_correct(viewer.id == challenge.raised_by_id, is_manager) if verdict else verdict


def require_correcting(viewer: Viewer, challenge: Challenge) -> None:
    """Raise Refused unless this person may put a challenge right now."""
    verdict = may_correct(viewer, challenge)
    if not verdict:
        raise Refused(verdict.reason)
    if why := why_not_corrected(State(challenge.state), is_escalated(challenge)):
        raise Refused(why)


def is_escalated(challenge: Challenge) -> bool:
    """Return whether a challenge was ever taken a level higher."""
    return bool(challenge.steps.where(ChallengeStep.kind == StepKind.ESCALATED).exists())
