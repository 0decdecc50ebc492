"""The board's templates, as they were kept."""

from collections.abc import Mapping
from typing import ClassVar

import peewee

from kscb_actions.database import InstantField, Versioned
from kscb_actions.people.models import User


class PaperTemplate(Versioned):
    """A version of the board's template; its number is its id. At most one is in use.

    file   what papers are drawn in: made from what was received, without its text, properties and links
    facts  what it has, for the reader, as JSON: see `rules.Facts`
    """

    event_room = "settings"
    not_in_events: ClassVar[Mapping[str, str]] = {
        "file": "bytes: their SHA-256 is in the event, and is compared",
    }

    shown_name = peewee.CharField(max_length=200)
    file = peewee.BlobField()
    sha256 = peewee.CharField(max_length=64)
    facts = peewee.TextField()
    kept_by = peewee.ForeignKeyField(User, null=True, on_delete="RESTRICT")
    kept_at = InstantField()
    is_in_use = peewee.BooleanField(default=False)
