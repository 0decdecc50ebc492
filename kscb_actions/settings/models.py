"""One row a setting."""

import peewee

from kscb_actions.database import Versioned


class District(Versioned):
    """A district of the board. Its code is made once and never changes: cases have it, and issued tables."""

    event_room = "child_deaths"

    code = peewee.CharField(max_length=30, unique=True)
    name = peewee.CharField(max_length=60, unique=True)
    is_closed = peewee.BooleanField(default=False)


class Setting(Versioned):
    """A setting the board has changed from its default; `value` is JSON."""

    event_room = "settings"

    key = peewee.CharField(max_length=60, unique=True)
    value = peewee.TextField()
