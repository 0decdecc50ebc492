"""Bodies that meet, their seats, the reviews they cover, and their meetings."""

from typing import Any

import peewee

from kscb_actions.database import InstantField, Model, Versioned
from kscb_actions.people.models import User
from kscb_actions.reviews.models import Review
from kscb_actions.wording import date_uk

from .rules import Days


class MeetingBody(Versioned):
    """A body that meets: the SCR subgroup, the Board, its executive, another subgroup.

    kind        which of these, a `rules.BodyKind`: it says which paper it reads
    covers_all  whether it covers every review; otherwise those of BodyReview
    is_active   whether it still meets
    """

    event_room = "meetings"

    name = peewee.CharField(max_length=120, unique=True)
    kind = peewee.CharField(max_length=20)
    covers_all = peewee.BooleanField(default=True)
    is_active = peewee.BooleanField(default=True)


class BodyReview(Model):
    """A review that a body covers, where it does not cover every one."""

    event_room = "meetings"
    removed_by = frozenset({"body.review-removed"})

    body = peewee.ForeignKeyField(MeetingBody, on_delete="RESTRICT", backref="covered")
    review = peewee.ForeignKeyField(Review, on_delete="RESTRICT")

    class Meta:
        indexes = ((("body", "review"), True),)


class BodySeat(Versioned):
    """A seat on a body, by post, with who has it; nobody while it is vacant.

    duty  a `rules.Duty`: chair, deputy chair or member
    """

    event_room = "meetings"
    removed_by = frozenset({"body.seat-removed"})

    body = peewee.ForeignKeyField(MeetingBody, on_delete="RESTRICT", backref="seats")
    post = peewee.CharField(max_length=120)
    duty = peewee.CharField(max_length=10)
    user = peewee.ForeignKeyField(User, null=True, on_delete="RESTRICT")


class Meeting(Versioned):
    """A meeting of a body, with the days of its cycle.

    call_on    when leads are asked for their updates
    closes_on  the last day whose state is in its paper
    papers_on  when the papers go out
    held_on    when it meets
    """

    event_room = "meetings"

    body = peewee.ForeignKeyField(MeetingBody, on_delete="RESTRICT", backref="meetings")
    call_on = peewee.DateField()
    closes_on = peewee.DateField(index=True)
    papers_on = peewee.DateField()
    held_on = peewee.DateField(index=True)
    cancelled_at = InstantField(null=True)
    cancelled_reason = peewee.TextField(default="")

    class Meta:
        indexes = ((("body", "held_on"), False),)

    @property
    def full_name(self) -> str:
        """Return what it is called beside others, like "SCR subgroup, 14 March 2012"."""
        return f"{self.body.name}, {date_uk(self.held_on)}"

    @property
    def days(self) -> Days:
        """Return the days of its cycle."""
        days: tuple[Any, Any, Any, Any] = (self.call_on, self.closes_on, self.papers_on, self.held_on)
        return Days(*days)
