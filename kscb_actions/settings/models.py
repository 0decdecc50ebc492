"""One row a setting."""

import peewee

from ..database import Versioned


class Setting(Versioned):
    """A setting the board has changed from its default; `value` is JSON."""

    key = peewee.CharField(max_length=60, unique=True)
    value = peewee.TextField()
