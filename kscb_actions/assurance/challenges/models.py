"""Challenges and what was said in each."""

from collections.abc import Mapping
from typing import ClassVar

import peewee

from kscb_actions.access.policy import Owners
from kscb_actions.actions.models import Action
from kscb_actions.database import InstantField, Model, Versioned
from kscb_actions.people.models import Agency, User
from kscb_actions.people.rules import body_of
from kscb_actions.reviews.models import Recommendation, Review


class Challenge(Versioned):
    """A dated question from the Board to an agency: about an action, a recommendation, or the agency's work.

    `level`, `due_on`, `answered_on` and what follows are what its steps say, kept here so that lists need no
    joins; only the service writes them, in the transaction that appends the step.

    paper_as_at        the day of the progress paper from a line of which it was raised
    first_due_on       the first date asked to reply by
    answered_on        when the question of the present level was answered; empty while it waits
    answered_by        who gave that answer, and so does not decide on it
    is_void            it was recorded in error: no query but `void_challenge` finds it
    """

    event_room = "assurance"
    searched: ClassVar[Mapping[str, tuple[str, ...]]] = {"challenge": ("question",)}

    review = peewee.ForeignKeyField(Review, null=True, on_delete="RESTRICT")
    recommendation = peewee.ForeignKeyField(Recommendation, null=True, on_delete="RESTRICT")
    action = peewee.ForeignKeyField(Action, null=True, on_delete="RESTRICT", backref="challenges")
    agency = peewee.ForeignKeyField(Agency, on_delete="RESTRICT")
    paper_as_at = peewee.DateField(null=True)
    question = peewee.TextField()
    level = peewee.CharField(max_length=20)
    state = peewee.CharField(max_length=10, default="open", index=True)
    raised_by = peewee.ForeignKeyField(User, on_delete="RESTRICT")
    raised_on = peewee.DateField(index=True)
    first_due_on = peewee.DateField()
    first_answered_on = peewee.DateField(null=True)
    due_on = peewee.DateField()
    answered_on = peewee.DateField(null=True)
    answered_by = peewee.ForeignKeyField(User, null=True, on_delete="RESTRICT", backref="+")
    closed_on = peewee.DateField(null=True)
    outcome = peewee.CharField(max_length=12, default="")
    is_void = peewee.BooleanField(default=False, index=True)

    @property
    def reference(self) -> str:
        """Return what people call it, like C7."""
        return f"C{self.id}"

    @property
    def owners(self) -> Owners:
        """Return whose it is to answer; those who own the action with that agency decide nothing either."""
        return owners_asked(self.agency_id, self.action)


def owners_asked(agency_id: int, action: Action | None) -> Owners:
    """Return whose a question to an agency is: that agency leads, and the action's others only stay out."""
    others = body_of(agency_id, Agency.successors())
    if action is not None:
        others |= action.owners.joint | action.owners.former | {action.agency_id}
    return Owners(agency_id, former=others - {agency_id})


class ChallengeStep(Model):
    """What was asked, answered or decided in a challenge at its level of then: once said never changed."""

    event_room = "assurance"

    review = peewee.ForeignKeyField(Review, null=True, on_delete="RESTRICT")
    action = peewee.ForeignKeyField(Action, null=True, on_delete="RESTRICT")
    challenge = peewee.ForeignKeyField(Challenge, on_delete="RESTRICT", backref="steps")
    kind = peewee.CharField(max_length=10)
    level = peewee.CharField(max_length=20)
    text = peewee.TextField()
    due_on = peewee.DateField(null=True)
    outcome = peewee.CharField(max_length=12, default="")
    by = peewee.ForeignKeyField(User, on_delete="RESTRICT")
    at = InstantField()
