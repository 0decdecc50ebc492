"""What the rows of a plan's file said, and what its words and headings were taken for."""

from collections.abc import Mapping
from typing import ClassVar

import peewee

from kscb_actions.actions.models import Action
from kscb_actions.database import Model, Versioned
from kscb_actions.reviews.models import Recommendation, Review
from kscb_actions.reviews.papers.models import ReviewPaper


class PlanRow(Versioned):
    """What a file says of one action, in its own words, and the action that was made of it.

    action      empty while nobody has said whose it is, and for a recommendation that has no action
    text        the action; empty where the row is of a recommendation alone
    due_text    the date as its source has it, like "End of Q3 2011/12"
    revised_on  the date to which the source says that it was moved
    past        what else its source says, as JSON: progress, evidence, milestones, other columns
    """

    event_room = "reviews"

    review = peewee.ForeignKeyField(Review, on_delete="RESTRICT")
    paper = peewee.ForeignKeyField(ReviewPaper, on_delete="RESTRICT", backref="rows")
    recommendation = peewee.ForeignKeyField(Recommendation, on_delete="RESTRICT")
    action = peewee.ForeignKeyField(Action, null=True, on_delete="RESTRICT", backref="plan_rows")
    place = peewee.CharField(max_length=200)
    text = peewee.TextField(default="")
    owner_text = peewee.TextField(default="")
    due_on = peewee.DateField(null=True)
    due_text = peewee.TextField(default="")
    revised_on = peewee.DateField(null=True)
    status_text = peewee.TextField(default="")
    done_on = peewee.DateField(null=True)
    past = peewee.TextField(default="{}")


class PlanCorrection(Model):
    """A cell of a plan's file as somebody put it right while looking at it; the same file is read so again.

    place, was  where the cell stands, and what stands in it
    text        what was typed in its place
    """

    event_room = "reviews"

    review = peewee.ForeignKeyField(Review, on_delete="RESTRICT")
    paper = peewee.ForeignKeyField(ReviewPaper, on_delete="RESTRICT", backref="+")
    place = peewee.CharField(max_length=200)
    was = peewee.TextField(default="")
    text = peewee.TextField(default="")


class OwnerName(Versioned):
    """Words that name an agency in plans, or several of them, which then have an action each.

    agencies  their codes, joined by commas
    """

    event_room = "people"
    removed_by = frozenset({"owner-name.forgotten"})
    not_in_events: ClassVar[Mapping[str, str]] = {
        "words": "they are a file's, may name a person, and are of no one review"
    }

    words = peewee.CharField(max_length=200, unique=True)
    agencies = peewee.TextField()


class PlanLayout(Versioned):
    """What the headings of a layout were taken for by hand.

    layout    the SHA-256 of its headings, by which it is known again
    headings  them, joined by lines
    meanings  {heading: part} as JSON
    readings  {words of a status: what they were taken for} as JSON; None where nobody has said
    """

    event_room = "reviews"

    layout = peewee.CharField(max_length=64, unique=True)
    headings = peewee.TextField()
    meanings = peewee.TextField()
    readings = peewee.TextField(null=True)
