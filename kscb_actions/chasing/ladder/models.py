"""The ladders as the board has kept them, each version for good; and pauses of reminders."""

import peewee

from kscb_actions.database import InstantField, Model, Versioned
from kscb_actions.people.models import Agency, User
from kscb_actions.reviews.models import Review


class LadderVersion(Model):
    """A ladder as it was kept: never changed, for a later one takes its place. `rungs` is JSON."""

    event_room = "settings"

    subject = peewee.CharField(max_length=30)
    number = peewee.IntegerField()
    rungs = peewee.TextField()
    kept_by = peewee.ForeignKeyField(User, null=True, on_delete="RESTRICT")
    kept_at = InstantField()

    class Meta:
        indexes = ((("subject", "number"), True),)


class ReminderPause(Versioned):
    """A time in which nobody is reminded of one review, or of what one agency owes.

    until_on  its last day; earlier than was first said, where it was ended early
    """

    event_room = "chasing"

    review = peewee.ForeignKeyField(Review, null=True, on_delete="RESTRICT")
    agency = peewee.ForeignKeyField(Agency, null=True, on_delete="RESTRICT")
    reason = peewee.TextField()
    since_on = peewee.DateField()
    until_on = peewee.DateField(index=True)
    paused_by = peewee.ForeignKeyField(User, on_delete="RESTRICT")
