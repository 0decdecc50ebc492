"""What agencies say of the difference that recommendations made, and what is judged of it."""

import peewee

from kscb_actions.actions.models import Action
from kscb_actions.actions.rules import VOID
from kscb_actions.database import InstantField, Model, Versioned
from kscb_actions.mail.models import OutboxMessage
from kscb_actions.people.models import Agency, User
from kscb_actions.reviews.models import Recommendation, Review
from kscb_actions.reviews.papers.models import ReviewPaper


class ImpactJudgement(Versioned):
    """What was judged, from outside the agencies, of the difference that a recommendation made.

    work           the new action that it opened, if any
    taken_back_at  when it was taken back as made by mistake, with the reason; empty while it stands
    """

    event_room = "assurance"

    review = peewee.ForeignKeyField(Review, on_delete="RESTRICT")
    recommendation = peewee.ForeignKeyField(Recommendation, on_delete="RESTRICT", backref="judgements")
    outcome = peewee.CharField(max_length=12)
    reason = peewee.TextField()
    by = peewee.ForeignKeyField(User, on_delete="RESTRICT", backref="+")
    at = InstantField()
    work = peewee.ForeignKeyField(Action, null=True, on_delete="RESTRICT", backref="+")
    taken_back_at = InstantField(null=True)
    taken_back_reason = peewee.TextField(default="")
    taken_back_by = peewee.ForeignKeyField(User, null=True, on_delete="RESTRICT", backref="+")

    @property
    def work_reference(self) -> str:
        """Return the reference of the new work that it opened; "" without, or where that was a mistake."""
        if self.work_id is None or self.work.standing == VOID:
            return ""
        return f"{self.recommendation.review.reference}/A{self.work.number}"


class ImpactAccount(Versioned):
    """What one agency says of the difference that a recommendation made, until that is judged.

    shown_by       what shows it, in words
    taken_back_at  when it was taken back as given by mistake, with the reason; empty while it stands
    """

    event_room = "assurance"

    review = peewee.ForeignKeyField(Review, on_delete="RESTRICT")
    recommendation = peewee.ForeignKeyField(Recommendation, on_delete="RESTRICT", backref="accounts")
    agency = peewee.ForeignKeyField(Agency, on_delete="RESTRICT")
    text = peewee.TextField()
    shown_by = peewee.TextField()
    by = peewee.ForeignKeyField(User, on_delete="RESTRICT", backref="+")
    at = InstantField()
    taken_back_at = InstantField(null=True)
    taken_back_reason = peewee.TextField(default="")
    taken_back_by = peewee.ForeignKeyField(User, null=True, on_delete="RESTRICT", backref="+")


class ImpactFile(Model):
    """A file that shows what an agency says of the difference made, kept as the papers of a review are."""

    event_room = "assurance"

    review = peewee.ForeignKeyField(Review, on_delete="RESTRICT")
    account = peewee.ForeignKeyField(ImpactAccount, on_delete="RESTRICT", backref="files")
    paper = peewee.ForeignKeyField(ReviewPaper, on_delete="RESTRICT", unique=True, backref="+")


class ImpactChase(Model):
    """One reminder that a recommendation has come back: once for each stage and day it is counted from.

    repeat  how often this stage had been given before: too early, by a clock that was ahead, or on the
           word of the board manager
    """

    event_room = "chasing"

    review = peewee.ForeignKeyField(Review, on_delete="RESTRICT")
    recommendation = peewee.ForeignKeyField(Recommendation, on_delete="RESTRICT", backref="impact_chases")
    stage = peewee.IntegerField()
    due_on = peewee.DateField()
    chased_on = peewee.DateField()
    repeat = peewee.IntegerField(default=0)
    message = peewee.ForeignKeyField(OutboxMessage, on_delete="RESTRICT")

    class Meta:
        indexes = ((("recommendation", "stage", "due_on", "repeat"), True),)
