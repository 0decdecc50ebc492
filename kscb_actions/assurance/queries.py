"""Reading evidence, submissions and decisions."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import peewee

from kscb_actions.access.policy import Permission, Reach, Viewer, may, reach
from kscb_actions.actions.models import Action
from kscb_actions.actions.narrowing import visible_action
from kscb_actions.audit.models import AuditEvent
from kscb_actions.people.models import Agency, User
from kscb_actions.reviews.models import Review

from .models import AssuranceDecision, Erasure, Evidence, EvidenceFile, Submission, SubmittedEvidence


def kept_names() -> list[str]:
    """Return the names under which the store has to hold files: those of rows that are not erased."""
    names = EvidenceFile.select(EvidenceFile.stored_name).where(EvidenceFile.erased_at.is_null())
    return [name for (name,) in names.tuples()]


def has_file() -> Any:
    """Return the condition on Evidence that at least one of its files has not been erased."""
    kept = EvidenceFile.select(EvidenceFile.evidence).where(EvidenceFile.erased_at.is_null())
    return Evidence.id.in_(kept)


def usable_evidence(action: Action) -> list[Evidence]:
    """Return the evidence of an action that has not been withdrawn and has a file left, oldest first."""
    return list(
        Evidence.select()
        .where(Evidence.action == action, Evidence.withdrawn_at.is_null(), has_file())
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


@dataclass(frozen=True)
class Backup:
    """A backup as the trail tells of it: the file's name, and the moment whose board it holds."""

    file: str
    made_at: datetime


def get_erasure(file: EvidenceFile) -> Erasure | None:
    """Return what was last asked about erasing a file that has been fetched for a viewer, or None."""
    return Erasure.select().where(Erasure.file == file).order_by(Erasure.id.desc()).first()


def same_content(viewer: Viewer, file: EvidenceFile) -> list[EvidenceFile]:
    """Return the other files, not erased, with the same bytes, among those that this person may erase."""
    query = (
        EvidenceFile.select(EvidenceFile, Evidence, Action, Review)
        .join(Evidence)
        .join(Action)
        .join_from(Action, Review)
        .where(
            EvidenceFile.sha256 == file.sha256,
            EvidenceFile.id != file.id,
            EvidenceFile.erased_at.is_null(),
            visible_action(viewer),
        )
        .order_by(EvidenceFile.id)
    )
    return [each for each in query if may(viewer, Permission.ERASE_FILE, each.agency_id)]


def list_waiting_erasures(viewer: Viewer) -> list[Erasure]:
    """Return what waits to be erased, the oldest first, for those who may ask for it or agree."""
    if reach(viewer, Permission.ERASE_FILE) is Reach.NONE:
        return []
    query = (
        Erasure.select(Erasure, EvidenceFile, Evidence, Action, Review, User)
        .join_from(Erasure, EvidenceFile)
        .join_from(EvidenceFile, Evidence)
        .join_from(Evidence, Action)
        .join_from(Action, Review)
        .join_from(Erasure, User, on=(Erasure.asked_by == User.id))
        .where(Erasure.outcome == "", visible_action(viewer))
        .order_by(Erasure.id)
    )
    return [each for each in query if may(viewer, Permission.ERASE_FILE, each.file.agency_id)]


def backups_holding(file: EvidenceFile) -> list[Backup]:
    """Return the backups of which the trail tells that were made while the file was kept, oldest first."""
    about = _events_of(file)
    kept = AuditEvent.select(peewee.fn.MIN(AuditEvent.id)).where(about).scalar() or 0
    erased = AuditEvent.get_or_none(about, AuditEvent.event == "evidence.file-erased")
    found = []
    for event in AuditEvent.select().where(AuditEvent.event == "backup.made").order_by(AuditEvent.id):
        told = json.loads(event.detail)
        last = int(told["last"] or 0)
        if kept <= last and (erased is None or last < erased.id):
            found.append(Backup(told["file"], datetime.fromisoformat(told["made_at"])))
    return found


def is_name_in_trail(file: EvidenceFile) -> bool:
    """Return whether the trail holds the name of a file, as it did for those attached to earlier versions."""
    events = AuditEvent.select().where(_events_of(file), AuditEvent.state.contains('"shown_name"'))
    return bool(events.exists())


def _events_of(file: EvidenceFile) -> Any:
    return (AuditEvent.kind == EvidenceFile._meta.table_name) & (AuditEvent.object_id == file.id)
