"""Marking one update, one request for more time or one change of a due date as recorded in error."""

from datetime import date
from typing import Any

from kscb_actions.access.policy import Permission, Refused, Viewer
from kscb_actions.actions.another_way.queries import is_answered
from kscb_actions.actions.models import Action, Extension, ProgressUpdate
from kscb_actions.actions.rules import ENTRY_VOIDED
from kscb_actions.audit.service import change
from kscb_actions.reviews.queries import require_on
from kscb_actions.terms import say
from kscb_actions.text import InvalidInput, clean_text

from ...timeline.rules import TrailEvent
from .queries import Entry, is_own_and_free, kind_of_entry, steps_of
from .rules import (
    MOVED_SINCE,
    OF_REPORT,
    REMOVED,
    SENT_BACK,
    Without,
    is_of_report,
    problems_with_voiding_entry,
    without_change,
    without_update,
)

GONE = "This has been marked as recorded in error already."


def void_entry(viewer: Viewer, entry: Entry, reason: str, expected: int) -> Action:
    """Mark an entry as recorded in error: its action says what it would without it, on past days too.

    Freely by its writer while nobody else has acted on the action, afterwards by the board manager with a
    reason. The row goes; the trail keeps it. `expected`: the version of the action that was seen.
    Raises InvalidInput, Refused, StaleEdit.
    """
    reason, action = clean_text(reason), entry.action
    with change(viewer) as tx:
        if type(entry).get_or_none(type(entry).id == entry.id) is None:
            raise Refused(GONE)
        steps = steps_of(action)
        is_free = require_voiding_entry(viewer, entry, steps)
        if problems := problems_with_voiding_entry(reason, is_free):
            raise InvalidInput(problems)
        group, without = _without(entry, steps)
        detail: dict[str, Any] = {"reason": reason, "entry": group}
        if without:
            detail |= {"since": without.since, "until": without.until, **without.values}
            if without.until == 0:
                _put_back(action, without)
        tx.update(action, ENTRY_VOIDED, expected, detail)
        tx.remove(entry, REMOVED[kind_of_entry(entry)], {"reason": reason})
    return action


def require_voiding_entry(viewer: Viewer, entry: Entry, steps: list[TrailEvent]) -> bool:
    """Raise Refused unless somebody may mark an entry; returns whether they need give no reason."""
    action = entry.action
    if isinstance(entry, ProgressUpdate) and is_of_report(steps, entry.id):
        raise Refused(OF_REPORT)
    if isinstance(entry, ProgressUpdate) and is_answered(entry):
        raise Refused(say(SENT_BACK))
    if is_own_and_free(viewer, entry, steps):
        require_on(viewer, Permission.READ_ACTION, action.review, action.owners)
        return True
    require_on(viewer, Permission.EDIT_ACTION, action.review)
    require_on(viewer, Permission.DECIDE_EXTENSION, action.review, action.owners)
    return False


def _without(entry: Entry, steps: list[TrailEvent]) -> tuple[str, Without | None]:
    """Return which fields an entry is about, and what they say without it; None where it changed none."""
    if isinstance(entry, ProgressUpdate):
        return "update", without_update(steps, entry.id)
    if not (isinstance(entry, Extension) and entry.state == "agreed"):
        return "request", None
    without = without_change(steps, entry.id)
    if without is None:
        raise Refused(MOVED_SINCE)
    return "date", without


def _put_back(action: Action, without: Without) -> None:
    for name, value in without.values.items():
        is_day = name.endswith("_on") and value is not None
        setattr(action, name, date.fromisoformat(value) if is_day else value)
