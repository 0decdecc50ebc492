"""What earlier records say of an action, and what came of examining again what was accepted there."""

import peewee

from kscb_actions.access.policy import Owners
from kscb_actions.database import InstantField, Model
from kscb_actions.people.models import User
from kscb_actions.reviews.models import Review
from kscb_actions.reviews.papers.models import ReviewPaper

from ..models import Action


class EarlierRecord(Model):
    """What happened to an action before the board used this product, as its source says it; one an action.

    source       what it was copied from, where that is no file; `paper`: the file that it came from
    as_of        the day of which the source speaks
    status_text  its words of how far the action was; `read_as` what a person took them for (`Reading`)
    told         what else it tells of progress and evidence, in its own words
    moved_to     the days to which the due date was moved, in their order, joined by commas
    accepted_on  when it was accepted, and `accepted_by` whom the source or the manager names for it
    """

    event_room = "actions"
    removed_by = frozenset({"earlier-record.put-right"})

    review = peewee.ForeignKeyField(Review, on_delete="RESTRICT")
    action = peewee.ForeignKeyField(Action, on_delete="RESTRICT", unique=True, backref="earlier_records")
    paper = peewee.ForeignKeyField(ReviewPaper, null=True, on_delete="RESTRICT")
    source = peewee.CharField(max_length=200, default="")
    as_of = peewee.DateField()
    status_text = peewee.TextField(default="")
    read_as = peewee.CharField(max_length=16)
    done_on = peewee.DateField(null=True)
    told = peewee.TextField(default="")
    moved_to = peewee.TextField(default="")
    accepted_on = peewee.DateField(null=True)
    accepted_by = peewee.CharField(max_length=200, default="")
    entered_by = peewee.ForeignKeyField(User, on_delete="RESTRICT")
    entered_at = InstantField()


class Reexamination(Model):
    """Somebody of the Board examining again what was accepted in earlier records: it stands, or opens again.

    outcome  one of `rules.Outcome`
    """

    event_room = "actions"

    review = peewee.ForeignKeyField(Review, on_delete="RESTRICT")
    action = peewee.ForeignKeyField(Action, on_delete="RESTRICT", backref="reexaminations")
    outcome = peewee.CharField(max_length=10)
    reason = peewee.TextField()
    by = peewee.ForeignKeyField(User, on_delete="RESTRICT")
    at = InstantField()

    @property
    def owners(self) -> Owners:
        """Return whose the action is that this is about."""
        return self.action.owners
