"""Evidence, reporting done, and the Board's decision."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BufferedReader
from typing import BinaryIO

from kscb_actions import clock
from kscb_actions.access.policy import Permission, Refused, Viewer
from kscb_actions.actions.models import Action, facts_of
from kscb_actions.actions.owners.service import take_part
from kscb_actions.actions.rules import Assurance, Progress, why_closed
from kscb_actions.actions.service import append_progress
from kscb_actions.audit.service import change
from kscb_actions.files.store import EvidenceStore, StoredFile, receive_all
from kscb_actions.reviews.queries import require_on
from kscb_actions.text import LONGEST_REASON, InvalidInput, clean_text, why_too_long

from .erasing import refuse_erased
from .models import AssuranceDecision, Evidence, EvidenceFile, Submission, SubmittedEvidence
from .queries import hashes_of, is_bound, list_judged, usable_evidence, waiting_submission, was_opened
from .rules import (
    EvidenceFacts,
    problems_with_evidence,
    why_not_again,
    why_not_decided,
    why_not_done,
    why_not_withdrawn,
    why_not_yours,
)

EVIDENCE_CHANGED = (
    "The evidence has changed since you opened this page. It now shows what would be sent: look at it, "
    "then report the action done again."
)


@dataclass(frozen=True)
class Upload:
    """A file as it arrives: the name it had, and its bytes."""

    name: str
    stream: BinaryIO


class FileErased(Exception):
    """Two people have erased the file. Nothing of it is there to be sent."""


class FileDamaged(Exception):
    """The bytes on disk are missing or not those that were received. Nothing of them may be sent."""


def add_evidence(
    viewer: Viewer, store: EvidenceStore, action: Action, facts: EvidenceFacts, uploads: Sequence[Upload]
) -> Evidence:
    """Keep one or more files as one piece of evidence.

    The bytes are on disk and synced before the rows that name them are committed; on any failure neither
    stays. Raises InvalidInput (under "files" one line for each file refused), Refused, StoreFull.
    """
    require_on(viewer, Permission.CONTRIBUTE, action.review, action.owners)
    facts = EvidenceFacts(facts.kind, facts.dated_on, clean_text(facts.description))
    problems = problems_with_evidence(facts, len(uploads), clock.today())
    _refuse_closed(action)
    if problems:
        raise InvalidInput(problems)
    sent = [(each.name, each.stream) for each in uploads]
    return receive_all(store, sent, lambda kept: _record(viewer, action, facts, kept), _is_named)


def withdraw_evidence(
    viewer: Viewer, evidence: Evidence, reason: str, expected: int | None = None
) -> Evidence:
    """Take evidence back, with the reason; it stays readable. Raises InvalidInput, Refused, StaleEdit."""
    require_on(viewer, Permission.CONTRIBUTE, evidence.action.review, evidence.owners)
    if not_yours := why_not_yours(viewer.agency_id, evidence.owners, evidence.joint_id):
        raise Refused(not_yours)
    reason = clean_text(reason)
    with change(viewer) as tx:
        # Asked inside the change, so that a report made meanwhile cannot lose its evidence.
        refusal = why_not_withdrawn(evidence.withdrawn_at is not None, is_bound(evidence))
        if refusal:
            raise Refused(refusal)
        wrong = why_too_long(reason, LONGEST_REASON) if reason else "Say why the evidence is withdrawn."
        if wrong:
            raise InvalidInput({"reason": wrong})
        evidence.withdrawn_at, evidence.withdrawn_reason = clock.now(), reason
        return tx.update(evidence, "evidence.withdrawn", expected)


def report_done(
    viewer: Viewer,
    action: Action,
    narrative: str,
    expected: int | None = None,
    seen_evidence: Collection[int] | None = None,
    chosen: Collection[int] | None = None,
) -> Submission:
    """Report an action done, with the statement of how it meets its measure, bound to the evidence chosen.

    `seen_evidence`: ids of the evidence the person was shown; another set is not bound unseen.
    `chosen`: ids of those that go with the report (None: all there is).
    Raises InvalidInput, Refused, StaleEdit.
    """
    require_on(viewer, Permission.ADD_EVIDENCE, action.review, action.owners)
    narrative = clean_text(narrative)
    with change(viewer) as tx:
        usable = usable_evidence(action)
        refusal = why_not_done(facts_of(action), len(usable))
        if refusal:
            raise Refused(refusal)
        if seen_evidence is not None and set(seen_evidence) != {evidence.id for evidence in usable}:
            raise InvalidInput({"evidence": EVIDENCE_CHANGED})
        bound = [evidence for evidence in usable if chosen is None or evidence.id in chosen]
        if problems := _problems_with_report(action, narrative, bound):
            raise InvalidInput(problems)
        action.assurance, action.reported_done_on = Assurance.SUBMITTED, clock.today()
        append_progress(viewer, action, Progress.DONE, narrative, "action.reported-done", expected)
        submission = tx.add(
            Submission(
                review=action.review_id, action=action, narrative=narrative, by=viewer.id, at=clock.now()
            ),
            "submission.made",
        )
        for evidence in bound:
            tx.add(
                SubmittedEvidence(
                    review=action.review_id, action=action, submission=submission, evidence=evidence
                ),
                "submission.evidence-bound",
            )
    return submission


def _problems_with_report(action: Action, narrative: str, bound: Sequence[Evidence]) -> dict[str, str]:
    problems = {} if bound else {"chosen": "Choose the evidence that goes with your report."}
    wrong = why_too_long(narrative) if narrative else "Say what was done and what is different now."
    if wrong:
        problems["narrative"] = wrong
    if problems:
        return problems
    told_already = why_not_again(narrative, hashes_of(bound), list_judged(action))
    return {"narrative": told_already} if told_already else {}


def decide(
    viewer: Viewer, submission: Submission, accepted: bool, reason: str, expected: int | None = None
) -> AssuranceDecision:
    """Accept a submission, or return it with what is missing. Nobody decides for their own agency.

    `expected` is the version of the action that was looked at. Raises InvalidInput, Refused, StaleEdit.
    """
    action = submission.action
    require_on(viewer, Permission.DECIDE_ASSURANCE, action.review, action.owners)
    refusal = why_not_decided(waiting_submission(action) == submission)
    if refusal:
        raise Refused(refusal)
    reason = clean_text(reason)
    if not reason:
        missing = "Say what convinced you." if accepted else "Say what is missing, so it can be put right."
        raise InvalidInput({"reason": missing})
    if too_long := why_too_long(reason, LONGEST_REASON):
        raise InvalidInput({"reason": too_long})
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


def open_file(
    viewer: Viewer, store: EvidenceStore, file: EvidenceFile, told_since: datetime | None = None
) -> BufferedReader:
    """Return the bytes of an evidence file, from the start, and record the opening. The caller closes it.

    The hash is checked on the very handle that is given back. Raises FileDamaged when the bytes are not
    those that were received or are gone; the trail is told of that too. Raises FileErased. An opening that
    the trail was told of since `told_since` goes on, and is not told again.
    """
    require_on(viewer, Permission.READ_EVIDENCE, file.evidence.action.review, file.owners)
    if file.erased_at is not None:
        raise FileErased()
    opened = store.open_checked(file.stored_name, file.sha256)
    if opened is None:
        _note(viewer, "evidence.found-damaged", file)
        raise FileDamaged(file.shown_name)
    if told_since is None or not was_opened(viewer, file, told_since):
        _note(viewer, "evidence.opened", file)
    return opened


def _note(viewer: Viewer, event: str, file: EvidenceFile) -> None:
    with change(viewer) as tx:
        tx.note(event, file)


def _refuse_closed(action: Action) -> None:
    closed = why_closed(facts_of(action))
    if closed:
        raise Refused(closed)


def _is_named(stored_name: str) -> bool:
    return bool(EvidenceFile.select().where(EvidenceFile.stored_name == stored_name).exists())


def _record(viewer: Viewer, action: Action, facts: EvidenceFacts, kept: Iterable[StoredFile]) -> Evidence:
    with change(viewer) as tx:
        refuse_erased((file.shown_name, file.sha256) for file in kept)
        # Asked again, because receiving the files took time in which somebody may have closed the action.
        _refuse_closed(Action.get_by_id(action.id))
        evidence = tx.add(
            Evidence(
                review=action.review_id,
                action=action,
                kind=facts.kind,
                dated_on=facts.dated_on,
                description=facts.description,
                added_by=viewer.id,
                added_at=clock.now(),
                joint=take_part(tx, action),
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
