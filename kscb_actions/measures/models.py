"""Measures, their readings, and which readings were chased."""

import peewee

from kscb_actions.database import InstantField, Model, Versioned
from kscb_actions.mail.models import OutboxMessage
from kscb_actions.people.models import Agency, User
from kscb_actions.reviews.models import Recommendation, Review

from .periods import Period
from .rules import Direction, Unit


class Measure(Versioned):
    """What is to be different, in figures: of a review or a recommendation of it, else of a priority.

    priority       the Board's priority in its own words, where it is about no review
    baseline, target  numbers as they are written ("19.2"); `baseline_period` says what the baseline is of
    agency         who gives the readings; empty where the Board's own people do
    months         how long a period is: so often readings are asked for
    first_ends_on  the last day of the first period that is asked for
    first_due_on   the day on which its reading is asked for; the next follows a period later
    ended_on       when it was said that no more readings are asked for, with the reason
    is_void        it was recorded by mistake
    """

    event_room = "reviews"

    review = peewee.ForeignKeyField(Review, null=True, on_delete="RESTRICT", backref="measures")
    recommendation = peewee.ForeignKeyField(
        Recommendation, null=True, on_delete="RESTRICT", backref="measures"
    )
    priority = peewee.CharField(max_length=200, default="")
    name = peewee.CharField(max_length=200)
    unit = peewee.CharField(max_length=12)
    source = peewee.CharField(max_length=200)
    caveat = peewee.TextField(default="")
    baseline = peewee.CharField(max_length=16, default="")
    baseline_period = peewee.CharField(max_length=60, default="")
    target = peewee.CharField(max_length=16)
    direction = peewee.CharField(max_length=8)
    agency = peewee.ForeignKeyField(Agency, null=True, on_delete="RESTRICT")
    owner = peewee.ForeignKeyField(User, on_delete="RESTRICT")
    months = peewee.IntegerField()
    first_ends_on = peewee.DateField()
    first_due_on = peewee.DateField()
    ended_on = peewee.DateField(null=True)
    ended_reason = peewee.TextField(default="")
    is_void = peewee.BooleanField(default=False)

    @property
    def reference(self) -> str:
        """Return what people call it, like M7."""
        return f"M{self.id}"

    @property
    def first_period(self) -> Period:
        """Return the first period of which a reading is asked for."""
        return Period(self.first_ends_on, self.months)

    @property
    def kind(self) -> Unit:
        """Return what it counts in."""
        return Unit(self.unit)

    @property
    def wanted(self) -> Direction:
        """Return which way is better."""
        return Direction(self.direction)


class Reading(Model):
    """What a measure was in a period, as it was given. Of one period the last turn is what stands.

    turn   0 for the first of a period; each that puts it right, or takes it back, is one more
    value  the number as it is written; empty where the reading was taken back
    why    why it differs from the one before it; empty for the first
    """

    event_room = "reviews"

    review = peewee.ForeignKeyField(Review, null=True, on_delete="RESTRICT")
    measure = peewee.ForeignKeyField(Measure, on_delete="RESTRICT", backref="readings")
    ends_on = peewee.DateField()
    turn = peewee.IntegerField(default=0)
    value = peewee.CharField(max_length=16, default="")
    note = peewee.TextField(default="")
    why = peewee.TextField(default="")
    by = peewee.ForeignKeyField(User, null=True, on_delete="RESTRICT")
    at = InstantField()

    class Meta:
        indexes = ((("measure", "ends_on", "turn"), True),)

    @property
    def agency_id(self) -> int | None:
        """Return the agency whose reading it is; None where the Board's own people give it."""
        return self.measure.agency_id


class MeasureChase(Model):
    """One reminder of a reading: once for each measure, stage and day on which it was asked for.

    repeat  how often this stage had been given before: too early, by a clock that was ahead, or on the
           word of the board manager
    """

    event_room = "chasing"

    review = peewee.ForeignKeyField(Review, null=True, on_delete="RESTRICT")
    measure = peewee.ForeignKeyField(Measure, on_delete="RESTRICT", backref="chases")
    stage = peewee.IntegerField()
    due_on = peewee.DateField()
    chased_on = peewee.DateField()
    repeat = peewee.IntegerField(default=0)
    message = peewee.ForeignKeyField(OutboxMessage, on_delete="RESTRICT")

    class Meta:
        indexes = ((("measure", "stage", "due_on", "repeat"), True),)
