"""Reports as they were issued to the public, and the drafts of the next ones."""

from collections.abc import Mapping
from typing import ClassVar

import peewee

from kscb_actions.database import InstantField, Model, Versioned


class IssuedReport(Model):
    """Store an annual report as issued: never changed, and its year never issued again.

    number       its edition: more than 1 only where boards issued a year again in earlier times

    report_json  the report as plain data, from which its page is drawn
    counts_json  the true counts of its tables beside what was printed, so that no later table discloses one
    paper        the Word file itself
    is_overlap_protected  ProtectedYear.is_overlap_protected of it; None: issued before this was stored
    """

    event_room = "figures"
    not_in_events: ClassVar[Mapping[str, str]] = {
        "report_json": "the report itself, which its paper holds as well",
        "counts_json": "true counts, which are told to nobody",
        "paper": "bytes: their SHA-256 is in the event, and is compared",
    }

    year = peewee.CharField(max_length=7)
    number = peewee.IntegerField()
    title = peewee.CharField(max_length=200)
    issued_on = peewee.DateField()
    issued_by = peewee.CharField(max_length=120)
    issued_at = InstantField()
    report_json = peewee.TextField()
    counts_json = peewee.TextField()
    paper = peewee.BlobField()
    paper_sha256 = peewee.CharField(max_length=64)
    is_overlap_protected = peewee.BooleanField(null=True)

    class Meta:
        indexes = ((("year", "number"), True),)


class AnnualDraft(Versioned):
    """Store what people write for a year's annual report: all that is not counted. It is kept after issue.

    left_out  keys of the tables that this year's report does without, joined by ","
    """

    event_room = "figures"

    year = peewee.CharField(max_length=7, unique=True)
    author = peewee.CharField(max_length=120, default="")
    owner = peewee.CharField(max_length=120, default="")
    circulation = peewee.TextField(default="")
    foreword = peewee.TextField(default="")
    achievements = peewee.TextField(default="")
    learning = peewee.TextField(default="")
    training = peewee.TextField(default="")
    left_out = peewee.TextField(default="")
