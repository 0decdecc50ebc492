"""What a panel does with a case: who was there, who proposed what, what was decided and came of it."""

import peewee

from ..database import InstantField, Model, Versioned
from ..deaths.models import ChildDeath, PanelCase, PanelMeeting
from ..people.models import Agency, User
from ..reviews.models import Recommendation, Review


class Attendance(Model):
    """An agency's presence at a meeting, by post."""

    meeting = peewee.ForeignKeyField(PanelMeeting, on_delete="RESTRICT", backref="attendance")
    agency = peewee.ForeignKeyField(Agency, on_delete="RESTRICT")
    post = peewee.CharField(max_length=120)

    class Meta:
        indexes = ((("meeting", "agency", "post"), True),)


class Categorisation(Versioned):
    """One member's proposal on one case; `categories` are numbers joined by ";", uppermost first."""

    panel_case = peewee.ForeignKeyField(PanelCase, on_delete="RESTRICT", backref="categorisations")
    member = peewee.ForeignKeyField(User, on_delete="RESTRICT")
    categories = peewee.CharField(max_length=30)
    status = peewee.CharField(max_length=30)
    status_reason = peewee.TextField(default="")
    learning = peewee.TextField(default="")
    proposed_at = InstantField()

    class Meta:
        indexes = ((("panel_case", "member"), True),)


class PanelDecision(Model):
    """What the panel decided on a case. A correction is the next number, with its reason.

    present  who was there when it was decided, one "agency: post" a line
    """

    death = peewee.ForeignKeyField(ChildDeath, on_delete="RESTRICT", backref="decisions")
    number = peewee.IntegerField()
    meeting = peewee.ForeignKeyField(PanelMeeting, on_delete="RESTRICT", null=True)
    completed_on = peewee.DateField()
    categories = peewee.CharField(max_length=30)
    primary_category = peewee.IntegerField()
    status = peewee.CharField(max_length=30)
    status_reason = peewee.TextField(default="")
    reasons = peewee.TextField(default="")
    learning = peewee.TextField(default="")
    present = peewee.TextField(default="")
    correction_reason = peewee.TextField(default="")
    decided_by = peewee.CharField(max_length=120)
    recorded_at = InstantField()

    class Meta:
        indexes = ((("death", "number"), True),)


class Factor(Model):
    """A factor in one of the four domains, of a proposal or of a decision (exactly one of them).

    code  which of the known factors it is (terms.FACTORS), "" for any other
    """

    categorisation = peewee.ForeignKeyField(
        Categorisation, on_delete="RESTRICT", backref="factors", null=True
    )
    decision = peewee.ForeignKeyField(PanelDecision, on_delete="RESTRICT", backref="factors", null=True)
    domain = peewee.CharField(max_length=20)
    code = peewee.CharField(max_length=30, default="", index=True)
    influence = peewee.CharField(max_length=2)
    text = peewee.TextField(default="")
    is_modifiable = peewee.BooleanField(default=False)


class Referral(Model):
    """Whether a death was referred to the SCR subgroup, and why. The highest number of a death counts.

    due_on           when the subgroup's decision is due; None when the death was not referred
    decision_number  the panel's decision that was current when this was recorded, 0 before any
    was_suspected    whether abuse or neglect was suspected then: what came later may ask the question anew
    """

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
    """What the SCR subgroup decided on a referral."""

    referral = peewee.ForeignKeyField(Referral, on_delete="RESTRICT", backref="answers", unique=True)
    outcome = peewee.CharField(max_length=30)
    reason = peewee.TextField()
    answered_on = peewee.DateField()
    review = peewee.ForeignKeyField(Review, on_delete="RESTRICT", null=True)
    answered_by = peewee.CharField(max_length=120)
    recorded_at = InstantField()


class Lesson(Model):
    """The recommendation that came of a death. The recommendation itself knows nothing of it."""

    death = peewee.ForeignKeyField(ChildDeath, on_delete="RESTRICT", backref="lessons")
    recommendation = peewee.ForeignKeyField(Recommendation, on_delete="RESTRICT", unique=True)
    recorded_at = InstantField()
