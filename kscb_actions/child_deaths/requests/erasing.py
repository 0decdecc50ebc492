"""Erasing a wrong file that went with an answer: the agency's contact and the panel's co-ordinator agree.

One of the two asks, with a reason; the other looks and decides; a tombstone stays, as of evidence. What was
never sent is taken off by its agency alone.
"""

from kscb_actions import clock
from kscb_actions.access.policy import ERASING_ANSWERS, Permission, Refused, Viewer, require
from kscb_actions.assurance import erasing as evidence
from kscb_actions.assurance.erasing import close, is_removed, reason_said, still_waiting
from kscb_actions.assurance.erasing_letters import tell_of_same_content
from kscb_actions.assurance.rules import Outcome, why_not_erased_by
from kscb_actions.audit.service import change
from kscb_actions.child_deaths.identity import why_not_text
from kscb_actions.files.store import EvidenceStore
from kscb_actions.text import InvalidInput

from .erasable import get_erasable_file
from .erasing_letters import tell_of_erasing
from .models import ReturnErasure, ReturnFile

FILE_ERASED = "return.file-erased"
EVENTS = {
    Outcome.AGREED: "return.erasure-agreed",
    Outcome.REFUSED: "return.erasure-refused",
    Outcome.TAKEN_BACK: "return.erasure-taken-back",
}
NO_FILE = "There is no such file."


def ask_to_erase(viewer: Viewer, file: ReturnFile, reason: str, base_url: str) -> ReturnErasure:
    """Ask for a file to be erased, with the reason; those who can agree are told.

    Raise InvalidInput, Refused.
    """
    _require(viewer, file)
    reason = _reason(reason, evidence.WHY_ERASE)
    with change(viewer) as tx:
        # Asked inside the change, so that two who ask at once make one.
        now = _require(viewer, file)
        if now.erased_at is not None:
            raise Refused(evidence.ERASED_ALREADY)
        if now.erasures.where(ReturnErasure.outcome == "").exists():
            raise Refused(evidence.ASKED_ALREADY)
        erasure = ReturnErasure(
            file=now,
            reason=reason,
            asked_by=viewer.id,
            asked_at=clock.now(),
            asked_as=",".join(sorted(viewer.roles & ERASING_ANSWERS)),
        )
        tx.add(erasure, "return.erasure-asked")
        tell_of_erasing(tx, erasure, base_url)
        return erasure


def decide_erasure(
    viewer: Viewer, store: EvidenceStore, erasure: ReturnErasure, is_agreed: bool, reason: str, base_url: str
) -> bool:
    """Agree that a file is erased, which erases it, or refuse it with the reason; who asked is told.

    Return whether what was agreed to is off the disk; where it is not yet, the jobs go on trying. Raise
    InvalidInput, Refused.
    """
    reason = _reason(reason, "" if is_agreed else evidence.WHY_STAYS)
    with change(viewer) as tx:
        now = still_waiting(erasure)
        file = _require(viewer, now.file)
        if refusal := why_not_erased_by(viewer, now.asked_by_id, now.roles_asking):
            raise Refused(refusal)
        outcome = Outcome.AGREED if is_agreed else Outcome.REFUSED
        close(tx, now, EVENTS, outcome, reason)
        if is_agreed:
            file.name_length, file.shown_name, file.media_type = len(file.shown_name), "", ""
            file.erased_at = now.decided_at
            # It goes with no further answer either.
            file.left_out_at = file.left_out_at or now.decided_at
            tx.update(file, FILE_ERASED, detail={"reason": now.reason})
            tell_of_same_content(tx, [file.sha256], base_url)
        tell_of_erasing(tx, now, base_url)
    return is_removed(store, file.stored_name) if is_agreed else True


def take_erasure_back(viewer: Viewer, erasure: ReturnErasure, base_url: str) -> None:
    """Take back what one has asked oneself; those who could have agreed are told.

    Raise InvalidInput, Refused.
    """
    _require(viewer, erasure.file)
    if erasure.asked_by_id != viewer.id:
        raise Refused(evidence.NOT_YOURS)
    with change(viewer) as tx:
        now = still_waiting(erasure)
        close(tx, now, EVENTS, Outcome.TAKEN_BACK, "")
        tell_of_erasing(tx, now, base_url)


def _require(viewer: Viewer, file: ReturnFile) -> ReturnFile:
    require(viewer, Permission.ERASE_ANSWER_FILE, file.agency_return.agency_id)
    now = get_erasable_file(viewer, file.agency_return_id, file.id)
    if now is None:
        raise Refused(NO_FILE)
    return now


def _reason(reason: str, missing: str) -> str:
    """Return a reason that names nobody. `missing`: what is said where there is none, "" if none need be."""
    kept = reason_said(reason, missing) if missing or reason.strip() else ""
    if why_not := why_not_text(kept):
        raise InvalidInput({"reason": why_not})
    return kept
