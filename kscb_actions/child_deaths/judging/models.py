"""What a panel does with a case: who proposed what, what was decided, and the factors of either."""

import peewee

from kscb_actions.child_deaths.cases.models import ChildDeath
from kscb_actions.child_deaths.drafting.models import Draft
from kscb_actions.child_deaths.meetings.models import PanelCase, PanelMeeting
from kscb_actions.database import InstantField, Model, Versioned
from kscb_actions.people.models import User


class Categorisation(Versioned):
    """Store a member's proposal on one case; `categories` are numbers joined by ";", uppermost first."""

    event_room = "child_deaths"

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
    """Store what the panel decided on a case. A correction is the next number, with its reason.

    present  who was there when it was decided, one "agency: post" a line
    """

    event_room = "child_deaths"

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
    """Store a factor in one of the four domains, of a proposal, of a draft or of a decision (exactly one).

    code  which of the known factors it is (terms.FACTORS), "" for any other
    """

    event_room = "child_deaths"
    removed_by = frozenset({"proposal.factor-removed", "draft.factor-removed"})

    categorisation = peewee.ForeignKeyField(
        Categorisation, on_delete="RESTRICT", backref="factors", null=True
    )
    decision = peewee.ForeignKeyField(PanelDecision, on_delete="RESTRICT", backref="factors", null=True)
    draft = peewee.ForeignKeyField(Draft, on_delete="RESTRICT", backref="factors", null=True)
    domain = peewee.CharField(max_length=20)
    code = peewee.CharField(max_length=30, default="", index=True)
    influence = peewee.CharField(max_length=2)
    text = peewee.TextField(default="")
    is_modifiable = peewee.BooleanField(default=False)
