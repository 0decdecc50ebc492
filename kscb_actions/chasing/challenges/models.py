"""Which challenges were chased."""

import peewee

from kscb_actions.assurance.challenges.models import Challenge
from kscb_actions.database import Model
from kscb_actions.mail.models import OutboxMessage
from kscb_actions.reviews.models import Review


class ChallengeChase(Model):
    """One reminder of an unanswered challenge: once for each challenge, stage and date to reply by.

    repeat  how often this stage had been given before: too early, by a clock that was ahead, or on the
           word of the board manager
    """

    event_room = "chasing"

    review = peewee.ForeignKeyField(Review, null=True, on_delete="RESTRICT")
    challenge = peewee.ForeignKeyField(Challenge, on_delete="RESTRICT", backref="chases")
    stage = peewee.IntegerField()
    due_on = peewee.DateField()
    chased_on = peewee.DateField()
    repeat = peewee.IntegerField(default=0)
    message = peewee.ForeignKeyField(OutboxMessage, on_delete="RESTRICT")

    class Meta:
        indexes = ((("challenge", "stage", "due_on", "repeat"), True),)
