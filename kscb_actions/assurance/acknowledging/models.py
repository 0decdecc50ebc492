"""By when an agency has said that it answers."""

import peewee

from kscb_actions.assurance.challenges.models import Challenge
from kscb_actions.database import InstantField, Model
from kscb_actions.people.models import User
from kscb_actions.reviews.models import AgencyResponse, Review


class AnswerAcknowledgement(Model):
    """What somebody said: "seen, we answer by a day"; or that this was said by mistake. Never changed.

    Of one challenge, or of one answer to a recommendation (`response`).

    due_on         the day to answer by that was acknowledged
    until_on       the last day on which nobody is reminded of it
    is_taken_back  whether it takes back what was said of this day before
    """

    event_room = "assurance"

    review = peewee.ForeignKeyField(Review, null=True, on_delete="RESTRICT")
    challenge = peewee.ForeignKeyField(Challenge, null=True, on_delete="RESTRICT")
    response = peewee.ForeignKeyField(AgencyResponse, null=True, on_delete="RESTRICT")
    due_on = peewee.DateField()
    until_on = peewee.DateField()
    said_by = peewee.ForeignKeyField(User, on_delete="RESTRICT")
    said_at = InstantField()
    is_taken_back = peewee.BooleanField(default=False)
