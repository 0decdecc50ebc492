"""What a crash leaves in the folder of evidence: files of which no row came to be, and receipts cut off."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from kscb_actions import clock
from kscb_actions.access.policy import SYSTEM
from kscb_actions.audit.models import AuditEvent
from kscb_actions.audit.service import change
from kscb_actions.files.store import EvidenceStore, StoreDifferences

from .queries import kept_names

SWEPT = "evidence.leftovers-removed"
# An upload and the saving of its row take minutes at most.
LEFT_FOR = timedelta(days=1)
# More files than this beside a database that names none at all belong to another database.
MOST_UNNAMED_ALONE = 50


@dataclass(frozen=True)
class Sweep:
    """A removal: the event that tells of it, when, and how many files."""

    event: int
    at: datetime
    files: int


def is_other_folder(found: StoreDifferences, named: int) -> bool:
    """Return whether the folder looks like that of another database, so that nothing may be removed.

    It does when a file that a row names is not there, or when there are many and no row names any.
    """
    return bool(found.missing) or (not named and len(found.unnamed) > MOST_UNNAMED_ALONE)


def sweep_leftovers(store: EvidenceStore) -> int:
    """Remove files that no row names and that were last written more than a day ago; returns how many.

    The trail tells of it first, so that none goes untold. Whether a row names a file is asked once more
    while nobody else can save. Nothing is removed from what looks like another database's folder.
    """
    named = kept_names()
    found, now = store.differences(named), clock.real_now()
    if is_other_folder(found, len(named)):
        return 0

    def is_left(path: str) -> bool:
        return store.age_of(path, now) > LEFT_FOR

    unnamed = [name for name in found.unnamed if is_left(store.where_kept(name))]
    unfinished = [path for path in found.unfinished if is_left(path)]
    if not unnamed and not unfinished:
        return 0
    with change(SYSTEM) as tx:
        unnamed = sorted(set(unnamed) - set(kept_names()))
        tx.record(SWEPT, "jobs", {"files": unnamed, "unfinished": unfinished})
    for name in unnamed:
        store.discard(name)
    for path in unfinished:
        store.discard_unfinished(path)
    return len(unnamed) + len(unfinished)


def last_sweep() -> Sweep | None:
    """Return the newest removal, or None."""
    event = AuditEvent.select().where(AuditEvent.event == SWEPT).order_by(AuditEvent.id.desc()).first()
    if event is None:
        return None
    told = json.loads(event.detail)
    return Sweep(event.id, event.at, len(told["files"]) + len(told["unfinished"]))
