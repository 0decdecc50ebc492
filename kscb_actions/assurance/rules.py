"""The words of assurance, and when evidence can be given, submitted and decided on. Plain values."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from kscb_actions.access.policy import CHAIRING, Owners, Role, Viewer
from kscb_actions.actions.rules import Assurance, why_closed
from kscb_actions.actions.turn import RatingFacts
from kscb_actions.terms import say, say_later
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
        return say("Attach the evidence first: the Board can only accept what it can see.")
    return None


SAY_WHAT_IS_NEW = say_later(
    "The Board has judged these words with these files already. Say what is different now, "
    "or send evidence that it has not seen."
)


@dataclass(frozen=True)
class Judged:
    """A submission that the Board has decided on: the agency's statement, and SHA-256 of its files."""

    statement: str
    files: frozenset[str]


def why_not_again(statement: str, files: Collection[str], judged: Sequence[Judged]) -> str | None:
    """Return why this statement with these files (SHA-256) cannot be submitted; None when it can.

    What the Board has judged comes back with new words or with a file it has not seen. Capitals, spaces and
    punctuation make no new words.
    """
    seen = {file for each in judged for file in each.files}
    is_told = _letters(statement) in {_letters(each.statement) for each in judged}
    return say(SAY_WHAT_IS_NEW) if is_told and seen.issuperset(files) else None


def _letters(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())


WHO_ANSWERS = "Choose who is to answer."
BEGUN = say_later("Somebody has begun to check it, so it stays with the Board. They can return it to you.")


def why_not_taken_back(is_waiting: bool, is_begun: bool) -> str | None:
    """Return why a submission cannot be taken back; None while it waits and nobody has begun to check it."""
    if not is_waiting:
        return say("Nothing of this action waits for the Board’s check.")
    return say(BEGUN) if is_begun else None


def why_not_decided(is_waiting: bool) -> str | None:
    """Return why the Board cannot decide on a submission; None while it waits, asked about or not."""
    return None if is_waiting else "This submission has been decided already, or was taken back."


def why_not_asked(is_waiting: bool, has_open_question: bool, may_be_asked: bool) -> str | None:
    """Return why a question cannot be asked; None when it can. One at a time, to somebody who can answer."""
    if not is_waiting:
        return why_not_decided(is_waiting)
    if has_open_question:
        return "A question about this has been asked already and waits for its answer."
    if not may_be_asked:
        return WHO_ANSWERS
    return None


def why_not_answered(is_waiting: bool, is_answered: bool) -> str | None:
    """Return why a question cannot be answered; None while what it is about waits and nobody has."""
    if is_answered:
        return "This question has been answered already."
    return None if is_waiting else say("The Board has decided meanwhile, so the question needs no answer.")


def why_not_reopened(facts: RatingFacts) -> str | None:
    """Return why an action cannot be reopened; None when the Board has accepted it."""
    return (
        None
        if facts.assurance == Assurance.ACCEPTED
        else say("Only what the Board has accepted can be reopened.")
    )


def needs_new_date(facts: RatingFacts, today: date) -> bool:
    """Return whether whoever reopens an action has to say by when: its due date has come, or it has none."""
    return facts.current_due_on is None or facts.current_due_on <= today


class Outcome(StrEnum):
    """What came of asking for a file to be erased."""

    AGREED = "agreed"
    REFUSED = "refused"
    TAKEN_BACK = "taken_back"


def why_not_erased_by(viewer: Viewer, asked_by: int, asked_as: Collection[Role]) -> str | None:
    """Return why this person cannot decide on erasing what somebody asked for in these roles."""
    if viewer.id == asked_by:
        return "You have asked for this yourself, so another person has to decide it."
    asked = frozenset(asked_as)
    if viewer.roles & asked or (viewer.roles & CHAIRING and asked & CHAIRING):
        return "You have the role of the person who asked, so somebody of another role has to decide it."
    return None


def why_not_yours(agency_id: int | None, owners: Owners, joint_id: int | None) -> str | None:
    """Return why somebody of this agency cannot withdraw a piece of evidence; None when they can.

    The agency that leads can every piece, a joint owner that of its own part (`joint_id`: whose it is).
    """
    if agency_id == owners.leading or (joint_id is not None and agency_id == joint_id):
        return None
    return "Another agency has attached this evidence, so it is for that agency to withdraw it."


def why_not_withdrawn(is_withdrawn: bool, is_bound: bool) -> str | None:
    """Return why evidence cannot be withdrawn: it is already, or the Board is checking or has accepted it."""
    if is_withdrawn:
        return "This evidence has been withdrawn already."
    if is_bound:
        return say("The Board is checking this evidence or has accepted it, so it stays.")
    return None
