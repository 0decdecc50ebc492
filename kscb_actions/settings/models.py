"""One row a setting."""

from collections.abc import Mapping
from typing import Any, ClassVar

import peewee

from kscb_actions.database import Versioned

# With these every board begins: migration 0006 puts them in.
KENT = {
    "ashford": "Ashford",
    "canterbury": "Canterbury",
    "dartford": "Dartford",
    "dover": "Dover",
    "gravesham": "Gravesham",
    "maidstone": "Maidstone",
    "sevenoaks": "Sevenoaks",
    "shepway": "Shepway",
    "swale": "Swale",
    "thanet": "Thanet",
    "tonbridge_malling": "Tonbridge and Malling",
    "tunbridge_wells": "Tunbridge Wells",
}


class District(Versioned):
    """A district of the board. Its code is made once and never changes: cases have it, and issued tables."""

    event_room = "child_deaths"
    first_rows: ClassVar[tuple[Mapping[str, Any], ...]] = tuple(
        {"id": number, "code": code, "name": name, "is_closed": False, "version": 1}
        for number, (code, name) in enumerate(KENT.items(), start=1)
    )

    code = peewee.CharField(max_length=30, unique=True)
    name = peewee.CharField(max_length=60, unique=True)
    is_closed = peewee.BooleanField(default=False)


class Setting(Versioned):
    """A setting the board has changed from its default; `value` is JSON."""

    event_room = "settings"

    key = peewee.CharField(max_length=60, unique=True)
    value = peewee.TextField()
