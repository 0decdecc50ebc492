"""Reminders that were recorded and then not given."""

import peewee

from kscb_actions.database import Model
from kscb_actions.mail.models import OutboxMessage


class TakenOut(Model):
    """A reminder that was taken out of a message before that went: what it reminded of had changed.

    kind, chase_id  the table and the id of the row that says of the reminder that it was given, or to whom
    """

    event_room = "chasing"

    message = peewee.ForeignKeyField(OutboxMessage, on_delete="RESTRICT", backref="taken_out")
    kind = peewee.CharField(max_length=40)
    chase_id = peewee.IntegerField()

    class Meta:
        indexes = ((("kind", "chase_id"), True),)

    @property
    def room_of_event(self) -> str:
        """Return the room whose people alone may know of the message, if there is one."""
        return str(self.message.room_of_event) if self.message.about else self.event_room
