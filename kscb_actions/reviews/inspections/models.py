"""What an inspection found beside its areas, which are its recommendations."""

import peewee

from kscb_actions.database import Versioned
from kscb_actions.reviews.models import Recommendation, Review


class InspectionFinding(Versioned):
    """A judgement of an inspection with its grade, or a strength.

    earlier_area      the area of another inspection that a strength was, and `became` what became of it
    earlier_judgement  the judgement of another inspection that came before
    is_void           it was recorded by mistake
    """

    event_room = "reviews"

    review = peewee.ForeignKeyField(Review, on_delete="RESTRICT", backref="findings")
    kind = peewee.CharField(max_length=12)
    text = peewee.TextField()
    grade = peewee.CharField(max_length=60, default="")
    earlier_area = peewee.ForeignKeyField(Recommendation, null=True, on_delete="RESTRICT", backref="+")
    became = peewee.CharField(max_length=12, default="")
    earlier_judgement = peewee.ForeignKeyField("self", null=True, on_delete="RESTRICT", backref="+")
    is_void = peewee.BooleanField(default=False)
