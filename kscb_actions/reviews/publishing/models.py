"""What was decided about publishing a review."""

import peewee

from kscb_actions.database import InstantField, Model
from kscb_actions.people.models import User
from kscb_actions.reviews.models import Review


class ReleaseDecision(Model):
    """A release of a review for publication, or the end of one, once said never changed.

    decided_on    the day from which it holds
    edition       which version of the report is published; empty where a release ends, as the next
    published_as  in what form it is published
    link          where it can be read; may be empty
    authority     whose decision the board manager has recorded; empty where it is the own one of `by`
    """

    event_room = "reviews"

    review = peewee.ForeignKeyField(Review, on_delete="RESTRICT", backref="release_decisions")
    decision = peewee.CharField(max_length=10)
    decided_on = peewee.DateField()
    edition = peewee.CharField(max_length=120, default="")
    published_as = peewee.CharField(max_length=20, default="")
    link = peewee.CharField(max_length=300, default="")
    reason = peewee.TextField()
    authority = peewee.CharField(max_length=200, default="")
    by = peewee.ForeignKeyField(User, null=True, on_delete="RESTRICT", backref="+")
    at = InstantField()
