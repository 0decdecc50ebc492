"""Of which referred cases the subgroup was reminded."""

import peewee

from kscb_actions.database import Model
from kscb_actions.mail.models import OutboxMessage
from kscb_actions.reviews.referring.models import CaseReferral


class CaseReferralChase(Model):
    """One reminder of a referral without an answer: once for each stage of its date.

    repeat  how often this stage had been given before: too early, by a clock that was ahead, or on the
           word of the board manager
    """

    event_room = "chasing"

    referral = peewee.ForeignKeyField(CaseReferral, on_delete="RESTRICT", backref="chases")
    stage = peewee.IntegerField()
    due_on = peewee.DateField()
    chased_on = peewee.DateField()
    repeat = peewee.IntegerField(default=0)
    message = peewee.ForeignKeyField(OutboxMessage, on_delete="RESTRICT")

    class Meta:
        indexes = ((("referral", "stage", "due_on", "repeat"), True),)
