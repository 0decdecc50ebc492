"""Answers of agencies: what they have saved, what they have sent, and what was said of it."""

from collections.abc import Mapping
from typing import ClassVar

import peewee

from kscb_actions.access.policy import ERASING_ANSWERS
from kscb_actions.assurance.models import ErasureAsked
from kscb_actions.child_deaths.returns.models import AgencyReturn
from kscb_actions.database import InstantField, Model, Versioned
from kscb_actions.people.models import User

from .rules import Answer


class ReturnPart(Versioned):
    """Store one section of a form as it was last saved. Nobody but the agency reads it before it is sent.

    section  a code of `rules.SECTIONS`
    choice   the answer to the section's question, where it has one
    """

    event_room = "child_deaths"
    not_in_events: ClassVar[Mapping[str, str]] = {
        "text": "a draft is the agency's alone; what it sends is kept whole"
    }

    agency_return = peewee.ForeignKeyField(AgencyReturn, on_delete="RESTRICT", backref="parts")
    section = peewee.CharField(max_length=20)
    choice = peewee.CharField(max_length=20, default="")
    text = peewee.TextField(default="")

    @property
    def answer(self) -> Answer:
        """Return what stands in the section."""
        return Answer(self.text, self.choice)

    class Meta:
        indexes = ((("agency_return", "section"), True),)


class ReturnFile(Versioned):
    """Store a file that an agency attached, as it was received. The bytes lie in the store.

    left_out_at  since when it goes with no further answer; it stays with those that were sent with it
    erased_at    since when bytes, name and type are gone; `name_length`: how many characters the name had
    """

    event_room = "child_deaths"
    removed_by = frozenset({"return.file-removed"})
    not_in_events: ClassVar[Mapping[str, str]] = {
        "shown_name": "it may hold a child's name, and what the trail holds can never be erased"
    }

    agency_return = peewee.ForeignKeyField(AgencyReturn, on_delete="RESTRICT", backref="files")
    stored_name = peewee.CharField(max_length=80, unique=True)
    shown_name = peewee.CharField(max_length=200)
    size = peewee.IntegerField()
    sha256 = peewee.CharField(max_length=64)
    media_type = peewee.CharField(max_length=100)
    kept_by = peewee.ForeignKeyField(User, on_delete="RESTRICT")
    kept_at = InstantField()
    left_out_at = InstantField(null=True)
    erased_at = InstantField(null=True)
    name_length = peewee.IntegerField(null=True)

    @property
    def called(self) -> str:
        """Return the name to show, or words for a name that was erased."""
        return (
            f"Erased file (its name had {self.name_length} characters)" if self.erased_at else self.shown_name
        )

    @property
    def erasure(self) -> "ReturnErasure | None":
        """Return what was last asked about erasing it, with who asked and decided. One query."""
        return ReturnErasure.of_file(self)

    @property
    def agency_id(self) -> int:
        """Return whose it is, for the policy."""
        return int(self.agency_return.agency_id)


class SentReturn(Model):
    """Store what an agency sent, whole; once sent never changed. The newest is what is judged.

    answers  as `rules.write_answers` writes them, with the ids of the files
    """

    event_room = "child_deaths"

    agency_return = peewee.ForeignKeyField(AgencyReturn, on_delete="RESTRICT", backref="sendings")
    number = peewee.IntegerField()
    answers = peewee.TextField()
    sent_by = peewee.ForeignKeyField(User, on_delete="RESTRICT")
    sent_at = InstantField()

    class Meta:
        indexes = ((("agency_return", "number"), True),)


class ReturnVerdict(Model):
    """Store what the panel's co-ordinator said of an answer, once said never changed: the last one holds."""

    event_room = "child_deaths"

    sending = peewee.ForeignKeyField(SentReturn, on_delete="RESTRICT", backref="verdicts")
    number = peewee.IntegerField()
    outcome = peewee.CharField(max_length=20)
    reason = peewee.TextField(default="")
    decided_by = peewee.ForeignKeyField(User, on_delete="RESTRICT")
    decided_at = InstantField()

    class Meta:
        indexes = ((("sending", "number"), True),)


class ReturnErasure(ErasureAsked):
    """A file of an answer to be erased."""

    event_room = "child_deaths"
    erasers = ERASING_ANSWERS

    file = peewee.ForeignKeyField(ReturnFile, on_delete="RESTRICT", backref="erasures")

    @classmethod
    def of_file(cls, file: ReturnFile) -> "ReturnErasure | None":
        """Return what was last asked about a file, with who asked and decided; None for nothing."""
        asking, deciding = User.alias(), User.alias()
        return (
            cls.select(cls, asking, deciding)
            .join(asking, on=(cls.asked_by == asking.id))
            .switch(cls)
            .join(deciding, peewee.JOIN.LEFT_OUTER, on=(cls.decided_by == deciding.id))
            .where(cls.file == file)
            .order_by(cls.id.desc())
            .first()
        )
