"""Which awaited answers were chased."""

import peewee

from kscb_actions.database import Model
from kscb_actions.mail.models import OutboxMessage
from kscb_actions.reviews.models import AgencyResponse, Review


class AnswerChase(Model):
    """One reminder of an awaited answer: once for each answer, stage and date to answer by.

    repeat  how often this stage had been given before: too early, by a clock that was ahead, or on the
           word of the board manager
    """

    event_room = "chasing"

    review = peewee.ForeignKeyField(Review, on_delete="RESTRICT")
    response = peewee.ForeignKeyField(AgencyResponse, on_delete="RESTRICT", backref="chases")
    stage = peewee.IntegerField()
    due_on = peewee.DateField()
    chased_on = peewee.DateField()
    repeat = peewee.IntegerField(default=0)
    message = peewee.ForeignKeyField(OutboxMessage, on_delete="RESTRICT")

    class Meta:
        indexes = ((("response", "stage", "due_on", "repeat"), True),)
