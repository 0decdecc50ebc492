"""Files that belong to a review as a whole, and to no one action of it, and who may read each."""

from collections.abc import Mapping
from typing import ClassVar

import peewee

from kscb_actions.database import InstantField, Versioned
from kscb_actions.people.models import User

from ..models import Review


class ReviewPaper(Versioned):
    """A file kept with a review, as it was received. The bytes lie in the store under `stored_name`.

    dated_on, description  what the paper says of itself; of the plan that was taken in neither
    kept_by                empty where a command kept it
    withdrawn_at           when it was withdrawn, with the reason; empty while it stands
    erased_at              when two people had it erased: bytes, name, type and description are gone, and this
                           row is the tombstone; `name_length` is how many characters the name had
    """

    event_room = "reviews"
    removed_by = frozenset({"review.paper-discarded"})
    not_in_events: ClassVar[Mapping[str, str]] = {
        "shown_name": "it may hold a child's name, and what the trail holds can never be erased",
        "description": "it says what is in a paper, which only its readers may know",
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
    dated_on = peewee.DateField(null=True)
    description = peewee.CharField(max_length=300, default="")
    withdrawn_at = InstantField(null=True)
    withdrawn_reason = peewee.TextField(default="")
    erased_at = InstantField(null=True)
    name_length = peewee.IntegerField(null=True)

    @property
    def called(self) -> str:
        """Return the name to show, or words for a name that was erased."""
        if self.erased_at:
            return f"Erased file (its name had {self.name_length} characters)"
        return str(self.shown_name)

    @property
    def is_withdrawn(self) -> bool:
        """Return whether it was withdrawn."""
        return self.withdrawn_at is not None


class PaperReader(Versioned):
    """That a person may read one paper of a review, until `ended_at`."""

    event_room = "reviews"

    review = peewee.ForeignKeyField(Review, on_delete="RESTRICT")
    paper = peewee.ForeignKeyField(ReviewPaper, on_delete="RESTRICT", backref="readers")
    user = peewee.ForeignKeyField(User, on_delete="RESTRICT")
    named_at = InstantField()
    ended_at = InstantField(null=True)
