"""Around the Board's check: it is begun, taken back, a question is asked and answered, it is reopened."""

from datetime import date

from kscb_actions import clock
from kscb_actions.access.policy import Permission, Refused, Viewer
from kscb_actions.actions.models import Action, facts_of
from kscb_actions.actions.rules import Assurance, Progress, problem_with_reason
from kscb_actions.actions.service import append_progress
from kscb_actions.audit.service import Change, change
from kscb_actions.mail.rules import About
from kscb_actions.mail.service import queue
from kscb_actions.people.absences.queries import people_away
from kscb_actions.people.models import User
from kscb_actions.reviews.queries import require_on
from kscb_actions.terms import say_later
from kscb_actions.text import InvalidInput, clean_text

from .models import AssuranceDecision, CheckQuestion, Submission, TakenBack
from .queries import (
    CHECK_BEGUN,
    is_begun,
    last_judged,
    open_question,
    people_to_ask,
    waiting_submission,
)
from .rules import why_not_answered, why_not_asked, why_not_reopened, why_not_taken_back

QUESTION_SUBJECT = say_later("A question from the board about {reference}")
QUESTION = say_later(
    "The board has a question about {reference} before it decides on what was reported done.\n\n"
    "Read and answer it here:\n{link}"
)


def begin_check(viewer: Viewer, submission: Submission) -> None:
    """Record, once, that somebody who may decide has opened the check. Raises Refused."""
    action = submission.action
    require_on(viewer, Permission.DECIDE_ASSURANCE, action.review, action.owners)
    if is_begun(submission):
        return
    with change(viewer) as tx:
        # Asked inside the change: it may have been taken back since it was read.
        if waiting_submission(action) != submission:
            raise Refused("The agency has just taken it back.")
        tx.note(CHECK_BEGUN, submission)


def take_back(viewer: Viewer, action: Action, reason: str, expected: int | None = None) -> TakenBack:
    """Take back what waits for the check; the action is open again.

    Raises InvalidInput, Refused, StaleEdit.
    """
    require_on(viewer, Permission.ADD_EVIDENCE, action.review, action.owners)
    reason = clean_text(reason)
    with change(viewer) as tx:
        submission = waiting_submission(action)
        refusal = why_not_taken_back(submission is not None, submission is not None and is_begun(submission))
        if refusal:
            raise Refused(refusal)
        if wrong := problem_with_reason(reason, "Say why it is taken back."):
            raise InvalidInput(wrong)
        action.assurance = Assurance.RETURNED if last_judged(action) else Assurance.NONE
        action.reported_done_on = None
        append_progress(viewer, action, Progress.IN_PROGRESS, reason, "action.taken-back", expected)
        taken = TakenBack(
            review=action.review_id,
            action=action,
            submission=submission,
            reason=reason,
            by=viewer.id,
            at=clock.now(),
        )
        return tx.add(taken, "submission.taken-back")


def ask_question(
    viewer: Viewer,
    submission: Submission,
    text: str,
    to_id: int | None,
    link: str,
    expected: int | None = None,
) -> CheckQuestion:
    """Ask one person of the agency about a submission; they are told by mail, by reference and `link` alone.

    The action's version moves on, so that nobody decides without having seen the question.
    Raises InvalidInput, Refused, StaleEdit.
    """
    action = submission.action
    require_on(viewer, Permission.DECIDE_ASSURANCE, action.review, action.owners)
    text = clean_text(text)
    with change(viewer) as tx:
        to = next((each for each in people_to_ask(action) if each.id == to_id), None)
        is_waiting = waiting_submission(action) == submission
        is_asked = open_question(submission) is not None
        refusal = why_not_asked(is_waiting, is_asked, to is not None)
        if refusal or to is None:
            raise Refused(refusal) if is_asked or not is_waiting else InvalidInput({"to": str(refusal)})
        if wrong := problem_with_reason(text, "Write the question."):
            raise InvalidInput(wrong)
        tx.update(action, "action.asked-about", expected)
        asked = CheckQuestion(
            review=action.review_id,
            action=action,
            submission=submission,
            text=text,
            to=to,
            asked_by=viewer.id,
            asked_at=clock.now(),
        )
        tx.add(asked, "question.asked")
        _tell(tx, to, action, link)
    return asked


def _tell(tx: Change, to: User, action: Action, link: str) -> None:
    """Queue word of a question, to who stands in where whoever is asked is away."""
    instead = people_away(clock.today()).asked(to.id)
    to = next((each for each in people_to_ask(action) if each.id == instead), to)
    body = QUESTION.format(reference=action.reference, link=link)
    about = [About(review_id=action.review_id, action_id=action.id)]
    queue(tx, to, QUESTION_SUBJECT.format(reference=action.reference), body, about)


def answer_question(
    viewer: Viewer, question: CheckQuestion, answer: str, expected: int | None = None
) -> CheckQuestion:
    """Answer what the Board asked: the one asked, or another lead of the agency.

    Raises InvalidInput, Refused, StaleEdit.
    """
    action = question.action
    require_on(viewer, Permission.ADD_EVIDENCE, action.review, action.owners)
    answer = clean_text(answer)
    with change(viewer) as tx:
        is_waiting = waiting_submission(action) == question.submission
        refusal = why_not_answered(is_waiting, question.answered_at is not None)
        if refusal:
            raise Refused(refusal)
        if wrong := problem_with_reason(answer, "Write the answer."):
            raise InvalidInput({"answer": wrong["reason"]})
        question.answer, question.answered_by, question.answered_at = answer, viewer.id, clock.now()
        tx.update(question, "question.answered", expected)
        # So that nobody decides without having seen the answer.
        tx.update(Action.get_by_id(action.id), "action.answered-about")
    return question


def reopen(
    viewer: Viewer, action: Action, reason: str, expected: int | None = None, due_on: date | None = None
) -> AssuranceDecision:
    """Reopen what the Board has accepted, by somebody outside the agency; the acceptance stays readable.

    due_on  by when it is to be done again, which is no extension; None leaves the due date as it was
    Raises InvalidInput, Refused, StaleEdit.
    """
    require_on(viewer, Permission.DECIDE_ASSURANCE, action.review, action.owners)
    with change(viewer) as tx:
        return reopen_within(tx, action, clean_text(reason), expected, due_on)


def reopen_within(
    tx: Change, action: Action, reason: str, expected: int | None = None, due_on: date | None = None
) -> AssuranceDecision:
    """Reopen an action in an open change, by somebody who may, as `reopen` does."""
    refusal = why_not_reopened(facts_of(action))
    if refusal:
        raise Refused(refusal)
    wrong = problem_with_reason(reason, "Say why it is reopened, and what the agency has to show.")
    if due_on is not None and due_on <= clock.today():
        wrong["due_on"] = "The new due date must be in the future."
    if wrong:
        raise InvalidInput(wrong)
    submission, was = last_judged(action), action.current_due_on
    if due_on is not None:
        action.current_due_on = due_on
        action.original_due_on = action.original_due_on or due_on
    action.assurance = Assurance.RETURNED
    tx.update(action, "action.reopened", expected)
    reopened = AssuranceDecision(
        review=action.review_id,
        action=action,
        submission=submission,
        decision="reopened",
        reason=reason,
        by=tx.actor.id,
        at=clock.now(),
    )
    dates = {"due_on": due_on, "was": was} if due_on is not None else {}
    return tx.add(reopened, "submission.reopened", dates)
