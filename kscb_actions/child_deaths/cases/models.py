"""Cases of children who died, what agencies return on them, whose panels they are on, and districts.

A case is a number. No table here has a place for a name, an address or a date of birth in the clear.
"""

from collections.abc import Mapping
from typing import ClassVar

import peewee

from kscb_actions.database import Versioned


class ChildDeath(Versioned):
    """Store one child's death, with as little identity as a panel needs (Form A).

    age_number, age_unit  the age at death in days (below 28 days), months (below two years) or years
    district              the code of a District
    suspected_category    a number of terms.CATEGORIES, as somebody suspects; "" leaves it to the event
    sealed_birth          the date of birth, encrypted; "" unless this installation keeps it
    order_key             what lists are sorted by for its number (`text.order_key`)
    decision_number       the number of the panel's current decision, 0 before any; what follows it is copied
                          from that decision in its transaction, because tables count by it
    void_as               why it was recorded in error and counts nowhere (terms.VOID_NAMES); "" of others
    duplicate_of          the case that it is the double of, if that is why
    """

    event_room = "child_deaths"
    not_in_events: ClassVar[Mapping[str, str]] = {
        "sealed_birth": "the date of birth, which is in no other place",
        "order_key": "made of the case number",
    }

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
    suspected_category = peewee.CharField(max_length=2, default="")
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
    order_key = peewee.TextField(default="", index=True)
    void_as = peewee.CharField(max_length=20, default="")
    void_reason = peewee.TextField(default="")
    void_on = peewee.DateField(null=True)
    duplicate_of = peewee.ForeignKeyField("self", null=True, on_delete="RESTRICT", backref="+")
