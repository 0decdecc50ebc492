"""The words of assurance, and when evidence can be given, submitted and decided on. Plain values."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from kscb_actions.access.policy import Role, Viewer
from kscb_actions.actions.rating import RatingFacts
from kscb_actions.actions.rules import why_closed
from kscb_actions.text import why_too_long


class EvidenceKind(StrEnum):
    """What sort of proof it is."""

    POLICY = "policy"
    TRAINING = "training"
    AUDIT = "audit"
    DIP_SAMPLE = "dip_sample"
    MINUTES = "minutes"
    FEEDBACK = "feedback"
    OTHER = "other"


EVIDENCE_KIND_NAMES = {
    EvidenceKind.POLICY: "Policy or procedure",
    EvidenceKind.TRAINING: "Training figures",
    EvidenceKind.AUDIT: "Audit",
    EvidenceKind.DIP_SAMPLE: "Dip sample",
    EvidenceKind.MINUTES: "Minutes",
    EvidenceKind.FEEDBACK: "Feedback from children, families or staff",
    EvidenceKind.OTHER: "Other",
}
MAX_FILES = 10


@dataclass(frozen=True)
class EvidenceFacts:
    """What is said of a piece of evidence. `dated_on` is the date it speaks of, not of the upload."""

    kind: str
    dated_on: date | None
    description: str


def problems_with_evidence(facts: EvidenceFacts, file_count: int, today: date) -> dict[str, str]:
    """Return {field: message} for what is wrong with a piece of evidence."""
    problems = {}
    if facts.kind not in EVIDENCE_KIND_NAMES:
        problems["kind"] = "Choose what kind of evidence this is."
    if facts.dated_on is None:
        problems["dated_on"] = "Enter the date the evidence speaks of."
    elif facts.dated_on > today:
        problems["dated_on"] = "The date the evidence speaks of must be today or in the past."
    if not facts.description:
        problems["description"] = "Say in a sentence what the evidence shows."
    elif too_long := why_too_long(facts.description):
        problems["description"] = too_long
    if file_count == 0:
        problems["files"] = "Choose at least one file."
    elif file_count > MAX_FILES:
        problems["files"] = f"Attach at most {MAX_FILES} files at once."
    return problems


def why_not_done(facts: RatingFacts, evidence_count: int) -> str | None:
    """Return why the action cannot be reported done; None when it can. Done needs evidence."""
    closed = why_closed(facts)
    if closed:
        return closed
    if evidence_count == 0:
        return "Attach the evidence first: the Board can only accept what it can see."
    return None


class Outcome(StrEnum):
    """What came of asking for a file to be erased."""

    AGREED = "agreed"
    REFUSED = "refused"
    TAKEN_BACK = "taken_back"


def why_not_erased_by(viewer: Viewer, asked_by: int, asked_as: Collection[Role]) -> str | None:
    """Return why this person cannot decide on erasing what somebody asked for in these roles."""
    if viewer.id == asked_by:
        return "You have asked for this yourself, so another person has to decide it."
    if viewer.roles & frozenset(asked_as):
        return "You have the role of the person who asked, so somebody of another role has to decide it."
    return None


def why_not_withdrawn(is_withdrawn: bool, is_bound: bool) -> str | None:
    """Return why evidence cannot be withdrawn: it is already, or the Board is checking or has accepted it."""
    if is_withdrawn:
        return "This evidence has been withdrawn already."
    if is_bound:
        return "The Board is checking this evidence or has accepted it, so it stays."
    return None
