"""What the forms of 2018 ask of a death beside those of 2008, one row a case."""

import peewee

from kscb_actions.child_deaths.cases.models import ChildDeath
from kscb_actions.database import Versioned


class Particulars(Versioned):
    """Store the particulars of a death. None of them says who the child was.

    time_of_death    in local time, like "07:45"; "" where it is not known
    birth_weight     in grams; gestation in complete weeks
    cause            as the certificate words it
    key_worker_post  of whoever keeps in touch with the family, never a name
    """

    event_room = "child_deaths"

    death = peewee.ForeignKeyField(ChildDeath, unique=True, on_delete="RESTRICT", backref="+")
    time_of_death = peewee.CharField(max_length=5, default="")
    birth_weight = peewee.IntegerField(null=True)
    gestation = peewee.IntegerField(null=True)
    coroner = peewee.CharField(max_length=20)
    certificate = peewee.CharField(max_length=20)
    cause = peewee.TextField(default="")
    review_meeting_on = peewee.DateField(null=True)
    key_worker = peewee.CharField(max_length=20)
    key_worker_post = peewee.CharField(max_length=120, default="")
    family_questions = peewee.TextField(default="")
