"""Papers as they were made."""

from collections.abc import Mapping
from typing import ClassVar

import peewee

from kscb_actions.database import InstantField, Model
from kscb_actions.people.models import Agency, User
from kscb_actions.reviews.models import Review


class KeptPaper(Model):
    """A paper that left as a file, with its content: never changed.

    reference  what it is called, as it stands on the paper: P-7KX4QD
    kind       the code of its kind
    review     the one review it is about, or the first restricted one in it: events are of that review
    agency     the agency it was made for; none where it was made for the Board, or for the public
    is_public  whether it is for the public; empty where it was made before this was kept
    reviews    the ids of all reviews it covers, between commas: ",3,17,"
    edited     which parts somebody worded before it was kept
    version    of the form of `content`, which is plain data and compressed
    """

    event_room = "reports"
    not_in_events: ClassVar[Mapping[str, str]] = {
        "content": "bytes: their SHA-256 is in the event, and is compared",
        "reviews": "not everybody who is told of one of them may know of the others",
    }

    reference = peewee.CharField(max_length=12, unique=True)
    kind = peewee.CharField(max_length=20)
    title = peewee.CharField(max_length=300)
    addressee = peewee.CharField(max_length=300)
    as_at = peewee.DateField()
    review = peewee.ForeignKeyField(Review, null=True, on_delete="RESTRICT")
    agency = peewee.ForeignKeyField(Agency, null=True, on_delete="RESTRICT")
    made_by = peewee.ForeignKeyField(User, null=True, on_delete="RESTRICT")
    made_at = InstantField(index=True)
    edited = peewee.CharField(max_length=60, default="")
    is_public = peewee.BooleanField(null=True)
    reviews = peewee.TextField()
    version = peewee.IntegerField()
    content = peewee.BlobField()
    content_sha256 = peewee.CharField(max_length=64)
