"""Files that belong to a review as a whole, and to no one action of it."""

from collections.abc import Mapping
from typing import ClassVar

import peewee

from kscb_actions.database import InstantField, Versioned
from kscb_actions.people.models import User

from ..models import Review


class ReviewPaper(Versioned):
    """A file kept with a review, as it was received. The bytes lie in the store under `stored_name`.

    kept_by  empty where a command kept it
    """

    event_room = "reviews"
    removed_by = frozenset({"review.paper-discarded"})
    not_in_events: ClassVar[Mapping[str, str]] = {
        "shown_name": "it may hold a child's name, and what the trail holds can never be erased"
    }

    review = peewee.ForeignKeyField(Review, on_delete="RESTRICT", backref="papers")
    kind = peewee.CharField(max_length=20)
    stored_name = peewee.CharField(max_length=80, unique=True)
    shown_name = peewee.CharField(max_length=200)
    size = peewee.IntegerField()
    sha256 = peewee.CharField(max_length=64)
    media_type = peewee.CharField(max_length=100)
    kept_by = peewee.ForeignKeyField(User, null=True, on_delete="RESTRICT")
    kept_at = InstantField()
