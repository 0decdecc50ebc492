"""The panel's meetings to come, for the calendars of those who have a seat: a day and an address, no case."""

from collections.abc import Iterator
from datetime import date

import peewee

from kscb_actions import clock
from kscb_actions.access.policy import Viewer
from kscb_actions.audit.models import AuditEvent
from kscb_actions.calendar_feeds.rules import Entry
from kscb_actions.child_deaths.visibility import visible_meeting

from .models import PanelMeeting, PanelSeat


def panels_to_come(viewer: Viewer, today: date) -> Iterator[Entry]:
    """Yield the panel meetings from today on at which this person has a seat. One query."""
    seats = PanelSeat.select(PanelSeat.meeting).where(PanelSeat.user == viewer.id)
    told = (AuditEvent.kind == PanelMeeting._meta.table_name) & (AuditEvent.object_id == PanelMeeting.id)
    changed = AuditEvent.select(peewee.fn.MAX(AuditEvent.at)).where(told)
    query = PanelMeeting.select(PanelMeeting.id, PanelMeeting.held_on, changed)
    query = query.where(PanelMeeting.held_on >= today, PanelMeeting.id.in_(seats), visible_meeting(viewer))
    for key, held_on, at in query.order_by(PanelMeeting.held_on).tuples():
        changed_on = clock.local_date(PanelMeeting.closed_at.python_value(at))
        yield Entry(f"panel-{key}", held_on, "Panel meeting", f"/panels/{key}", changed_on)
