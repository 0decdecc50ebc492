"""What agencies return on a death, and the reminders of it."""

from enum import StrEnum

import peewee

from kscb_actions.child_deaths.cases.models import ChildDeath
from kscb_actions.database import Model, Versioned
from kscb_actions.mail.models import OutboxMessage
from kscb_actions.people.models import Agency


class Step(StrEnum):
    """What a request waits for after its agency has sent an answer; of all others its answer tells."""

    SENT = "sent"
    RETURNED = "returned"


class AgencyReturn(Versioned):
    """Store what one agency was asked to report on a case (Form B), and whether it has.

    answered_on    of the answer that stands on the case, with `knows_child` and `summary`
    taken_back_on  since when it is asked no longer, for a reason; empty again when it is asked anew
    step           SENT while the panel has to look at an answer, RETURNED while the agency has to put one
                   right; "" otherwise
    judge_by       by when the panel looks at what was sent; empty while nothing waits for it
    """

    event_room = "child_deaths"

    death = peewee.ForeignKeyField(ChildDeath, on_delete="RESTRICT", backref="returns")
    agency = peewee.ForeignKeyField(Agency, on_delete="RESTRICT")
    asked_on = peewee.DateField()
    due_on = peewee.DateField(index=True)
    answered_on = peewee.DateField(null=True)
    knows_child = peewee.CharField(max_length=20, default="")
    summary = peewee.TextField(default="")
    taken_back_on = peewee.DateField(null=True)
    taken_back_reason = peewee.TextField(default="")
    step = peewee.CharField(max_length=20, default="")
    judge_by = peewee.DateField(null=True)

    @property
    def label(self) -> str:
        """Return what people call the request, like "B3": it names no case."""
        return f"B{self.id}"

    @property
    def is_agencys_turn(self) -> bool:
        """Return whether the agency has the next move."""
        return self.step == Step.RETURNED or (not self.step and self.answered_on is None)

    class Meta:
        indexes = ((("death", "agency"), True),)


class ReturnChase(Model):
    """Store one reminder of an agency's overdue return: once for each stage and due date.

    repeat  how often it had gone out too early, by a clock that was ahead; 0 for all others
    """

    event_room = "child_deaths"

    agency_return = peewee.ForeignKeyField(AgencyReturn, on_delete="RESTRICT", backref="chases")
    stage = peewee.IntegerField()
    due_on = peewee.DateField()
    chased_on = peewee.DateField()
    repeat = peewee.IntegerField(default=0)
    message = peewee.ForeignKeyField(OutboxMessage, on_delete="RESTRICT")

    class Meta:
        indexes = ((("agency_return", "stage", "due_on", "repeat"), True),)
