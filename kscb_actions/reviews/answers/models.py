"""Each answer to a recommendation as it was given, and what the Board says of it."""

import peewee

from kscb_actions.database import InstantField, Model
from kscb_actions.people.models import User
from kscb_actions.reviews.models import AgencyResponse, Review


class GivenAnswer(Model):
    """One answer as it was given. The newest is what the response says; the earlier ones stay readable.

    why_changed  why it differs from the answer before it; empty for the first
    given_on     the day on which the agency answered, before the day of recording where it came by letter
    is_recorded  somebody of the Board recorded it for the agency
    """

    event_room = "reviews"

    review = peewee.ForeignKeyField(Review, on_delete="RESTRICT")
    response = peewee.ForeignKeyField(AgencyResponse, on_delete="RESTRICT", backref="given")
    answer = peewee.CharField(max_length=20)
    reason = peewee.TextField(default="")
    will_do = peewee.TextField(default="")
    why_changed = peewee.TextField(default="")
    given_on = peewee.DateField()
    is_recorded = peewee.BooleanField(default=False)
    by = peewee.ForeignKeyField(User, null=True, on_delete="RESTRICT")
    at = InstantField()


class AnswerView(Model):
    """The Board's view of an answer. `answer` is what the agency had answered when the Board looked."""

    event_room = "reviews"

    review = peewee.ForeignKeyField(Review, on_delete="RESTRICT")
    response = peewee.ForeignKeyField(AgencyResponse, on_delete="RESTRICT", backref="views")
    answer = peewee.CharField(max_length=20)
    text = peewee.TextField()
    by = peewee.ForeignKeyField(User, on_delete="RESTRICT")
    at = InstantField()
