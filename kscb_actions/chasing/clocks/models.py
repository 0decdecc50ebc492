"""Which statutory dates were chased."""

import peewee

from kscb_actions.database import Model
from kscb_actions.mail.models import OutboxMessage
from kscb_actions.reviews.models import Review


class ClockChase(Model):
    """One reminder of an unmet statutory date: once for each review, kind of clock, stage and date.

    It names no StatutoryClock: such a row is removed and entered anew when a stage is put right.

    kind    of the clock, one of `reviews.guidance.rules.CLOCKS`
    repeat  how often this stage had been given before: too early, by a clock that was ahead, or on the
           word of the board manager
    """

    event_room = "chasing"

    review = peewee.ForeignKeyField(Review, on_delete="RESTRICT", backref="clock_chases")
    kind = peewee.CharField(max_length=20)
    stage = peewee.IntegerField()
    due_on = peewee.DateField()
    chased_on = peewee.DateField()
    repeat = peewee.IntegerField(default=0)
    message = peewee.ForeignKeyField(OutboxMessage, on_delete="RESTRICT")

    class Meta:
        indexes = ((("review", "kind", "stage", "due_on", "repeat"), True),)
