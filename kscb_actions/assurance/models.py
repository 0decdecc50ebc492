"""Evidence, submissions and the Board's decisions."""

from collections.abc import Mapping
from typing import ClassVar

import peewee

from kscb_actions.access.policy import ERASING, Owners, Role
from kscb_actions.actions.earlier.models import EarlierRecord
from kscb_actions.actions.models import Action
from kscb_actions.database import InstantField, Model, Versioned
from kscb_actions.people.models import Agency, User
from kscb_actions.reviews.models import Review
from kscb_actions.reviews.papers.models import ReviewPaper


class Evidence(Versioned):
    """What an agency offers as proof. Never changed or deleted: withdrawn with a reason.

    `joint`: the joint owner whose part it shows; None where the agency that leads attached it.
    """

    event_room = "assurance"

    review = peewee.ForeignKeyField(Review, on_delete="RESTRICT")
    action = peewee.ForeignKeyField(Action, on_delete="RESTRICT", backref="evidence")
    kind = peewee.CharField(max_length=20)
    dated_on = peewee.DateField()
    description = peewee.TextField()
    added_by = peewee.ForeignKeyField(User, on_delete="RESTRICT")
    added_at = InstantField()
    withdrawn_at = InstantField(null=True)
    withdrawn_reason = peewee.TextField(default="")
    joint = peewee.ForeignKeyField(Agency, null=True, on_delete="RESTRICT")

    @property
    def agency_id(self) -> int:
        """Return the agency whose action this is about."""
        return self.action.agency_id

    @property
    def owners(self) -> Owners:
        """Return whose the action is that this is about."""
        return self.action.owners


class EvidenceFile(Versioned):
    """One file of a piece of evidence. The bytes lie in the store under `stored_name`.

    It is never changed but by erasing: then bytes, name and type are gone, and this row is the tombstone.
    `name_length` is how many characters the erased name had.
    """

    event_room = "assurance"
    not_in_events: ClassVar[Mapping[str, str]] = {
        "shown_name": "it may hold a child's name, and what the trail holds can never be erased"
    }

    review = peewee.ForeignKeyField(Review, on_delete="RESTRICT")
    action = peewee.ForeignKeyField(Action, on_delete="RESTRICT")
    evidence = peewee.ForeignKeyField(Evidence, on_delete="RESTRICT", backref="files")
    stored_name = peewee.CharField(max_length=80, unique=True)
    shown_name = peewee.CharField(max_length=200)
    size = peewee.IntegerField()
    sha256 = peewee.CharField(max_length=64)
    media_type = peewee.CharField(max_length=100)
    erased_at = InstantField(null=True)
    name_length = peewee.IntegerField(null=True)

    @property
    def agency_id(self) -> int:
        """Return the agency whose action this is about."""
        return self.evidence.action.agency_id

    @property
    def owners(self) -> Owners:
        """Return whose the action is that this is about."""
        return self.evidence.action.owners

    @property
    def called(self) -> str:
        """Return the name to show, or words for a name that was erased."""
        return (
            f"Erased file (its name had {self.name_length} characters)" if self.erased_at else self.shown_name
        )


class ErasureAsked(Versioned):
    """What was asked of a file that is to be erased, and what another person decided of it.

    `asked_as`: the roles of who asked, joined by commas. `outcome`: empty while it waits. `erasers`: the
    roles that can ask and agree.
    """

    erasers: ClassVar[frozenset[Role]]

    reason = peewee.TextField()
    asked_by = peewee.ForeignKeyField(User, on_delete="RESTRICT", backref="+")
    asked_at = InstantField()
    asked_as = peewee.CharField(max_length=120)
    outcome = peewee.CharField(max_length=10, default="", index=True)
    decided_by = peewee.ForeignKeyField(User, null=True, on_delete="RESTRICT", backref="+")
    decided_at = InstantField(null=True)
    decision_reason = peewee.TextField(default="")

    @property
    def roles_asking(self) -> frozenset[Role]:
        """Return the roles in which a person asked, with such as they have come to hold since."""
        asked = frozenset(Role(role) for role in self.asked_as.split(",") if role)
        return (asked | self.asked_by.role_set) & self.erasers


class Erasure(ErasureAsked):
    """A file of the evidence (`file`, with its `action`) or of what a review keeps (`paper`) to be erased."""

    event_room = "assurance"
    erasers = ERASING

    review = peewee.ForeignKeyField(Review, on_delete="RESTRICT")
    action = peewee.ForeignKeyField(Action, null=True, on_delete="RESTRICT")
    file = peewee.ForeignKeyField(EvidenceFile, null=True, on_delete="RESTRICT", backref="erasures")
    paper = peewee.ForeignKeyField(ReviewPaper, null=True, on_delete="RESTRICT", backref="erasures")

    @property
    def of(self) -> "EvidenceFile | ReviewPaper":
        """Return what is to be erased: a file of the evidence, or of what a review keeps."""
        found: EvidenceFile | ReviewPaper = self.file if self.file_id else self.paper
        return found

    @property
    def agency_id(self) -> int | None:
        """Return the agency whose action this is about."""
        return self.action.agency_id if self.action_id else None

    @property
    def owners(self) -> Owners | None:
        """Return whose the action is that this is about."""
        return self.action.owners if self.action_id else None


class Submission(Model):
    """An agency reporting an action done, with exactly the evidence named in SubmittedEvidence.

    `record`: what earlier records say, where it was reported done before the board used this product. Then
    `at` is the day of the records, and `by` who copied it from there.
    """

    event_room = "assurance"
    removed_by = frozenset({"submission.in-records-put-right"})

    review = peewee.ForeignKeyField(Review, on_delete="RESTRICT")
    action = peewee.ForeignKeyField(Action, on_delete="RESTRICT", backref="submissions")
    narrative = peewee.TextField()
    by = peewee.ForeignKeyField(User, on_delete="RESTRICT")
    at = InstantField()
    record = peewee.ForeignKeyField(EarlierRecord, null=True, on_delete="RESTRICT", index=False)

    @property
    def told_by(self) -> str:
        """Return by whom it was reported, in words."""
        return "Earlier records" if self.record_id else self.by.name

    @property
    def agency_id(self) -> int:
        """Return the agency whose action this is about."""
        return self.action.agency_id

    @property
    def owners(self) -> Owners:
        """Return whose the action is that this is about."""
        return self.action.owners


class SubmittedEvidence(Model):
    """One piece of evidence bound to a submission."""

    event_room = "assurance"

    review = peewee.ForeignKeyField(Review, on_delete="RESTRICT")
    action = peewee.ForeignKeyField(Action, on_delete="RESTRICT")
    submission = peewee.ForeignKeyField(Submission, on_delete="RESTRICT", backref="items")
    evidence = peewee.ForeignKeyField(Evidence, on_delete="RESTRICT")

    class Meta:
        indexes = ((("submission", "evidence"), True),)


class TakenBack(Model):
    """A submission that its agency took back before anybody had begun to check it."""

    event_room = "assurance"

    review = peewee.ForeignKeyField(Review, on_delete="RESTRICT")
    action = peewee.ForeignKeyField(Action, on_delete="RESTRICT")
    submission = peewee.ForeignKeyField(Submission, on_delete="RESTRICT", unique=True)
    reason = peewee.TextField()
    by = peewee.ForeignKeyField(User, on_delete="RESTRICT")
    at = InstantField()


class CheckQuestion(Versioned):
    """What the Board asks one named person before it decides on a submission, and the answer."""

    event_room = "assurance"

    review = peewee.ForeignKeyField(Review, on_delete="RESTRICT")
    action = peewee.ForeignKeyField(Action, on_delete="RESTRICT")
    submission = peewee.ForeignKeyField(Submission, on_delete="RESTRICT")
    text = peewee.TextField()
    to = peewee.ForeignKeyField(User, on_delete="RESTRICT", backref="+")
    asked_by = peewee.ForeignKeyField(User, on_delete="RESTRICT", backref="+")
    asked_at = InstantField()
    answer = peewee.TextField(default="")
    answered_by = peewee.ForeignKeyField(User, null=True, on_delete="RESTRICT", backref="+")
    answered_at = InstantField(null=True)


class AssuranceDecision(Model):
    """The Board's word on a submission, by somebody outside the agency: accepted, or returned.

    An acceptance may be followed by another row, which says that it was reopened, by whom and why. What was
    decided by mistake is named by a DecisionTakenBack, and another row may follow. `record`: what earlier
    records say, where it was accepted before the board used this product.
    """

    event_room = "assurance"
    removed_by = frozenset({"submission.accepted-in-records-put-right"})

    review = peewee.ForeignKeyField(Review, on_delete="RESTRICT")
    action = peewee.ForeignKeyField(Action, on_delete="RESTRICT")
    submission = peewee.ForeignKeyField(Submission, on_delete="RESTRICT", backref="decisions")
    decision = peewee.CharField(max_length=10)
    reason = peewee.TextField()
    by = peewee.ForeignKeyField(User, on_delete="RESTRICT")
    at = InstantField()
    record = peewee.ForeignKeyField(EarlierRecord, null=True, on_delete="RESTRICT", index=False)

    @property
    def told_by(self) -> str:
        """Return by whom it was decided, in words."""
        return self.record.accepted_by if self.record_id else self.by.name


class DecisionTakenBack(Model):
    """A decision or a question of the Board, made by mistake and taken back. One of the two is named."""

    event_room = "assurance"

    review = peewee.ForeignKeyField(Review, on_delete="RESTRICT")
    action = peewee.ForeignKeyField(Action, on_delete="RESTRICT")
    decision = peewee.ForeignKeyField(AssuranceDecision, null=True, on_delete="RESTRICT", unique=True)
    question = peewee.ForeignKeyField(CheckQuestion, null=True, on_delete="RESTRICT", unique=True)
    reason = peewee.TextField()
    by = peewee.ForeignKeyField(User, on_delete="RESTRICT")
    at = InstantField()
