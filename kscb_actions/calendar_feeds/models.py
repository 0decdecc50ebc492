"""The addresses of calendar feeds."""

import peewee

from kscb_actions.database import InstantField, Model
from kscb_actions.people.models import User


class CalendarFeed(Model):
    """That a person has a feed. The address holds a random token; the row holds only its SHA-256."""

    event_room = "people"
    keeps_no_history = "the address is a secret; that one was made, renewed or ended is told of"

    user = peewee.ForeignKeyField(User, on_delete="CASCADE", unique=True)
    token_hash = peewee.CharField(max_length=64, unique=True)
    made_at = InstantField()
