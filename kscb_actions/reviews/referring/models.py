"""Cases that agencies referred, and the subgroup's answers."""

from collections.abc import Mapping
from typing import ClassVar

import peewee

from kscb_actions.access.policy import Owners
from kscb_actions.database import InstantField, Model, Versioned
from kscb_actions.people.models import Agency, User

from ..models import Review


class CaseReferral(Versioned):
    """A case of a living child that an agency asks the SCR subgroup to consider. Never holds a name.

    happened_on   the day of the incident, or on which it became known; empty where there is no one day
    due_on        the day by which the subgroup's decision is due
    withdrawn_at  when the agency or the board manager took it back; empty while it stands
    """

    event_room = "reviews"
    not_in_events: ClassVar[Mapping[str, str]] = {
        "summary": "it tells of a child's case, and more people read the trail than referrals",
        "reason": "it tells of a child's case, and more people read the trail than referrals",
    }

    agency = peewee.ForeignKeyField(Agency, on_delete="RESTRICT")
    happened_on = peewee.DateField(null=True)
    summary = peewee.TextField()
    reason = peewee.TextField()
    referred_by = peewee.ForeignKeyField(User, on_delete="RESTRICT")
    referred_at = InstantField()
    due_on = peewee.DateField(index=True)
    withdrawn_at = InstantField(null=True)
    withdrawn_reason = peewee.TextField(default="")

    @property
    def owners(self) -> Owners:
        """Return whose it is, for the policy: nobody of that agency answers it."""
        return Owners(self.agency_id)

    @property
    def is_withdrawn(self) -> bool:
        """Return whether it was taken back."""
        return self.withdrawn_at is not None

    @property
    def label(self) -> str:
        """Return what people call it, like "R3"."""
        return f"R{self.id}"


class CaseReferralAnswer(Model):
    """What the subgroup answered to a referral, once said never changed: the last one holds.

    review  the review that came of it, if it is recorded here
    """

    event_room = "reviews"
    not_in_events: ClassVar[Mapping[str, str]] = {
        "reason": "it tells of a child's case, and more people read the trail than referrals",
    }

    referral = peewee.ForeignKeyField(CaseReferral, on_delete="RESTRICT", backref="answers")
    outcome = peewee.CharField(max_length=20)
    reason = peewee.TextField()
    answered_on = peewee.DateField()
    review = peewee.ForeignKeyField(Review, null=True, on_delete="RESTRICT")
    answered_by = peewee.ForeignKeyField(User, on_delete="RESTRICT")
    at = InstantField()
