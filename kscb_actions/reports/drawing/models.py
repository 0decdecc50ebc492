"""Files of kept papers that are being drawn, or were drawn lately."""

import peewee

from kscb_actions.database import InstantField, Model
from kscb_actions.reports.kept.models import KeptPaper


class PaperDrawing(Model):
    """The file of a kept paper: asked for, on its way, or there for some hours.

    state          one of rules.State
    asked_at       when somebody asked for it last
    told_at        when whoever draws it has last told how far it is
    sections_done, sections  how many of its sections are drawn, and how many it has
    rows_done, rows  the same of the rows of its tables
    tries          how often drawing was begun since it was asked for
    problem        why it failed, as a sentence; "" otherwise
    look           the SHA-256 of the template it is drawn in; "" for the house's own look
    file           the file; NULL until it is drawn
    """

    event_room = "reports"
    keeps_no_history = "a file on its way; its paper is kept, and is drawn again from that at any time"

    paper = peewee.ForeignKeyField(KeptPaper, unique=True, on_delete="RESTRICT")
    state = peewee.CharField(max_length=10)
    asked_at = InstantField()
    told_at = InstantField()
    sections_done = peewee.IntegerField(default=0)
    sections = peewee.IntegerField(default=0)
    rows_done = peewee.IntegerField(default=0)
    rows = peewee.IntegerField(default=0)
    tries = peewee.IntegerField(default=0)
    problem = peewee.CharField(max_length=300, default="")
    look = peewee.CharField(max_length=64, default="")
    file = peewee.BlobField(null=True)
