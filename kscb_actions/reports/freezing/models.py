"""Which kept paper belongs to which meeting."""

import peewee

from kscb_actions.database import InstantField, Model
from kscb_actions.meetings.models import Meeting
from kscb_actions.people.models import User
from kscb_actions.reports.kept.models import KeptPaper


class MeetingPaper(Model):
    """A paper kept with a meeting: never changed, and one of each kind.

    kind     "frozen": the state at its closing date; "minutes": as they were published
    reason   why it was made by hand; empty where the closing date made it
    made_by  nobody where the closing date made it
    """

    event_room = "meetings"

    meeting = peewee.ForeignKeyField(Meeting, on_delete="RESTRICT", backref="papers")
    kind = peewee.CharField(max_length=10)
    paper = peewee.ForeignKeyField(KeptPaper, on_delete="RESTRICT")
    made_at = InstantField()
    made_by = peewee.ForeignKeyField(User, null=True, on_delete="RESTRICT")
    reason = peewee.TextField(default="")

    class Meta:
        indexes = ((("meeting", "kind"), True),)
