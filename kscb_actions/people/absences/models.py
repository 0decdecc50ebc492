"""Absences with a stand-in."""

from typing import Any

import peewee

from kscb_actions.database import InstantField, Versioned
from kscb_actions.people.models import User

from .rules import AbsenceFacts


class Absence(Versioned):
    """A person is away from one day to another, both counted, and another stands in. Why is not kept."""

    event_room = "people"

    person = peewee.ForeignKeyField(User, on_delete="RESTRICT", backref="absences")
    stand_in = peewee.ForeignKeyField(User, on_delete="RESTRICT", backref="+")
    from_on = peewee.DateField()
    until_on = peewee.DateField(index=True)
    cancelled_at = InstantField(null=True)

    @property
    def facts(self) -> AbsenceFacts:
        """Return what the rules ask of it."""
        days: tuple[Any, Any] = (self.from_on, self.until_on)
        is_cancelled = self.cancelled_at is not None
        return AbsenceFacts(self.person_id, self.stand_in_id, *days, self.id or 0, is_cancelled)
