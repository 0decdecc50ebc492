"""Meetings of the panel: who sits there, which cases are before it, and declared interests."""

import peewee

from kscb_actions.child_deaths.cases.models import ChildDeath
from kscb_actions.database import InstantField, Model, Versioned
from kscb_actions.people.models import Agency, User


class PanelMeeting(Versioned):
    """Store a meeting of the panel. Its proposals, or drafts and comments, are open until `closed_at`.

    way              how its decisions are prepared (rules.Way)
    papers_ready_at  when the co-ordinator said last that its papers are ready; empty before
    """

    event_room = "child_deaths"

    held_on = peewee.DateField(unique=True)
    proposals_due_on = peewee.DateField()
    note = peewee.TextField(default="")
    closed_at = InstantField(null=True)
    way = peewee.CharField(max_length=10, default="blind")
    papers_ready_at = InstantField(null=True)


class PanelSeat(Model):
    """Store that a member sits on a panel, and therefore sees its cases."""

    event_room = "child_deaths"
    removed_by = frozenset({"panel.unseated"})

    meeting = peewee.ForeignKeyField(PanelMeeting, on_delete="RESTRICT", backref="seats")
    user = peewee.ForeignKeyField(User, on_delete="RESTRICT")

    class Meta:
        indexes = ((("meeting", "user"), True),)


class PanelCase(Versioned):
    """Store a case on a meeting's agenda, at a place in its order.

    drafter  who was named to draft what the panel decides; nobody: the co-ordinator drafts it
    """

    event_room = "child_deaths"
    removed_by = frozenset({"panel.case-removed"})

    meeting = peewee.ForeignKeyField(PanelMeeting, on_delete="RESTRICT", backref="cases")
    death = peewee.ForeignKeyField(ChildDeath, on_delete="RESTRICT", backref="panel_cases")
    place = peewee.IntegerField()
    drafter = peewee.ForeignKeyField(User, null=True, on_delete="RESTRICT")

    class Meta:
        indexes = ((("meeting", "death"), True),)


class Interest(Versioned):
    """Store a declared interest: until it is lifted, this person does not see the case at all."""

    event_room = "child_deaths"

    death = peewee.ForeignKeyField(ChildDeath, on_delete="RESTRICT", backref="interests")
    user = peewee.ForeignKeyField(User, on_delete="RESTRICT")
    nature = peewee.TextField()
    declared_at = InstantField()
    lifted_at = InstantField(null=True)
    lifted_reason = peewee.TextField(default="")


class Attendance(Model):
    """Store an agency's presence at a meeting, by post."""

    event_room = "child_deaths"
    removed_by = frozenset({"panel.attendance-removed"})

    meeting = peewee.ForeignKeyField(PanelMeeting, on_delete="RESTRICT", backref="attendance")
    agency = peewee.ForeignKeyField(Agency, on_delete="RESTRICT")
    post = peewee.CharField(max_length=120)

    class Meta:
        indexes = ((("meeting", "agency", "post"), True),)
