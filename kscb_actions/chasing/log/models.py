"""Of what each person was reminded."""

import peewee

from kscb_actions.actions.models import Action
from kscb_actions.database import Model
from kscb_actions.mail.models import OutboxMessage
from kscb_actions.people.models import Agency
from kscb_actions.reviews.models import Review


class Reminder(Model):
    """One thing in the digest of one person: a row for each person who was told of it, whoever was first.

    Never changed. Written with the message, for it says in one place what the trail says in several.

    subject  the code of its ladder
    label    what the thing is called in the message; nothing of a case
    stage    days from `due_on`, the day from which its ladder is counted
    told     why the person was told, by name of `rules.Told`
    """

    event_room = "chasing"
    keeps_no_history = "the events of the message, of its items and of what was chased tell the same"

    message = peewee.ForeignKeyField(OutboxMessage, on_delete="RESTRICT", backref="reminders")
    review = peewee.ForeignKeyField(Review, null=True, on_delete="RESTRICT", index=False)
    action = peewee.ForeignKeyField(Action, null=True, on_delete="RESTRICT", backref="reminders")
    agency = peewee.ForeignKeyField(Agency, null=True, on_delete="RESTRICT", index=False)
    subject = peewee.CharField(max_length=30)
    label = peewee.CharField(max_length=120)
    stage = peewee.IntegerField()
    due_on = peewee.DateField()
    chased_on = peewee.DateField()
    told = peewee.CharField(max_length=10)
