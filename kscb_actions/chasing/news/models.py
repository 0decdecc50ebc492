"""What each person is to hear of, and how often they want to."""

import peewee

from kscb_actions.actions.models import Action
from kscb_actions.assurance.challenges.models import Challenge
from kscb_actions.database import InstantField, Model, Versioned
from kscb_actions.people.absences.models import Absence
from kscb_actions.people.models import User
from kscb_actions.reviews.models import Review


class News(Model):
    """One event that one person hears of, written in the transaction of the event.

    event_id  the event in the trail: nobody hears of one twice
    told_at   when a message told of it; empty while none has
    seen_at   when the person saw it on a page
    in_place_of  who is away, where the person hears of it because they stand in
    """

    event_room = "chasing"
    keeps_no_history = "its events are in the trail; that one was seen changes nothing"

    person = peewee.ForeignKeyField(User, on_delete="RESTRICT", index=False)
    event_id = peewee.IntegerField()
    kind = peewee.CharField(max_length=20)
    review = peewee.ForeignKeyField(Review, null=True, on_delete="RESTRICT", index=False)
    action = peewee.ForeignKeyField(Action, null=True, on_delete="RESTRICT")
    challenge = peewee.ForeignKeyField(Challenge, null=True, on_delete="RESTRICT")
    at = InstantField()
    told_at = InstantField(null=True)
    seen_at = InstantField(null=True)
    absence = peewee.ForeignKeyField(Absence, null=True, on_delete="RESTRICT", index=False)
    in_place_of = peewee.ForeignKeyField(User, null=True, on_delete="RESTRICT", backref="+", index=False)

    class Meta:
        indexes = (
            (("person", "event_id"), True),
            # What is new for one person, which every page counts; and what no message has told of.
            (("person", "seen_at"), False),
            (("told_at", "seen_at", "person"), False),
        )


class NewsPace(Versioned):
    """How often one person wants to hear of what they need not answer; without a row daily.

    has_pictures  whether they want the pictures of a week and of a month
    """

    event_room = "people"

    person = peewee.ForeignKeyField(User, on_delete="RESTRICT", unique=True)
    pace = peewee.CharField(max_length=10)
    has_pictures = peewee.BooleanField(default=True)
