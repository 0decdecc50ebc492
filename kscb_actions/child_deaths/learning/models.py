"""Referrals to the SCR subgroup with its answers, and lessons."""

import peewee

from kscb_actions.child_deaths.cases.models import ChildDeath
from kscb_actions.database import InstantField, Model, Versioned
from kscb_actions.reviews.models import Recommendation, Review


class Referral(Model):
    """Store whether a death was referred to the SCR subgroup, and why. The highest number of a death counts.

    due_on           when the subgroup's decision is due; None when the death was not referred
    decision_number  the panel's decision that was current when this was recorded, 0 before any
    was_suspected    whether abuse or neglect was suspected then: what came later may ask the question anew
    """

    event_room = "child_deaths"

    death = peewee.ForeignKeyField(ChildDeath, on_delete="RESTRICT", backref="referrals")
    number = peewee.IntegerField()
    is_referred = peewee.BooleanField()
    reason = peewee.TextField()
    decided_on = peewee.DateField()
    due_on = peewee.DateField(null=True)
    decision_number = peewee.IntegerField()
    was_suspected = peewee.BooleanField()
    decided_by = peewee.CharField(max_length=120)
    recorded_at = InstantField()

    class Meta:
        indexes = ((("death", "number"), True),)


class ReferralAnswer(Model):
    """Store what the SCR subgroup decided on a referral. The last one stands; those before it stay readable.

    correction_reason  why it takes the place of the one before; "" of the first
    """

    event_room = "child_deaths"

    referral = peewee.ForeignKeyField(Referral, on_delete="RESTRICT", backref="answers")
    outcome = peewee.CharField(max_length=30)
    reason = peewee.TextField()
    answered_on = peewee.DateField()
    review = peewee.ForeignKeyField(Review, on_delete="RESTRICT", null=True)
    correction_reason = peewee.TextField(default="")
    answered_by = peewee.CharField(max_length=120)
    recorded_at = InstantField()


class Lesson(Versioned):
    """Store that a recommendation came of a death. The recommendation itself does not refer to it.

    found  which lessons and factors of the panel's decision it answers, in the words they had: a JSON list
    """

    event_room = "child_deaths"
    removed_by = frozenset({"lesson.taken-off"})

    death = peewee.ForeignKeyField(ChildDeath, on_delete="RESTRICT", backref="lessons")
    recommendation = peewee.ForeignKeyField(Recommendation, on_delete="RESTRICT")
    found = peewee.TextField(default="[]")
    recorded_at = InstantField()

    class Meta:
        indexes = ((("death", "recommendation"), True),)
