"""Actions and their history."""

from collections.abc import Mapping
from dataclasses import fields
from operator import attrgetter
from typing import Any, ClassVar

import peewee

from kscb_actions.access.policy import Owners
from kscb_actions.database import InstantField, Model, Versioned
from kscb_actions.people.models import Agency, User
from kscb_actions.people.rules import body_of, earlier_of
from kscb_actions.prepared import prepared
from kscb_actions.reviews.models import Recommendation, Review

from .turn import NO_MOVES, Moves, RatingFacts


class Action(Versioned):
    """One agency's action. The original due date is set once and never overwritten.

    `progress`, `updated_on`, `assurance`, `reported_done_on` and `extension_count` are what the latest
    rows of its history say, kept here so that lists need no joins; only the services write them, in the
    transaction that appends to the history. `carried_from`: the action of an earlier plan that goes on here.
    `earlier_agencies` holds which agencies had it before, and until when (`people.rules.earlier_of`).
    `due_written`: how its first due date was written, where that is not the date itself ("November 2009",
    "Ongoing").
    """

    event_room = "actions"
    searched: ClassVar[Mapping[str, tuple[str, ...]]] = {"action": ("text", "success_measure")}

    review = peewee.ForeignKeyField(Review, on_delete="RESTRICT", backref="actions")
    recommendation = peewee.ForeignKeyField(Recommendation, on_delete="RESTRICT", backref="actions")
    number = peewee.IntegerField()
    agency = peewee.ForeignKeyField(Agency, on_delete="RESTRICT", index=False)
    lead = peewee.ForeignKeyField(User, null=True, on_delete="RESTRICT")
    text = peewee.TextField()
    success_measure = peewee.TextField(default="")
    original_due_on = peewee.DateField(null=True)
    current_due_on = peewee.DateField(null=True)
    standing = peewee.CharField(max_length=12, default="active")
    standing_reason = peewee.TextField(default="")
    progress = peewee.CharField(max_length=16, default="not_started")
    updated_on = peewee.DateField()
    assurance = peewee.CharField(max_length=12, default="none")
    reported_done_on = peewee.DateField(null=True)
    extension_count = peewee.IntegerField(default=0)
    carried_from = peewee.ForeignKeyField("self", null=True, on_delete="RESTRICT", backref="carried_to")
    earlier_agencies = peewee.TextField(default="")
    due_written = peewee.TextField(null=True)

    class Meta:
        indexes = (
            (("review", "number"), True),
            # The orders of a list, so that a page of one is read off an index, with what says who may see it.
            (("current_due_on", "id", "review"), False),
            (("updated_on", "id", "review"), False),
            (("reported_done_on", "id", "review"), False),
            # Everything that rating and timeliness ask, so that counting and finding read no row: first for
            # what is open and when it is due, in the order of references too; then for what belongs to an
            # agency and to one lead there, and for the recommendations an agency has actions for.
            (
                (
                    "standing",
                    "assurance",
                    "current_due_on",
                    "progress",
                    "updated_on",
                    "extension_count",
                    "reported_done_on",
                    "agency",
                    "review",
                    "number",
                ),
                False,
            ),
            (
                (
                    "agency",
                    "current_due_on",
                    "standing",
                    "assurance",
                    "progress",
                    "updated_on",
                    "extension_count",
                    "reported_done_on",
                    "review",
                    "lead",
                    "recommendation",
                ),
                False,
            ),
        )

    @property
    def reference(self) -> str:
        """Return the reference people use, like SCR-2011-02/A7."""
        return f"{self.review.reference}/A{self.number}"

    @property
    def shared(self) -> list["JointOwner"]:
        """Return its joint owners, the former too, by name. One query, once for a row that was read."""
        if self._shared is None:
            self._shared = _joint_owners(action=self.id)
        return self._shared

    # The joint owners, once they have been read. Not a column.
    _shared: list["JointOwner"] | None = None
    # Which agency follows which, once it has been read.
    _successors: dict[int, int] | None = None

    @property
    def owners(self) -> Owners:
        """Return whose it is, for the policy."""
        rows = [(each.agency_id, each.ended_at, each.had_part) for each in self.shared]
        if self._successors is None:
            self._successors = Agency.successors()
        return owners_from(self.agency_id, rows, self.earlier_agencies, self._successors)


@prepared
def _joint_owners(*, action: Any) -> Any:
    every = JointOwner.select(JointOwner, Agency, User).join_from(JointOwner, Agency)
    every = every.join_from(JointOwner, User, peewee.JOIN.LEFT_OUTER)
    return every.where(JointOwner.action == action).order_by(Agency.name)


class JointOwner(Versioned):
    """An agency that owns an action with the one that leads, from `started_at` until `ended_at`.

    contact   whom to ask in the agency; None where nobody is named
    had_part  whether it has done something for the action: then it decides nothing of it afterwards either
    """

    event_room = "actions"

    review = peewee.ForeignKeyField(Review, on_delete="RESTRICT")
    action = peewee.ForeignKeyField(Action, on_delete="RESTRICT", backref="joint_owners")
    agency = peewee.ForeignKeyField(Agency, on_delete="RESTRICT", index=False)
    contact = peewee.ForeignKeyField(User, null=True, on_delete="RESTRICT")
    started_at = InstantField()
    ended_at = InstantField(null=True)
    ended_reason = peewee.TextField(default="")
    had_part = peewee.BooleanField(default=False)

    class Meta:
        # All that a list of an agency's actions asks, so that it reads no row.
        indexes = ((("agency", "ended_at", "action"), False),)


def owners_from(agency_id: int, rows: Any, earlier: str | None, successors: Mapping[int, int]) -> Owners:
    """Return whose an action is, from whose it was earlier and `rows` of joint owners as below.

    Who had it, and who is one body with any of its owners, decides nothing of it.
    """
    joint, former = joint_and_former(rows)
    every = {agency_id, *joint, *former, *(each.agency_id for each in earlier_of(earlier))}
    bodies = {each for owner in every for each in body_of(owner, successors)}
    return Owners(agency_id, joint, frozenset(bodies - joint - {agency_id}))


def joint_and_former(rows: Any) -> tuple[frozenset[int], frozenset[int]]:
    """Return who owns an action now beside the agency that leads, and who did and had a part in it.

    `rows` are the agency, `ended_at` and `had_part` of its joint owners.
    """
    every = list(rows)
    joint = frozenset(agency for agency, ended_at, _ in every if ended_at is None)
    return joint, frozenset(agency for agency, ended_at, part in every if ended_at and part) - joint


class Contribution(Model):
    """What a joint owner says that it did for an action, once said never changed."""

    event_room = "actions"

    review = peewee.ForeignKeyField(Review, on_delete="RESTRICT")
    action = peewee.ForeignKeyField(Action, on_delete="RESTRICT", backref="contributions")
    agency = peewee.ForeignKeyField(Agency, on_delete="RESTRICT")
    text = peewee.TextField()
    by = peewee.ForeignKeyField(User, on_delete="RESTRICT")
    at = InstantField()


class ProgressUpdate(Model):
    """What the agency said about an action, once said never changed; gone where recorded in error."""

    event_room = "actions"
    removed_by = frozenset({"progress.voided"})

    review = peewee.ForeignKeyField(Review, on_delete="RESTRICT")
    action = peewee.ForeignKeyField(Action, on_delete="RESTRICT", backref="updates")
    progress = peewee.CharField(max_length=16)
    narrative = peewee.TextField()
    by = peewee.ForeignKeyField(User, on_delete="RESTRICT")
    at = InstantField()

    @property
    def owners(self) -> Owners:
        """Return whose the action is that this is about."""
        return self.action.owners


class Extension(Versioned):
    """A change of due date: asked for with a reason, decided by somebody outside the agency."""

    event_room = "actions"
    removed_by = frozenset({"extension.voided"})

    review = peewee.ForeignKeyField(Review, on_delete="RESTRICT")
    action = peewee.ForeignKeyField(Action, on_delete="RESTRICT", backref="extensions")
    old_due_on = peewee.DateField(null=True)
    asked_due_on = peewee.DateField()
    reason = peewee.TextField()
    asked_by = peewee.ForeignKeyField(User, on_delete="RESTRICT")
    asked_at = InstantField()
    state = peewee.CharField(max_length=10, default="asked", index=True)
    decided_by = peewee.ForeignKeyField(User, null=True, on_delete="RESTRICT", backref="+")
    decided_at = InstantField(null=True)
    decision_reason = peewee.TextField(default="")

    @property
    def agency_id(self) -> int:
        """Return the agency whose action this is about."""
        return self.action.agency_id

    @property
    def owners(self) -> Owners:
        """Return whose the action is that this is about."""
        return self.action.owners


# The facts that the row itself holds.
NAMES = tuple(field.name for field in fields(RatingFacts) if field.name != "moves")
_facts_in_order: Any = attrgetter(*NAMES)


def facts_of(action: Any, moves: Moves = NO_MOVES) -> RatingFacts:
    """Return the facts as the row holds them now, and with `moves` those of its history.

    Without them they do for what may be done to it, and not for its rating: see `moves.py`.
    """
    values = *_facts_in_order(action), moves
    return RatingFacts(*values)
