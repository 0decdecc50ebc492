"""The reminders of one action, for its story."""

from collections.abc import Iterable, Sequence
from typing import Any

from kscb_actions.access.policy import Permission, Reach, Viewer, reach
from kscb_actions.actions.models import Action
from kscb_actions.assurance.timeline.rules import TimelineEntry
from kscb_actions.chasing.actions.models import Chase
from kscb_actions.chasing.providers import list_subjects
from kscb_actions.mail.fates import fate_words
from kscb_actions.mail.models import OutboxMessage
from kscb_actions.people.models import User
from kscb_actions.prepared import prepared

from .models import Reminder
from .queries import is_of_void_challenge, taken_out_flag
from .rules import TAKEN_OUT, stage_words


def with_reminders(viewer: Viewer, action: Action, story: Sequence[TimelineEntry]) -> list[TimelineEntry]:
    """Return the story of an action, which has been read for a viewer, with its reminders. Two queries.

    Of a reminder from before there was a log the first who had it is named.
    """
    given = _given(action=action.id)
    known = {_key(row) for row in given}
    older = [row for row in _from_before_the_log(action=action.id) if _key(row) not in known]
    entries = _entries(viewer, action.reference, [*given, *older])
    return sorted([*story, *entries], key=lambda entry: entry.at, reverse=True)


def _key(row: Any) -> tuple[Any, ...]:
    return row.subject, row.due_on, row.chased_on


@prepared
def _given(*, action: Any) -> Any:
    return _with_people(Reminder, taken_out_flag()).where(Reminder.action == action, ~is_of_void_challenge())


@prepared
def _from_before_the_log(*, action: Any) -> Any:
    return _with_people(Chase).where(Chase.action == action)


def _with_people(model: Any, *more: Any) -> Any:
    rows = model.select(model, *more, OutboxMessage, User)
    return rows.join(OutboxMessage).join(User).order_by(model.id.desc())


def _entries(viewer: Viewer, own: str, rows: Iterable[Any]) -> list[TimelineEntry]:
    counted = {subject.code: subject.counted for subject in list_subjects()}
    reads_outbox = reach(viewer, Permission.READ_OUTBOX) is not Reach.NONE
    found = []
    for row in rows:
        about = f" of {row.label}" if getattr(row, "label", own) != own else ""
        copy = ", in copy" if getattr(row, "told", "") == "copied" else ""
        fate = fate_words(row.message, reads_outbox)
        if getattr(row, "is_taken_out", 0):
            fate = TAKEN_OUT
        detail = (
            ("To", f"{row.message.to_user.name}{copy}"),
            ("What became of it", fate),
        )
        title = f"Reminder{about}: {stage_words(row.stage, counted.get(row.subject, 'the due date'))}"
        found.append(TimelineEntry(title, row.message.queued_at, "", "", detail))
    return found
