"""The outbox."""

import peewee

from kscb_actions.audit.rules import name_of_today
from kscb_actions.database import InstantField, Versioned
from kscb_actions.people.models import User


class OutboxMessage(Versioned):
    """A message that was caused and must arrive; queued in the transaction of its cause.

    A secret message carries a single-use link: its body is shown to nobody but the addressee.
    `about` names the room whose people alone may know of it, such as "deaths"; "": all who read the outbox.
    """

    event_room = "mail"

    to_user = peewee.ForeignKeyField(User, on_delete="RESTRICT")
    to_address = peewee.CharField(max_length=254)
    subject = peewee.CharField(max_length=200)
    body = peewee.TextField()
    message_id = peewee.CharField(max_length=120, unique=True)
    is_secret = peewee.BooleanField(default=False)
    about = peewee.CharField(max_length=20, default="")
    state = peewee.CharField(max_length=12, default="queued", index=True)
    queued_at = InstantField()
    next_try_at = InstantField(null=True)
    sent_at = InstantField(null=True)
    attempts = peewee.IntegerField(default=0)
    last_error = peewee.TextField(default="")

    @property
    def room_of_event(self) -> str:
        """The room whose people alone may know of the message, if there is one."""
        return name_of_today(str(self.about)) or self.event_room
