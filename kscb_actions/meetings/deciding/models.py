"""Decisions of meetings, reminders of them, and what is minuted of a meeting as a whole."""

from collections.abc import Mapping
from typing import ClassVar

import peewee

from kscb_actions.database import InstantField, Model, Versioned
from kscb_actions.mail.models import OutboxMessage
from kscb_actions.meetings.models import Meeting
from kscb_actions.people.models import User
from kscb_actions.reviews.models import Review, StageReached

_READ_WITH_PAPER = "it may name a review that is restricted later: who reads it is decided by `reviews`"


class MeetingDecision(Versioned):
    """What a meeting decided on an item of its paper, or an undertaking that belongs to no item.

    What was decided is never changed: a mistake is marked so, and recorded anew.

    item       the place of the item among what the frozen paper asks, from 0; none for an undertaking
    item_text  the item as the paper has it, kept whatever becomes of it
    reviews    the ids of the reviews in the paper, between commas: who may see these may read the decision
    person     who does it; nobody where there is nothing to do
    state      a `rules.State`
    outcome    what became of it, in words; why it was a mistake, where it is void
    """

    event_room = "meetings"
    not_in_events: ClassVar[Mapping[str, str]] = {
        "item_text": _READ_WITH_PAPER,
        "text": _READ_WITH_PAPER,
        "outcome": _READ_WITH_PAPER,
        "reviews": "not everybody who is told of one of them may know of the others",
    }

    meeting = peewee.ForeignKeyField(Meeting, on_delete="RESTRICT", backref="decisions")
    item = peewee.IntegerField(null=True)
    item_text = peewee.TextField(default="")
    reviews = peewee.TextField(default="")
    text = peewee.TextField()
    person = peewee.ForeignKeyField(User, null=True, on_delete="RESTRICT", backref="+")
    due_on = peewee.DateField(null=True, index=True)
    state = peewee.CharField(max_length=10, index=True)
    outcome = peewee.TextField(default="")
    ended_on = peewee.DateField(null=True)
    ended_by = peewee.ForeignKeyField(User, null=True, on_delete="RESTRICT", backref="+")
    recorded_by = peewee.ForeignKeyField(User, on_delete="RESTRICT", backref="+")
    recorded_at = InstantField()

    @property
    def reference(self) -> str:
        """Return what people call it, like D7."""
        return f"D{self.id}"


class MeetingRecord(Versioned):
    """What is minuted of a meeting beside its decisions: who was there, apologies, interests, corrections.

    corrections  of the minutes of the meeting before, as agreed at this one
    """

    event_room = "meetings"

    meeting = peewee.ForeignKeyField(Meeting, unique=True, on_delete="RESTRICT")
    present = peewee.TextField(default="")
    apologies = peewee.TextField(default="")
    declarations = peewee.TextField(default="")
    corrections = peewee.TextField(default="")
    matters_arising = peewee.TextField(default="")


class SignOff(Model):
    """That a review's plan was signed off in a meeting.

    stage  as first recorded. Where its day is put right, the right one has the same moment of recording.
    """

    event_room = "reviews"

    review = peewee.ForeignKeyField(Review, on_delete="RESTRICT", backref="+")
    stage = peewee.ForeignKeyField(StageReached, on_delete="RESTRICT", unique=True, backref="+")
    meeting = peewee.ForeignKeyField(Meeting, on_delete="RESTRICT", backref="sign_offs")


class MeetingTaskChase(Model):
    """One reminder of a task that a meeting has given: once for each stage of its date.

    repeat  how often this stage had been given before: too early, by a clock that was ahead, or on the
           word of the board manager
    """

    event_room = "chasing"

    decision = peewee.ForeignKeyField(MeetingDecision, on_delete="RESTRICT", backref="chases")
    stage = peewee.IntegerField()
    due_on = peewee.DateField()
    chased_on = peewee.DateField()
    repeat = peewee.IntegerField(default=0)
    message = peewee.ForeignKeyField(OutboxMessage, on_delete="RESTRICT")

    class Meta:
        indexes = ((("decision", "stage", "due_on", "repeat"), True),)
