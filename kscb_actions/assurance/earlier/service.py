"""Recording what happened to actions before the board used this product, and examining it again."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from kscb_actions import clock
from kscb_actions.access.policy import Permission, Refused, Viewer
from kscb_actions.actions.earlier.models import EarlierRecord, Reexamination
from kscb_actions.actions.earlier.queries import has_updates, record_of
from kscb_actions.actions.earlier.rules import (
    ENDED,
    OUTCOME_NAMES,
    Outcome,
    Past,
    Reading,
    in_words,
    joined,
    problems_with_past,
    state_after,
    why_no_past,
    why_not_examined,
)
from kscb_actions.actions.models import Action
from kscb_actions.actions.rules import PAST_ENTERED, problem_with_reason
from kscb_actions.audit.service import Change, change
from kscb_actions.reviews.papers.models import ReviewPaper
from kscb_actions.reviews.queries import require_on
from kscb_actions.text import InvalidInput, clean_text, one_line

from ..checking import reopen_within
from ..models import AssuranceDecision, Submission

NOBODY = "Somebody has to answer for what is entered of the past, so it needs a person who signs in."
DONE_WITHOUT_WORDS = "Done, by earlier records."


def record_all_within(
    tx: Change, pasts: Sequence[tuple[Action, Past]], paper: ReviewPaper | None = None
) -> None:
    """Record, in an open change, what happened before to actions that have the state of it already.

    paper  the file that tells it. Raises Refused where nobody in person makes the change.
    """
    if tx.actor.id is None:
        raise Refused(NOBODY)
    records = [_record(tx.actor.id, action, past, paper) for action, past in pasts]
    tx.add_all(records, "earlier-record.entered")
    reports = [
        _report(action, past, record)
        for (action, past), record in zip(pasts, records, strict=True)
        if past.is_finished
    ]
    tx.add_all(reports, "submission.in-records")
    accepted = [_acceptance(each) for each in reports if each.record.read_as == Reading.ACCEPTED]
    tx.add_all(accepted, "submission.accepted-in-records")


def enter_past(
    viewer: Viewer, action: Action, past: Past, expected: int | None = None, paper: ReviewPaper | None = None
) -> Action:
    """Enter what happened to one action before, by the board manager, while its agency has said nothing here.

    The days since it was recorded are computed with it. Raises InvalidInput, Refused, StaleEdit.
    """
    require_on(viewer, Permission.EDIT_ACTION, action.review)
    past = cleaned(past)
    problems = problems_with_past(past, clock.today(), action.current_due_on)
    if past.read_as in ENDED and paper is None:
        problems["read_as"] = "Supersede or withdraw it on its own page, with the reason."
    if not past.source and paper is None:
        problems["source"] = "Name the records, such as “Board’s plan, paper copy”."
    if problems:
        raise InvalidInput(problems)
    with change(viewer) as tx:
        now = Action.get_by_id(action.id)
        closed = why_no_past(
            record_of(action.id) is not None, now.assurance, now.standing, has_updates(action.id)
        )
        if closed:
            raise Refused(closed)
        enter_past_within(tx, action, past, expected, paper)
    return action


def enter_past_within(
    tx: Change, action: Action, past: Past, expected: int | None = None, paper: ReviewPaper | None = None
) -> None:
    """Enter the past of an action in an open change, by somebody who may; it is fit for it."""
    for name, value in state_after(past, action.original_due_on, action.current_due_on).items():
        setattr(action, name, value)
    tx.update(action, PAST_ENTERED, expected, _own_days(past))
    record_all_within(tx, [(action, past)], paper)


def examine_again(
    viewer: Viewer,
    action: Action,
    outcome: str,
    reason: str,
    expected: int | None = None,
    due_on: date | None = None,
) -> Reexamination:
    """Say that what was accepted in earlier records stands, or open it again, from outside its agency.

    due_on  by when it is to be done again, where it opens
    Raises InvalidInput, Refused, StaleEdit.
    """
    require_on(viewer, Permission.DECIDE_ASSURANCE, action.review, action.owners)
    reason = clean_text(reason)
    problems = problem_with_reason(reason, "Say what was looked at, and what it shows.")
    if outcome not in OUTCOME_NAMES:
        problems["outcome"] = "Choose whether it stands."
    if problems:
        raise InvalidInput(problems)
    with change(viewer) as tx:
        now, record = Action.get_by_id(action.id), record_of(action.id)
        is_accepted = record is not None and record.read_as == Reading.ACCEPTED
        if closed := why_not_examined(is_accepted, now.assurance, now.standing):
            raise Refused(closed)
        if outcome == Outcome.OPENED:
            reopen_within(tx, action, reason, expected, due_on)
        examined = Reexamination(
            review=action.review_id,
            action=action,
            outcome=outcome,
            reason=reason,
            by=viewer.id,
            at=clock.now(),
        )
        return tx.add(examined, "reexamination.recorded")


def cleaned(past: Past) -> Past:
    """Return a past with its texts as they would be kept."""
    return replace(
        past,
        source=one_line(past.source),
        status_text=one_line(past.status_text),
        told=clean_text(past.told),
        accepted_by=one_line(past.accepted_by),
    )


def _own_days(past: Past) -> dict[str, str]:
    """Return the days by which days before the entry are computed, as the trail keeps them."""
    days = {
        "done_by": past.done_by,
        "reported_done_on": past.done_on,
        "accepted_on": past.accepted_on,
        "original_due_on": past.first_due_on,
    }
    return {name: each.isoformat() if each else "" for name, each in days.items()}


def _record(viewer_id: int, action: Action, past: Past, paper: ReviewPaper | None) -> EarlierRecord:
    return EarlierRecord(
        review=action.review_id,
        action=action,
        paper=paper,
        source="" if paper else past.source,
        as_of=past.as_of,
        status_text=past.status_text,
        read_as=past.read_as,
        done_on=past.done_on,
        told=past.told,
        moved_to=joined(past.moved_to),
        accepted_on=past.accepted_on,
        accepted_by=past.accepted_by,
        entered_by=viewer_id,
        entered_at=clock.now(),
    )


def _report(action: Action, past: Past, record: EarlierRecord) -> Submission:
    return Submission(
        review=action.review_id,
        action=action,
        narrative=past.told or DONE_WITHOUT_WORDS,
        by=record.entered_by_id,
        at=_at(past.done_on or past.as_of),
        record=record,
    )


def _acceptance(report: Submission) -> AssuranceDecision:
    record = report.record
    return AssuranceDecision(
        review=report.review_id,
        action=report.action,
        submission=report,
        decision="accepted",
        reason=f"{in_words(record.as_of, '')}: accepted by {record.accepted_by}.",
        by=record.entered_by_id,
        at=_at(record.accepted_on),
        record=record,
    )


def _at(day: date) -> datetime:
    """Return the instant that stands for a day of which the hour is not known: its beginning."""
    return clock.start_of(day)
