"""Cases of children who died, what agencies return on them, whose panels they are on, and districts.

A case is a number. No table here has a place for a name, an address or a date of birth in the clear.
"""

import peewee

from ..database import InstantField, Model, Versioned
from ..people.models import Agency, User


class District(Versioned):
    """A district of the board. Its code is made once and never changes: cases have it, and issued tables."""

    code = peewee.CharField(max_length=30, unique=True)
    name = peewee.CharField(max_length=60, unique=True)
    is_closed = peewee.BooleanField(default=False)


class ChildDeath(Versioned):
    """One child's death, with as little identity as a panel needs (Form A).

    age_number, age_unit  the age at death in days (below 28 days), months (below two years) or years
    district              the code of a District
    sealed_birth          the date of birth, encrypted; "" unless this installation keeps it
    decision_number       the number of the panel's current decision, 0 before any; what follows it is copied
                          from that decision in its transaction, because tables count by it
    """

    case_number = peewee.CharField(max_length=30, unique=True)
    died_on = peewee.DateField(index=True)
    notified_on = peewee.DateField()
    age_number = peewee.IntegerField()
    age_unit = peewee.CharField(max_length=6)
    age_band = peewee.CharField(max_length=20)
    sex = peewee.CharField(max_length=20)
    ethnicity = peewee.CharField(max_length=30)
    district = peewee.CharField(max_length=30)
    place = peewee.CharField(max_length=20)
    event = peewee.CharField(max_length=20, default="")
    expected = peewee.CharField(max_length=20)
    looked_after = peewee.CharField(max_length=20)
    protection_plan = peewee.CharField(max_length=20)
    statutory_order = peewee.CharField(max_length=20)
    asylum_seeking = peewee.CharField(max_length=20)
    is_abuse_suspected = peewee.BooleanField(default=False)
    rapid_response = peewee.CharField(max_length=20)
    rapid_response_on = peewee.DateField(null=True)
    inquest = peewee.CharField(max_length=20)
    criminal = peewee.CharField(max_length=20)
    circumstances = peewee.TextField(default="")
    sealed_birth = peewee.TextField(default="")
    decision_number = peewee.IntegerField(default=0)
    reviewed_on = peewee.DateField(null=True, index=True)
    primary_category = peewee.IntegerField(null=True)
    status = peewee.CharField(max_length=30, default="")


class AgencyReturn(Versioned):
    """What one agency was asked to tell of a case (Form B), and whether it has.

    taken_back_on  since when it is asked no longer, for a reason; empty again when it is asked anew
    """

    death = peewee.ForeignKeyField(ChildDeath, on_delete="RESTRICT", backref="returns")
    agency = peewee.ForeignKeyField(Agency, on_delete="RESTRICT")
    asked_on = peewee.DateField()
    due_on = peewee.DateField(index=True)
    answered_on = peewee.DateField(null=True)
    knows_child = peewee.CharField(max_length=20, default="")
    summary = peewee.TextField(default="")
    taken_back_on = peewee.DateField(null=True)
    taken_back_reason = peewee.TextField(default="")

    class Meta:
        indexes = ((("death", "agency"), True),)


class PanelMeeting(Versioned):
    """A meeting of the panel. Its proposals are open until `closed_at`."""

    held_on = peewee.DateField(unique=True)
    proposals_due_on = peewee.DateField()
    note = peewee.TextField(default="")
    closed_at = InstantField(null=True)


class PanelSeat(Model):
    """A member who sits on a panel, and therefore sees its cases."""

    meeting = peewee.ForeignKeyField(PanelMeeting, on_delete="RESTRICT", backref="seats")
    user = peewee.ForeignKeyField(User, on_delete="RESTRICT")

    class Meta:
        indexes = ((("meeting", "user"), True),)


class PanelCase(Versioned):
    """A case on a meeting's agenda, at a place in its order."""

    meeting = peewee.ForeignKeyField(PanelMeeting, on_delete="RESTRICT", backref="cases")
    death = peewee.ForeignKeyField(ChildDeath, on_delete="RESTRICT", backref="panel_cases")
    place = peewee.IntegerField()

    class Meta:
        indexes = ((("meeting", "death"), True),)


class Interest(Versioned):
    """A declared interest: until it is lifted, with a reason, this person does not see the case at all."""

    death = peewee.ForeignKeyField(ChildDeath, on_delete="RESTRICT", backref="interests")
    user = peewee.ForeignKeyField(User, on_delete="RESTRICT")
    nature = peewee.TextField()
    declared_at = InstantField()
    lifted_at = InstantField(null=True)
    lifted_reason = peewee.TextField(default="")
