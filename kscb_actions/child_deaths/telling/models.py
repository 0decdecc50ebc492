"""What members have been told of a panel's meetings, and of which meetings they were reminded."""

import peewee

from kscb_actions.child_deaths.meetings.models import PanelMeeting
from kscb_actions.database import InstantField, Model
from kscb_actions.mail.models import OutboxMessage
from kscb_actions.people.models import User


class PanelTold(Model):
    """Store how a meeting stood when a member was told of it; the newest row is what they know.

    cases    ids of the deaths on its agenda that are not closed to them, joined by ";"
    decided  "death:number of the decision" of those that were decided there, joined by ";"
    """

    event_room = "child_deaths"

    meeting = peewee.ForeignKeyField(PanelMeeting, on_delete="RESTRICT")
    user = peewee.ForeignKeyField(User, on_delete="RESTRICT")
    told_on = peewee.DateField()
    is_seated = peewee.BooleanField()
    held_on = peewee.DateField()
    due_on = peewee.DateField()
    way = peewee.CharField(max_length=10)
    papers_at = InstantField(null=True)
    cases = peewee.TextField(default="")
    decided = peewee.TextField(default="")


class PanelChase(Model):
    """Store one reminder of what is owed for a meeting: once for each stage of the day by which it is due.

    repeat  how often it had gone out too early, by a clock that was ahead; 0 for all others
    """

    event_room = "child_deaths"

    meeting = peewee.ForeignKeyField(PanelMeeting, on_delete="RESTRICT", backref="chases")
    stage = peewee.IntegerField()
    due_on = peewee.DateField()
    chased_on = peewee.DateField()
    repeat = peewee.IntegerField(default=0)
    message = peewee.ForeignKeyField(OutboxMessage, on_delete="RESTRICT")

    class Meta:
        indexes = ((("meeting", "stage", "due_on", "repeat"), True),)
