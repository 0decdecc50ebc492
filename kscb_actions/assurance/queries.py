"""Reading evidence, submissions and decisions."""

from collections.abc import Iterable

from kscb_actions.access.policy import Permission, Viewer, may
from kscb_actions.actions.models import Action
from kscb_actions.actions.narrowing import visible_action
from kscb_actions.people.models import Agency, User
from kscb_actions.reviews.models import Review

from .models import AssuranceDecision, Evidence, EvidenceFile, Submission, SubmittedEvidence
from .rules import Judged


def usable_evidence(action: Action) -> list[Evidence]:
    """Return the evidence of an action that has not been withdrawn, oldest first."""
    return list(
        Evidence.select()
        .where(Evidence.action == action, Evidence.withdrawn_at.is_null())
        .order_by(Evidence.id)
    )


def is_bound(evidence: Evidence) -> bool:
    """Return whether the evidence is part of a submission that waits for the Board or was accepted."""
    returned = AssuranceDecision.select(AssuranceDecision.submission).where(
        AssuranceDecision.decision == "returned"
    )
    return (
        SubmittedEvidence.select()
        .where(SubmittedEvidence.evidence == evidence, SubmittedEvidence.submission.not_in(returned))
        .exists()
    )


def list_evidence(action: Action) -> list[Evidence]:
    """Return all evidence of an action, newest first, each with who added it."""
    return list(
        Evidence.select(Evidence, User)
        .join(User)
        .where(Evidence.action == action)
        .order_by(Evidence.id.desc())
    )


def list_files(action: Action) -> dict[int, list[EvidenceFile]]:
    """Return {evidence id: its files} for one action."""
    files: dict[int, list[EvidenceFile]] = {}
    for file in EvidenceFile.select().where(EvidenceFile.action == action).order_by(EvidenceFile.id):
        files.setdefault(file.evidence_id, []).append(file)
    return files


def list_decisions(action: Action) -> list[AssuranceDecision]:
    """Return the Board's decisions on an action, oldest first, each with who decided."""
    return list(
        AssuranceDecision.select(AssuranceDecision, User)
        .join(User)
        .where(AssuranceDecision.action == action)
        .order_by(AssuranceDecision.id)
    )


def standing_return(action: Action) -> AssuranceDecision | None:
    """Return the Board's word on an action that it has returned and that has not been reported done again."""
    decisions = list_decisions(action) if action.assurance == "returned" else []
    return decisions[-1] if decisions else None


def waiting_submission(action: Action) -> Submission | None:
    """Return the submission that waits for the Board's check, if there is one."""
    decided = AssuranceDecision.select(AssuranceDecision.submission).where(AssuranceDecision.action == action)
    return (
        Submission.select(Submission, User)
        .join(User)
        .where(Submission.action == action, Submission.id.not_in(decided))
        .order_by(Submission.id.desc())
        .first()
    )


def last_judged(action: Action) -> Submission | None:
    """Return the submission that the Board decided on last, with who made it; None before the first."""
    return (
        Submission.select(Submission, User)
        .join_from(Submission, User)
        .join_from(Submission, AssuranceDecision)
        .where(Submission.action == action)
        .order_by(AssuranceDecision.id.desc())
        .first()
    )


def list_judged(action: Action) -> list[Judged]:
    """Return what the Board has decided on already: each statement, and the hashes of its files."""
    rows = (
        Submission.select(Submission.id, Submission.narrative, EvidenceFile.sha256)
        .join_from(Submission, AssuranceDecision)
        .join_from(Submission, SubmittedEvidence)
        .join_from(SubmittedEvidence, EvidenceFile, on=(EvidenceFile.evidence == SubmittedEvidence.evidence))
        .where(Submission.action == action)
        .tuples()
    )
    found: dict[int, tuple[str, set[str]]] = {}
    for id, statement, sha256 in rows:
        found.setdefault(id, (statement, set()))[1].add(sha256)
    return [Judged(statement, frozenset(files)) for statement, files in found.values()]


def hashes_of(evidence: Iterable[Evidence]) -> set[str]:
    """Return SHA-256 of every file of these pieces."""
    files = EvidenceFile.select(EvidenceFile.sha256).where(EvidenceFile.evidence.in_(list(evidence)))
    return {sha256 for (sha256,) in files.tuples()}


def evidence_of(submission: Submission) -> list[Evidence]:
    """Return exactly the evidence a submission was made with."""
    return list(
        Evidence.select(Evidence, User)
        .join_from(Evidence, SubmittedEvidence)
        .join_from(Evidence, User)
        .where(SubmittedEvidence.submission == submission)
        .order_by(Evidence.id)
    )


def get_evidence(viewer: Viewer, reference: str, number: int, evidence_id: int) -> Evidence | None:
    """Return one piece of evidence by its whole address, or None when it is hidden or does not exist."""
    return (
        Evidence.select(Evidence, Action, Review)
        .join(Action)
        .join(Review, on=(Action.review == Review.id))
        .where(
            Evidence.id == evidence_id,
            Action.number == number,
            Review.reference == reference,
            visible_action(viewer),
        )
        .first()
    )


def get_file(
    viewer: Viewer, reference: str, number: int, evidence_id: int, file_id: int
) -> EvidenceFile | None:
    """Return one evidence file by its whole address, or None for who may not open evidence files there."""
    file = (
        EvidenceFile.select(EvidenceFile, Evidence, Action, Review, Agency)
        .join(Evidence)
        .join(Action)
        .join_from(Action, Review)
        .join_from(Action, Agency)
        .where(
            EvidenceFile.id == file_id,
            Evidence.id == evidence_id,
            Action.number == number,
            Review.reference == reference,
            visible_action(viewer),
        )
        .first()
    )
    if file is None or not may(viewer, Permission.READ_EVIDENCE, file.evidence.action.agency_id):
        return None
    return file
