"""A draft of the panel's decision on a case, and members' comments on it."""

import peewee

from kscb_actions.child_deaths.meetings.models import PanelCase
from kscb_actions.database import InstantField, Model, Versioned
from kscb_actions.people.models import User


class Draft(Versioned):
    """Store the one draft of what a panel decides on a case; `categories` as of a proposal.

    drafted_by  who saved it last: it is theirs
    """

    event_room = "child_deaths"

    panel_case = peewee.ForeignKeyField(PanelCase, on_delete="RESTRICT", unique=True, backref="drafts")
    drafted_by = peewee.ForeignKeyField(User, on_delete="RESTRICT")
    categories = peewee.CharField(max_length=30)
    status = peewee.CharField(max_length=30)
    status_reason = peewee.TextField(default="")
    reasons = peewee.TextField(default="")
    learning = peewee.TextField(default="")
    drafted_at = InstantField()


class DraftComment(Model):
    """Store what a member said of a draft. A correction is a row of its own; the one it replaces is kept.

    recorded_by    who wrote it down: its member, or the co-ordinator at the meeting
    text           empty: the member has read the draft and has nothing to add
    draft_version  the version of the draft then; 0 where there was none yet
    said_at        when it was said; of a correction, when what it replaces was said
    """

    event_room = "child_deaths"

    panel_case = peewee.ForeignKeyField(PanelCase, on_delete="RESTRICT", backref="comments")
    member = peewee.ForeignKeyField(User, on_delete="RESTRICT")
    recorded_by = peewee.ForeignKeyField(User, on_delete="RESTRICT")
    text = peewee.TextField(default="")
    draft_version = peewee.IntegerField()
    said_at = InstantField()
    replaces = peewee.ForeignKeyField("self", null=True, unique=True, on_delete="RESTRICT")

    @property
    def version(self) -> int:
        """Return the row's number, by which somebody who corrects says which one they saw."""
        return int(self.id)
