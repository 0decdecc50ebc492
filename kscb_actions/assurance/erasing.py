"""Erasing a wrong file: one person asks, another of a different role agrees, and a tombstone stays."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

from kscb_actions import clock
from kscb_actions.access.policy import ERASING, SYSTEM, Refused, Viewer
from kscb_actions.audit.service import Change, change
from kscb_actions.database import Versioned
from kscb_actions.files.store import EvidenceStore
from kscb_actions.reviews.papers.models import ReviewPaper
from kscb_actions.terms import say
from kscb_actions.text import LONGEST_REASON, InvalidInput, clean_text, why_too_long

from .erasable import ERASED, Erasable, action_of, erased_kinds, require_eraser
from .erasing_letters import tell, tell_of_same_content
from .models import Erasure, EvidenceFile
from .rules import Outcome, why_not_erased_by

FINISHED = "evidence.erasure-finished"
WHY_ERASE = "Say why the file has to be erased, without any name."
WHY_STAYS = "Say why the file stays, without any name."
NOT_YOURS = "Only who has asked for a file to be erased can take that back."
ERASED_ALREADY = "This file has been erased already."
ASKED_ALREADY = "Somebody has asked already for this file to be erased."
DECIDED = "This has been decided already, or was taken back."
EVENTS = {
    Outcome.AGREED: "evidence.erasure-agreed",
    Outcome.REFUSED: "evidence.erasure-refused",
    Outcome.TAKEN_BACK: "evidence.erasure-taken-back",
}
AnyErasure = TypeVar("AnyErasure", bound=Versioned)
log = logging.getLogger(__name__)


def ask_to_erase(viewer: Viewer, files: Sequence[Erasable], reason: str, base_url: str) -> list[Erasure]:
    """Ask for files to be erased, with the reason; those who can agree and those concerned are told.

    Raises InvalidInput, Refused.
    """
    for file in files:
        require_eraser(viewer, file)
    reason = reason_said(reason, WHY_ERASE)
    with change(viewer) as tx:
        return [_ask(tx, file, reason, base_url) for file in files]


def decide_erasure(
    viewer: Viewer,
    store: EvidenceStore,
    erasures: Sequence[Erasure],
    is_agreed: bool,
    reason: str,
    base_url: str,
) -> bool:
    """Agree that files are erased, which erases them, or refuse it with the reason.

    Returns whether what was agreed to is off the disk; where it is not yet, the jobs go on trying. Raises
    InvalidInput, Refused.
    """
    if is_agreed:
        reason = clean_text(reason)
        if too_long := why_too_long(reason, LONGEST_REASON):
            raise InvalidInput({"reason": too_long})
    else:
        reason = reason_said(reason, WHY_STAYS)
    with change(viewer) as tx:
        files = [_decide(tx, erasure, is_agreed, reason, base_url) for erasure in erasures]
        if is_agreed:
            tell_of_same_content(tx, [file.sha256 for file in files], base_url)
    return all([is_removed(store, file.stored_name) for file in files]) if is_agreed else True


def take_erasure_back(viewer: Viewer, erasure: Erasure, base_url: str) -> None:
    """Take back what one has asked oneself. Raises InvalidInput, Refused."""
    require_eraser(viewer, erasure.of)
    if erasure.asked_by_id != viewer.id:
        raise Refused(NOT_YOURS)
    with change(viewer) as tx:
        now = still_waiting(erasure)
        close(tx, now, EVENTS, Outcome.TAKEN_BACK, "")
        tell(tx, now, base_url)


def finish_erasures(store: EvidenceStore) -> int:
    """Remove what a crash has left of erased files, and tell the trail; returns how many."""
    left = [
        name
        for kind in erased_kinds()
        for (name,) in kind.select(kind.stored_name).where(kind.erased_at.is_null(False)).tuples()
        if store.holds(name)
    ]
    gone = [name for name in left if is_removed(store, name)]
    if gone:
        with change(SYSTEM) as tx:
            tx.record(FINISHED, "jobs", {"files": gone})
    return len(gone)


def refuse_erased(files: Iterable[tuple[str, str]]) -> None:
    """Raise InvalidInput where a file of these (name, SHA-256) has the content of one that was erased."""
    told = []
    for name, sha256 in files:
        if any(
            kind.select().where(kind.sha256 == sha256, kind.erased_at.is_null(False)).exists()
            for kind in erased_kinds()
        ):
            told.append(
                say(
                    "“{name}” is the same, byte for byte, as a file that two people have erased because "
                    "it must not be kept. It has not been kept. If it does belong here, ask the board’s "
                    "business unit.",
                    name=name,
                )
            )
    if told:
        raise InvalidInput({"files": "\n".join(told)})


def reason_said(reason: str, missing: str) -> str:
    """Return a reason as it is kept. Raise InvalidInput where it is too long, or where `missing` is said."""
    reason = clean_text(reason)
    wrong = why_too_long(reason, LONGEST_REASON) if reason else missing
    if wrong:
        raise InvalidInput({"reason": wrong})
    return reason


def _ask(tx: Change, file: Erasable, reason: str, base_url: str) -> Erasure:
    # Asked inside the change, so that two who ask at once make one.
    if type(file).get_by_id(file.id).erased_at is not None:
        raise Refused(ERASED_ALREADY)
    if file.erasures.where(Erasure.outcome == "").exists():
        raise Refused(ASKED_ALREADY)
    erasure = Erasure(
        review=file.review_id,
        action=action_of(file),
        file=file if isinstance(file, EvidenceFile) else None,
        paper=file if isinstance(file, ReviewPaper) else None,
        reason=reason,
        asked_by=tx.actor.id,
        asked_at=clock.now(),
        asked_as=",".join(sorted(tx.actor.roles & ERASING)),
    )
    tx.add(erasure, "evidence.erasure-asked", {"reason": reason})
    tell(tx, erasure, base_url)
    return erasure


def _decide(tx: Change, erasure: Erasure, is_agreed: bool, reason: str, base_url: str) -> Erasable:
    now = still_waiting(erasure)
    require_eraser(tx.actor, now.of)
    if refusal := why_not_erased_by(tx.actor, now.asked_by_id, now.roles_asking):
        raise Refused(refusal)
    close(tx, now, EVENTS, Outcome.AGREED if is_agreed else Outcome.REFUSED, reason)
    file = now.of
    if is_agreed:
        file.name_length, file.shown_name, file.media_type = len(file.shown_name), "", ""
        file.erased_at = now.decided_at
        if isinstance(file, ReviewPaper):
            file.description = ""
        tx.update(file, ERASED[type(file)], detail={"reason": now.reason})
    tell(tx, now, base_url)
    return file


def still_waiting(erasure: AnyErasure) -> AnyErasure:
    """Return what was asked as it is now. Raise InvalidInput where it has been decided."""
    now: AnyErasure = type(erasure).get_by_id(erasure.id)
    if now.outcome:
        raise InvalidInput({"decision": DECIDED})
    return now


def close(
    tx: Change, erasure: Versioned, events: Mapping[Outcome, str], outcome: Outcome, reason: str
) -> None:
    """Keep what came of asking for a file to be erased, by the event of that outcome."""
    erasure.outcome, erasure.decision_reason = outcome.value, reason
    erasure.decided_by, erasure.decided_at = tx.actor.id, clock.now()
    tx.update(erasure, events[outcome])


def is_removed(store: EvidenceStore, stored_name: str) -> bool:
    """Remove an erased file's bytes; return whether they are gone. Where not yet, the jobs try again."""
    try:
        store.erase(stored_name)
    except OSError:
        log.exception("the erased file %s is still on the disk; the jobs try again", stored_name)
        return False
    return True
