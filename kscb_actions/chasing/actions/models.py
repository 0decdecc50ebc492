"""Which actions were chased."""

import peewee

from kscb_actions.actions.models import Action
from kscb_actions.database import Model
from kscb_actions.mail.models import OutboxMessage
from kscb_actions.reviews.models import Review


class Chase(Model):
    """One reminder that fell due and was put in a digest: once for each action, ladder, stage and due date.

    subject  whose ladder it was, as `subjects` of the providers have it
    due_on   the day from which its stage is counted
    repeat  how often this stage had been given before: too early, by a clock that was ahead, or on the
           word of the board manager
    """

    event_room = "chasing"

    review = peewee.ForeignKeyField(Review, on_delete="RESTRICT")
    action = peewee.ForeignKeyField(Action, on_delete="RESTRICT", backref="chases")
    stage = peewee.IntegerField()
    due_on = peewee.DateField()
    chased_on = peewee.DateField()
    repeat = peewee.IntegerField(default=0)
    message = peewee.ForeignKeyField(OutboxMessage, on_delete="RESTRICT", backref="chases")
    subject = peewee.CharField(max_length=30, default="actions")

    class Meta:
        indexes = ((("action", "subject", "stage", "due_on", "repeat"), True),)
