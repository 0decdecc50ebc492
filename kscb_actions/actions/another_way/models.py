"""Actions that the Board sent back to their agency for another way."""

import peewee

from kscb_actions.access.policy import Owners
from kscb_actions.database import InstantField, Model
from kscb_actions.people.models import User
from kscb_actions.reviews.models import Review

from ..models import Action, ProgressUpdate


class AnotherWay(Model):
    """The Board asking an agency to find another way, in answer to its word that the action cannot be done.

    `answers`: that word; None where the action came with it and nobody has said it here.
    """

    event_room = "actions"

    review = peewee.ForeignKeyField(Review, on_delete="RESTRICT")
    action = peewee.ForeignKeyField(Action, on_delete="RESTRICT", backref="other_ways")
    answers = peewee.ForeignKeyField(ProgressUpdate, null=True, on_delete="RESTRICT")
    reason = peewee.TextField()
    by = peewee.ForeignKeyField(User, on_delete="RESTRICT")
    at = InstantField()

    @property
    def owners(self) -> Owners:
        """Return whose the action is that this is about."""
        return self.action.owners
