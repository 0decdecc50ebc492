"""What was chased, and who may run jobs."""

import peewee

from ..actions.models import Action
from ..database import InstantField, Model
from ..deaths.models import AgencyReturn
from ..mail.models import OutboxMessage
from ..reviews.models import Review


class Chase(Model):
    """One reminder that fell due and was put in a digest: once for each action, stage and due date."""

    review = peewee.ForeignKeyField(Review, on_delete="RESTRICT")
    action = peewee.ForeignKeyField(Action, on_delete="RESTRICT", backref="chases")
    stage = peewee.IntegerField()
    due_on = peewee.DateField()
    chased_on = peewee.DateField()
    message = peewee.ForeignKeyField(OutboxMessage, on_delete="RESTRICT", backref="chases")

    class Meta:
        indexes = ((("action", "stage", "due_on"), True),)


class ReturnChase(Model):
    """One reminder of an agency's overdue return on a child's death: once for each stage and due date.

    about  keeps its events out of the board's audit page, like those of the case
    """

    about = "deaths"

    agency_return = peewee.ForeignKeyField(AgencyReturn, on_delete="RESTRICT", backref="chases")
    stage = peewee.IntegerField()
    due_on = peewee.DateField()
    chased_on = peewee.DateField()
    message = peewee.ForeignKeyField(OutboxMessage, on_delete="RESTRICT")

    class Meta:
        indexes = ((("agency_return", "stage", "due_on"), True),)


class Lease(Model):
    """Which process may run the jobs, and until when."""

    name = peewee.CharField(max_length=40, unique=True)
    holder = peewee.CharField(max_length=80)
    until = InstantField()
