"""Which leads were asked for which of their actions before a meeting."""

import peewee

from kscb_actions.actions.models import Action
from kscb_actions.database import InstantField, Model
from kscb_actions.meetings.models import Meeting
from kscb_actions.people.models import Agency, User
from kscb_actions.reviews.models import Review


class MeetingCall(Model):
    """A lead was asked for an update of an action before a meeting: once, and never changed."""

    event_room = "meetings"

    meeting = peewee.ForeignKeyField(Meeting, on_delete="RESTRICT", backref="calls")
    review = peewee.ForeignKeyField(Review, on_delete="RESTRICT")
    action = peewee.ForeignKeyField(Action, on_delete="RESTRICT", backref="+")
    agency = peewee.ForeignKeyField(Agency, on_delete="RESTRICT", backref="+")
    lead = peewee.ForeignKeyField(User, on_delete="RESTRICT", backref="+")
    called_at = InstantField()

    class Meta:
        indexes = ((("meeting", "action"), True),)
