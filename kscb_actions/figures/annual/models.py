"""Reports as they were issued to the public, frozen years, and what is written for the next ones."""

from collections.abc import Mapping
from typing import ClassVar

import peewee

from kscb_actions.database import InstantField, Model, Versioned


class IssuedReport(Model):
    """Store an annual report as issued: never changed, and its year never issued again.

    number       its edition: more than 1 only where boards issued a year again in earlier times
    cut_off      the day as at which its data were frozen; None: issued before years were frozen
    agreed_by    the panel's chair who agreed; "": issued before a second person was asked

    report_json  the report as plain data, from which its page is drawn
    counts_json  the true counts of its tables beside what was printed, so that no later table discloses one
    cases_json   the ids of the cases that it counts by each basis: no later report counts them again
    paper        the Word file itself
    is_overlap_protected  whether tables by death and by review were protected against each other; None where
                          that was not asked
    """

    event_room = "figures"
    not_in_events: ClassVar[Mapping[str, str]] = {
        "report_json": "the report itself, which its paper holds as well",
        "counts_json": "true counts, which are told to nobody",
        "cases_json": "which cases are counted, which is told to nobody",
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
    cut_off = peewee.DateField(null=True)
    agreed_by = peewee.CharField(max_length=120, default="")
    cases_json = peewee.TextField(default="")

    class Meta:
        indexes = ((("year", "number"), True),)


class WithdrawnReport(Model):
    """Store that an issued report was withdrawn from the page. What it told stays known."""

    event_room = "figures"

    report = peewee.ForeignKeyField(IssuedReport, unique=True, on_delete="RESTRICT")
    reason = peewee.TextField()
    withdrawn_by = peewee.CharField(max_length=120)
    withdrawn_at = InstantField()


class FrozenYear(Versioned):
    """Store a year's data as at the cut-off date, protected, until its report is issued.

    tables_json  the tables of the report with their true counts, each beside what will be printed
    cases_json   the ids of the cases that are counted, by basis
    left_out     keys of the tables that the report does without, joined by ","
    proposed_by, proposed_id, proposed_at  who proposed to issue it, and when; None before that
    texts_version  the version of the texts that the proposal is of
    """

    event_room = "figures"
    not_in_events: ClassVar[Mapping[str, str]] = {
        "tables_json": "true counts, which are told to nobody",
        "cases_json": "which cases are counted, which is told to nobody",
    }

    year = peewee.CharField(max_length=7, unique=True)
    cut_off = peewee.DateField()
    frozen_by = peewee.CharField(max_length=120)
    frozen_at = InstantField()
    tables_json = peewee.TextField()
    cases_json = peewee.TextField()
    left_out = peewee.TextField(default="")
    proposed_by = peewee.CharField(max_length=120, default="")
    proposed_id = peewee.IntegerField(null=True)
    proposed_at = InstantField(null=True)
    texts_version = peewee.IntegerField(default=0)


class EarlierTotal(Versioned):
    """Store what a board printed of a year before it used this: how many deaths, and how many reviews."""

    event_room = "figures"

    year = peewee.CharField(max_length=7, unique=True)
    deaths = peewee.IntegerField()
    reviews = peewee.IntegerField()
    source = peewee.CharField(max_length=200)


class AnnualDraft(Versioned):
    """Store what people write for a year's annual report: all that is not counted. It is kept after issue.

    left_out  kept from when the tables to leave out were chosen with the texts
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
