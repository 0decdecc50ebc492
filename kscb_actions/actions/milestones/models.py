"""Milestones of actions."""

import peewee

from kscb_actions.access.policy import Owners
from kscb_actions.database import InstantField, Versioned
from kscb_actions.reviews.models import Review

from ..models import Action


class Milestone(Versioned):
    """One step of an action, by a date. `withdrawn_at` is empty while it stands."""

    event_room = "actions"

    review = peewee.ForeignKeyField(Review, on_delete="RESTRICT")
    action = peewee.ForeignKeyField(Action, on_delete="RESTRICT", backref="milestones")
    text = peewee.TextField()
    due_on = peewee.DateField()
    done_on = peewee.DateField(null=True)
    withdrawn_at = InstantField(null=True)
    withdrawn_reason = peewee.TextField(default="")

    @property
    def owners(self) -> Owners:
        """Return whose the action is that this is about."""
        return self.action.owners
