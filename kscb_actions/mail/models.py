"""The outbox."""

from collections.abc import Mapping
from typing import ClassVar

import peewee

from kscb_actions.audit.models import AuditEvent
from kscb_actions.audit.rules import name_of_today
from kscb_actions.database import InstantField, Model, Versioned
from kscb_actions.people.models import User


class OutboxMessage(Versioned):
    """A message to be delivered, queued in the transaction of what causes it.

    A secret message carries a single-use link: its body is shown to nobody but the addressee.
    `about` names the room whose people alone may know of it, "child_deaths" ("deaths" in old rows); "": all
    who read the outbox, as far as they may know of its items.

    digest_on     the day whose reminders it holds; empty for what is no digest
    enclosed      what a digest holds beside its reminders: its subject on the first line, then its text
    made_good_at  when it had been lost, the address worked again, and what still held was written anew
    taken_into    the later digest that holds what this one held, and goes in its place
    may_have_gone  a server may have taken it without having said so: its tries were broken off
    """

    event_room = "mail"
    not_in_events: ClassVar[Mapping[str, str]] = {
        "body": "may carry a link that works once",
        "enclosed": "a part of the body",
    }

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
    digest_on = peewee.DateField(null=True)
    enclosed = peewee.TextField(default="")
    made_good_at = InstantField(null=True)
    taken_into = peewee.ForeignKeyField("self", null=True, on_delete="RESTRICT", backref="taken_in")
    may_have_gone = peewee.BooleanField(default=False)

    @property
    def room_of_event(self) -> str:
        """Return the room whose people alone may know of the message, if there is one."""
        return name_of_today(str(self.about)) or self.event_room


class OutboxItem(Model):
    """One thing that a message is about: written with the message, never changed.

    The ids are plain numbers, as in the trail: reviews, actions, challenges and deaths belong to higher
    rooms. An item about an action or a recommendation names its review too; one about a challenge, what that
    is about.
    """

    event_room = "mail"

    message = peewee.ForeignKeyField(OutboxMessage, on_delete="RESTRICT", backref="items")
    review_id = peewee.IntegerField(null=True, index=True)
    action_id = peewee.IntegerField(null=True)
    death_id = peewee.IntegerField(null=True, index=True)
    recommendation_id = peewee.IntegerField(null=True)
    challenge_id = peewee.IntegerField(null=True, index=True)

    @property
    def room_of_event(self) -> str:
        """Return the room whose people alone may know of the message, if there is one."""
        return self.message.room_of_event

    def is_from_before_events(self) -> bool:
        """Return whether migration 0010 made the row: its message is older than any item told of."""
        table = self._meta.table_name
        first = AuditEvent.select(peewee.fn.MIN(AuditEvent.id)).where(AuditEvent.kind == table).scalar()
        own = (AuditEvent.kind == OutboxMessage._meta.table_name) & (AuditEvent.object_id == self.message_id)
        queued = AuditEvent.select(peewee.fn.MIN(AuditEvent.id)).where(own).scalar()
        return queued is not None and (first is None or queued < first)
