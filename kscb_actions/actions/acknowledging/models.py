"""By when the lead of an action has said that it is done."""

import peewee

from kscb_actions.actions.models import Action
from kscb_actions.database import InstantField, Model
from kscb_actions.people.models import User
from kscb_actions.reviews.models import Review


class Acknowledgement(Model):
    """What somebody said: "seen, doing it by a day"; or that this was said by mistake. Never changed.

    due_on         the due date that was acknowledged
    until_on       the last day on which nobody is reminded of it
    is_taken_back  whether it takes back what was said of this due date before
    """

    event_room = "actions"

    review = peewee.ForeignKeyField(Review, on_delete="RESTRICT")
    action = peewee.ForeignKeyField(Action, on_delete="RESTRICT", backref="acknowledgements")
    due_on = peewee.DateField()
    until_on = peewee.DateField()
    said_by = peewee.ForeignKeyField(User, on_delete="RESTRICT")
    said_at = InstantField()
    is_taken_back = peewee.BooleanField(default=False)
