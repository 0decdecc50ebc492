"""What a person's calendar has of meetings: those of the bodies they sit on, and what they are to do."""

from collections.abc import Iterator
from datetime import date

import peewee

from kscb_actions import clock
from kscb_actions.access.policy import Viewer
from kscb_actions.audit.models import AuditEvent
from kscb_actions.calendar_feeds.rules import Entry
from kscb_actions.meetings.models import BodySeat, Meeting, MeetingBody
from kscb_actions.meetings.queries import reads_meetings

from .queries import open_tasks_of


def meetings_to_come(viewer: Viewer, today: date) -> Iterator[Entry]:
    """Yield the meetings from today on of the bodies on which this person has a seat. Two queries at most."""
    if not reads_meetings(viewer):
        return
    seats = BodySeat.select(BodySeat.body).where(BodySeat.user == viewer.id)
    query = Meeting.select(Meeting.id, Meeting.held_on, MeetingBody.name).join(MeetingBody)
    query = query.where(Meeting.body.in_(seats), Meeting.cancelled_at.is_null(), Meeting.held_on >= today)
    found = list(query.order_by(Meeting.held_on, Meeting.id).tuples())
    changed = _last_changed([key for key, _, _ in found]) if found else {}
    for key, held_on, body in found:
        yield Entry(f"meeting-{key}", held_on, f"Meeting: {body}", f"/meetings/{key}", changed[key])


def _last_changed(meetings: list[int]) -> dict[int, date]:
    newest = AuditEvent.select(AuditEvent.object_id, peewee.fn.MAX(AuditEvent.id).alias("newest"))
    newest = newest.where(AuditEvent.kind == Meeting._meta.table_name, AuditEvent.object_id.in_(meetings))
    newest = newest.group_by(AuditEvent.object_id)
    events = AuditEvent.select(AuditEvent.object_id, AuditEvent.at)
    joined = events.join(newest, on=AuditEvent.id == newest.c.newest)
    return {key: clock.local_date(at) for key, at in joined.tuples()}


def tasks_to_do(viewer: Viewer, today: date) -> Iterator[Entry]:
    """Yield what meetings have given this person to do and is not done. Two queries at most."""
    for each in open_tasks_of(viewer):
        if each.due_on is not None:
            told_on = clock.local_date(each.recorded_at)
            path = f"/meetings/tasks/{each.id}"
            yield Entry(
                f"task-{each.id}", each.due_on, f"Due: task {each.reference} of a meeting", path, told_on
            )
