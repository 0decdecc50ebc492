"""Actions and their history."""

from dataclasses import fields
from typing import Any

import peewee

from kscb_actions.database import InstantField, Model, Versioned
from kscb_actions.people.models import Agency, User
from kscb_actions.people.rules import owners_of
from kscb_actions.reviews.models import Recommendation, Review

from .turn import NO_MOVES, Moves, RatingFacts


class Action(Versioned):
    """One agency's action. The original due date is set once and never overwritten.

    `progress`, `updated_on`, `assurance`, `reported_done_on` and `extension_count` are what the latest
    rows of its history say, kept here so that lists need no joins; only the services write them, in the
    transaction that appends to the history. `earlier_agencies` holds which agencies had it before, and until
    when (`people.rules.earlier_of`).
    """

    event_room = "actions"

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
    earlier_agencies = peewee.TextField(default="")

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
    def owner_ids(self) -> tuple[int, ...]:
        """Return every agency that has the action or had it, the present one first."""
        return owners_of(self.agency_id, self.earlier_agencies)


class ProgressUpdate(Model):
    """What the agency said about an action, once said never changed."""

    event_room = "actions"

    review = peewee.ForeignKeyField(Review, on_delete="RESTRICT")
    action = peewee.ForeignKeyField(Action, on_delete="RESTRICT", backref="updates")
    progress = peewee.CharField(max_length=16)
    narrative = peewee.TextField()
    by = peewee.ForeignKeyField(User, on_delete="RESTRICT")
    at = InstantField()


class Extension(Versioned):
    """A change of due date: asked for with a reason, decided by somebody outside the agency."""

    event_room = "actions"

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
    def owner_ids(self) -> tuple[int, ...]:
        """Return every agency that has that action or had it."""
        return self.action.owner_ids


# The facts that the row itself holds.
NAMES = tuple(field.name for field in fields(RatingFacts) if field.name != "moves")


def facts_of(action: Any, moves: Moves = NO_MOVES) -> RatingFacts:
    """Return the facts as the row holds them now, and with `moves` those of its history.

    Without them they do for what may be done to it, and not for its rating: see `moves.py`.
    """
    return RatingFacts(**{name: getattr(action, name) for name in NAMES}, moves=moves)
