"""Each time that learning was shared, as one dated record."""

import peewee

from kscb_actions.database import Versioned
from kscb_actions.reviews.models import Recommendation, Review
from kscb_actions.wording import upper_first


class Dissemination(Versioned):
    """That the learning of a review, or of one recommendation, was shared.

    reached   how many people it reached, where that is known
    is_void   it was recorded by mistake
    """

    event_room = "reviews"

    review = peewee.ForeignKeyField(Review, on_delete="RESTRICT", backref="disseminations")
    recommendation = peewee.ForeignKeyField(Recommendation, null=True, on_delete="RESTRICT")
    shared_on = peewee.DateField()
    how = peewee.CharField(max_length=12)
    with_whom = peewee.CharField(max_length=200)
    what = peewee.TextField()
    reached = peewee.IntegerField(null=True)
    is_void = peewee.BooleanField(default=False)

    @property
    def about(self) -> str:
        """Return what it is about, in words."""
        if not self.recommendation_id:
            return "The whole review"
        words = self.review.words_for(self.recommendation)
        return f"{upper_first(words.one)} {self.recommendation.label}"
