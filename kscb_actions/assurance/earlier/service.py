"""Recording what happened to actions before the board used this product, and examining it again."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from kscb_actions import clock
from kscb_actions.access.policy import Permission, Refused, Viewer
from kscb_actions.actions.earlier.models import EarlierRecord, Reexamination
from kscb_actions.actions.earlier.queries import has_updates, past_of, record_of, source_of
from kscb_actions.actions.earlier.rules import (
    ENDED,
    OUTCOME_NAMES,
    Outcome,
    Past,
    Reading,
    has_acted,
    in_words,
    joined,
    problems_with_past,
    since_entered,
    state_after,
    state_before,
    why_no_past,
    why_not_examined,
    why_past_stays,
)
from kscb_actions.actions.models import Action
from kscb_actions.actions.rules import PAST_ENTERED, problem_with_reason
from kscb_actions.audit.service import Change, change
from kscb_actions.reviews.papers.models import ReviewPaper
from kscb_actions.reviews.queries import require_on
from kscb_actions.terms import say
from kscb_actions.text import InvalidInput, clean_text, one_line

from ..checking import reopen_within
from ..models import AssuranceDecision, Submission
from ..timeline.rules import TrailEvent
from ..voiding.entries.queries import steps_of

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
        problems["source"] = say("Name the records, such as “Board’s plan, paper copy”.")
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


def entered_past(action: Action, record: EarlierRecord) -> Past:
    """Return what was entered of the past of an action fetched for a viewer, with its first due date."""
    _, detail = _entry(steps_of(action))
    first = detail.get("original_due_on")
    return replace(past_of(record), first_due_on=date.fromisoformat(first) if first else None)


def put_past_right(
    viewer: Viewer, action: Action, past: Past | None, reason: str, expected: int | None = None
) -> Action:
    """Put right what was entered of the past of an action, or with None take it away, by the board manager.

    The days since the action was recorded are computed with it. What was entered wrongly goes; the trail
    keeps it. Raises InvalidInput, Refused, StaleEdit.
    """
    require_on(viewer, Permission.EDIT_ACTION, action.review)
    past, reason = cleaned(past) if past else None, clean_text(reason)
    with change(viewer) as tx:
        now, record = Action.get_by_id(action.id), record_of(action.id)
        events = steps_of(now)
        closed = why_past_stays(
            record is not None,
            now.standing,
            record.read_as if record else "",
            has_acted(since_entered(each.code for each in events)),
        )
        if closed or record is None:
            raise Refused(closed or "")
        before = state_before(past_of(record), now, _entry(events))
        _mind(past, record, reason, before["current_due_on"])
        after = state_after(past, before["original_due_on"], before["current_due_on"]) if past else {}
        for name, value in {**before, **after}.items():
            setattr(action, name, value)
        _take_away(tx, record, reason)
        tx.update(action, PAST_ENTERED, expected, {**_own_days(past), **_instead(events, before, action)})
        if past:
            same = record.paper_id is not None and past.source == source_of(record)
            record_all_within(tx, [(action, past)], record.paper if same else None)
    return action


def _mind(past: Past | None, record: EarlierRecord, reason: str, due_on: date | None) -> None:
    problems = problem_with_reason(reason, "Say what was wrong.")
    if past:
        problems |= problems_with_past(past, clock.today(), due_on)
        if past.read_as in ENDED and record.read_as not in ENDED:
            problems["read_as"] = "Supersede or withdraw it on its own page, with the reason."
        if not past.source:
            problems["source"] = say("Name the records, such as “Board’s plan, paper copy”.")
    if problems:
        raise InvalidInput(problems)


def _entry(events: Sequence[TrailEvent]) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """Return what entering the past changed of an action, and the detail of that; empty where it came so."""
    entered = [each for each in events if each.code == PAST_ENTERED]
    return (entered[-1].changes, entered[-1].detail) if entered else ({}, {})


def _take_away(tx: Change, record: EarlierRecord, reason: str) -> None:
    """Remove what was made of a record, and the record."""
    for decision in AssuranceDecision.select().where(AssuranceDecision.record == record):
        tx.remove(decision, "submission.accepted-in-records-put-right")
    for report in Submission.select().where(Submission.record == record):
        tx.remove(report, "submission.in-records-put-right")
    tx.remove(record, "earlier-record.put-right", {"reason": reason})


def _instead(events: Sequence[TrailEvent], before: Mapping[str, Any], action: Action) -> dict[str, str | int]:
    """Return since which event a wrong past stood, and what the action says now, and without any."""
    entered = [each for each in events if each.code == PAST_ENTERED]
    since = min(each.id for each in entered or events if each.object_id == action.id)
    names = (*before, "standing")
    now = {f"now_{name}": _text(getattr(action, name)) for name in names}
    return {"since": since, **now, **{f"else_{name}": _text(each) for name, each in before.items()}}


def _text(value: Any) -> str:
    return "" if value is None else str(value)


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


def _own_days(past: Past | None) -> dict[str, str]:
    """Return the days by which days before the entry are computed, as the trail keeps them."""
    if past is None:
        return dict.fromkeys(("done_by", "reported_done_on", "accepted_on", "original_due_on"), "")
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
