"""Evidence, reporting done, and the Board's decision."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from .. import clock
from ..access.policy import Permission, Refused, Viewer, require
from ..actions.facts import facts_of
from ..actions.models import Action
from ..actions.rules import Assurance, Progress
from ..actions.service import say_progress
from ..audit.service import change
from ..text import InvalidInput, clean_text
from .file_types import FileRefused
from .models import AssuranceDecision, Evidence, EvidenceFile, Submission, SubmittedEvidence
from .queries import count_usable_evidence, is_bound, usable_evidence
from .rules import EvidenceFacts, problems_with_evidence, why_not_done, why_not_withdrawn
from .store import EvidenceStore, Kept


@dataclass(frozen=True)
class Upload:
    """A file as it arrives: the name it had, and its bytes."""

    name: str
    stream: BinaryIO


def add_evidence(
    viewer: Viewer, store: EvidenceStore, action: Action, facts: EvidenceFacts, uploads: Sequence[Upload]
) -> Evidence:
    """Keep one or more files as one piece of evidence.

    The bytes are on disk and synced before the rows that name them are committed. Raises InvalidInput.
    """
    require(viewer, Permission.ADD_EVIDENCE, action.agency_id)
    facts = EvidenceFacts(facts.kind, facts.dated_on, clean_text(facts.description))
    problems = problems_with_evidence(facts, len(uploads), clock.today())
    closed = why_not_done(facts_of(action), 1)
    if closed:
        raise Refused(closed)
    if problems:
        raise InvalidInput(problems)
    kept = _receive(store, uploads)
    try:
        return _record(viewer, action, facts, kept)
    except BaseException:
        for file in kept:
            store.discard(file.stored_name)
        raise


def withdraw_evidence(
    viewer: Viewer, evidence: Evidence, reason: str, expected: int | None = None
) -> Evidence:
    """Take evidence back, with the reason; it stays readable. Raises InvalidInput, Refused, StaleEdit."""
    require(viewer, Permission.ADD_EVIDENCE, evidence.action.agency_id)
    refusal = why_not_withdrawn(evidence.withdrawn_at is not None, is_bound(evidence))
    if refusal:
        raise Refused(refusal)
    reason = clean_text(reason)
    if not reason:
        raise InvalidInput({"reason": "Say why the evidence is withdrawn."})
    evidence.withdrawn_at, evidence.withdrawn_reason = clock.now(), reason
    with change(viewer) as tx:
        return tx.update(evidence, "evidence.withdrawn", expected)


def report_done(viewer: Viewer, action: Action, narrative: str, expected: int | None = None) -> Submission:
    """Report an action done, bound to exactly the evidence it has now.

    Raises InvalidInput, Refused, StaleEdit.
    """
    require(viewer, Permission.ADD_EVIDENCE, action.agency_id)
    refusal = why_not_done(facts_of(action), count_usable_evidence(action))
    if refusal:
        raise Refused(refusal)
    action.assurance, action.reported_done_on = Assurance.SUBMITTED, clock.today()
    with change(viewer) as tx:
        say_progress(viewer, action, Progress.DONE, narrative, "action.reported-done", expected)
        submission = tx.add(
            Submission(
                review=action.review_id,
                action=action,
                narrative=clean_text(narrative),
                by=viewer.id,
                at=clock.now(),
            ),
            "submission.made",
        )
        for evidence in usable_evidence(action):
            tx.add(
                SubmittedEvidence(
                    review=action.review_id, action=action, submission=submission, evidence=evidence
                ),
                "submission.evidence-bound",
            )
    return submission


def decide(
    viewer: Viewer, submission: Submission, accepted: bool, reason: str, expected: int | None = None
) -> AssuranceDecision:
    """Accept a submission, or return it with what is missing. Nobody decides for their own agency.

    `expected` is the version of the action that was looked at. Raises InvalidInput, Refused, StaleEdit.
    """
    action = submission.action
    require(viewer, Permission.DECIDE_ASSURANCE, action.agency_id)
    if AssuranceDecision.select().where(AssuranceDecision.submission == submission).exists():
        raise Refused("This submission has been decided already.")
    reason = clean_text(reason)
    if not reason:
        missing = "Say what convinced you." if accepted else "Say what is missing, so it can be put right."
        raise InvalidInput({"reason": missing})
    action.assurance = Assurance.ACCEPTED if accepted else Assurance.RETURNED
    with change(viewer) as tx:
        tx.update(action, f"action.{action.assurance}", expected)
        return tx.add(
            AssuranceDecision(
                review=action.review_id,
                action=action,
                submission=submission,
                decision=str(action.assurance),
                reason=reason,
                by=viewer.id,
                at=clock.now(),
            ),
            f"submission.{action.assurance}",
        )


def record_download(viewer: Viewer, file: EvidenceFile) -> None:
    """Tell the trail that a file was opened."""
    with change(viewer) as tx:
        tx.note("evidence.opened", file)


def _receive(store: EvidenceStore, uploads: Iterable[Upload]) -> list[Kept]:
    kept: list[Kept] = []
    refusals: list[str] = []
    for upload in uploads:
        try:
            kept.append(store.receive(upload.stream, upload.name))
        except FileRefused as refusal:
            refusals.append(str(refusal))
    if refusals:
        for file in kept:
            store.discard(file.stored_name)
        raise InvalidInput({"files": " ".join(refusals)})
    return kept


def _record(viewer: Viewer, action: Action, facts: EvidenceFacts, kept: Iterable[Kept]) -> Evidence:
    with change(viewer) as tx:
        evidence = tx.add(
            Evidence(
                review=action.review_id,
                action=action,
                kind=facts.kind,
                dated_on=facts.dated_on,
                description=facts.description,
                added_by=viewer.id,
                added_at=clock.now(),
            ),
            "evidence.added",
        )
        for file in kept:
            tx.add(
                EvidenceFile(
                    review=action.review_id,
                    action=action,
                    evidence=evidence,
                    stored_name=file.stored_name,
                    shown_name=file.shown_name,
                    size=file.size,
                    sha256=file.sha256,
                    media_type=file.media_type,
                ),
                "evidence.file-kept",
            )
    return evidence
