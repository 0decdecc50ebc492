"""Putting right dates that were typed wrongly. The trail keeps what they were; nothing else does."""

from datetime import date

from kscb_actions import clock
from kscb_actions.access.policy import Permission, Refused, Viewer, may
from kscb_actions.actions.models import Action, Extension
from kscb_actions.actions.rules import DATE_CORRECTED
from kscb_actions.audit.service import Change, change
from kscb_actions.reviews.queries import require_on
from kscb_actions.text import InvalidInput, clean_text

from ..models import Evidence
from ..rules import why_not_yours
from ..voiding.queries import events_about
from .queries import dates_of, earlier_corrections, is_checked
from .rules import (
    GROUP_OF_DATE,
    Which,
    corrected,
    instead_of,
    needs_reason,
    problems_with_correction,
    problems_with_evidence_date,
)


def correct_date(
    viewer: Viewer, action: Action, which: str, to: date | None, reason: str, expected: int
) -> Action:
    """Put right a date of an action that was typed wrongly, earlier or later; it counts as no extension.

    Past days are then computed with the right date. By the board manager, and nobody of an agency that owns
    it: what is late would else be theirs to say. Raises InvalidInput, Refused, StaleEdit.
    """
    require_correcting(viewer, action)
    reason, dates = clean_text(reason), dates_of(action)
    with change(viewer) as tx:
        events = events_about(action)
        problems = problems_with_correction(dates, which, to, reason, events, clock.today())
        if problems or to is None:
            raise InvalidInput(problems)
        was = getattr(action, which)
        for name, value in corrected(dates, Which(which), to).items():
            setattr(action, name, value)
        detail = _detail(reason, needs_reason(events)) | {
            "group": GROUP_OF_DATE[which],
            "to": to.isoformat(),
            "instead_of": " ".join(sorted(map(str, instead_of(earlier_corrections(action, which), was)))),
        }
        tx.update(action, DATE_CORRECTED, expected, detail)
        if which != Which.DONE:
            _correct_extensions(tx, action, was, to)
    return action


def require_correcting(viewer: Viewer, action: Action) -> None:
    """Raise Refused unless somebody may put right the dates of an action."""
    require_on(viewer, Permission.EDIT_ACTION, action.review)
    require_on(viewer, Permission.DECIDE_EXTENSION, action.review, action.owners)


def correct_evidence_date(
    viewer: Viewer, evidence: Evidence, to: date | None, reason: str, expected: int
) -> Evidence:
    """Put right the date that a piece of evidence speaks of: its agency until the Board has judged it.

    Afterwards the board manager does, with the reason. Raises InvalidInput, Refused, StaleEdit.
    """
    checked = is_checked(evidence)
    require_redating(viewer, evidence, checked)
    reason = clean_text(reason)
    problems = problems_with_evidence_date(evidence.dated_on, to, reason, checked, clock.today())
    if problems or to is None:
        raise InvalidInput(problems)
    with change(viewer) as tx:
        evidence.dated_on = to
        tx.update(evidence, "evidence.date-corrected", expected, _detail(reason, checked))
    return evidence


def require_redating(viewer: Viewer, evidence: Evidence, checked: bool) -> None:
    """Raise Refused unless somebody may put right the date of evidence: the manager may always.

    Whoever attached it may until the Board has judged it (`checked`).
    """
    action = evidence.action
    is_manager = bool(may(viewer, Permission.EDIT_ACTION))
    permission = Permission.EDIT_ACTION if checked or is_manager else Permission.CONTRIBUTE
    require_on(viewer, permission, action.review, action.owners)
    not_yours = why_not_yours(viewer.agency_id, action.owners, evidence.joint_id)
    if not_yours and not is_manager:
        raise Refused(not_yours)


def _correct_extensions(tx: Change, action: Action, was: date, to: date) -> None:
    """Put right the date where requests and decisions repeat it, so that none of them shows the slip."""
    for each in Extension.select().where(Extension.action == action).order_by(Extension.id):
        repeats = {"old_due_on": each.old_due_on == was}
        repeats["asked_due_on"] = each.state == "agreed" and each.asked_due_on == was
        if any(repeats.values()):
            for name, is_repeated in repeats.items():
                if is_repeated:
                    setattr(each, name, to)
            tx.update(each, "extension.date-corrected")


def _detail(reason: str, is_entry_error: bool) -> dict[str, object]:
    return {"reason": reason, "entry_error": is_entry_error}
