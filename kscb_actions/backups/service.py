"""Backing up: the database and its evidence files as they were at one moment, in one file."""

import os
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO

from kscb_actions import clock, database, sqlite
from kscb_actions.access.policy import SYSTEM
from kscb_actions.assurance.models import EvidenceFile
from kscb_actions.audit.models import AuditEvent
from kscb_actions.audit.service import change
from kscb_actions.child_deaths.requests.models import ReturnFile
from kscb_actions.database import is_sqlite, reading
from kscb_actions.files.store import EvidenceStore, StoredFileMissing
from kscb_actions.reviews.papers.models import ReviewPaper

from .archive import DATABASES, About, BackupRefused, Writer, sync_file

LEFT_FOR = timedelta(days=1)
ERASED_SINCE = "0035_erasures"
PAPERS_SINCE = "0064_plans_taken_in"
PAPERS_ERASED_SINCE = "0117_erase_papers_of_reviews"
ANSWERS_SINCE = "0109_agencies_answers"
ANSWERS_ERASED_SINCE = "0126_erase_files_of_answers"
ERASED_MEANWHILE = (
    "A file was erased while the backup was made, and would be in it still. Nothing has "
    "been written: make the backup again."
)

# Told what is worked on, how much of it is done now, and how much there is in all.
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Made:
    """A backup that is written: its moment and seal, and what was already wrong with evidence files."""

    about: About
    seal: str
    files: int
    size: int
    faults: tuple[str, ...]


def back_up(target: Path, url: str, store: EvidenceStore, progress: Progress) -> Made:
    """Write the board into the new file `target`, which appears under its name when it is whole and synced.

    Evidence files are written after the database: by the time a row names one it is on the disk, and it is
    never changed. One that is missing or damaged already is told of, and does not stop the rest.
    Raises BackupRefused; OSError where the disk fails.
    """
    if target.exists() or target.is_symlink():
        raise BackupRefused(f"{target} is there already. A backup never writes over a file: choose another.")
    _sweep(target.parent)
    unfinished = target.parent / f".kscb-backup-{uuid.uuid4().hex}.part"
    try:
        with _private(unfinished) as file:
            with _copied(target.parent, url, progress) as (copy, about, names):
                made = _write(file, copy, about, names, store, progress)
        if target.exists():
            raise BackupRefused(f"{target} was made by somebody else meanwhile. It has not been touched.")
        os.rename(unfinished, target)
        sync_file(target.parent)
    finally:
        unfinished.unlink(missing_ok=True)
    return made


def record_backup(made: Made, name: str) -> None:
    """Tell in the trail that a backup was made, when, and which event was the last in it."""
    told = {"file": name, "made_at": made.about.made_at, "last": made.about.head.partition(":")[0]}
    with change(SYSTEM) as tx:
        tx.record(
            "backup.made", "jobs", {**told, "files": made.files, "size": made.size, "sha256": made.seal}
        )


@contextmanager
def _private(path: Path) -> Iterator[BinaryIO]:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w+b") as file:
        yield file
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def _copied(
    folder: Path, url: str, progress: Progress
) -> Iterator[tuple[Path, About, list[tuple[str, str]]]]:
    """Give the database at one moment, in a file as long as the block lasts, and its evidence files."""
    copy = folder / f".kscb-backup-{uuid.uuid4().hex}.part"
    try:
        os.close(os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        with reading():
            names = _evidence_names()
            # These columns alone, which a board that is still to be migrated has too.
            newest = AuditEvent.select(AuditEvent.id, AuditEvent.hash).order_by(AuditEvent.id.desc())
            last = newest.tuples().first()
            about = About(
                made_at=clock.real_now().isoformat(),
                database="sqlite" if is_sqlite() else "postgresql",
                migrations=tuple(database.applied_migrations()),
                head=f"{last[0]}:{last[1]}" if last else "",
            )
            _copy_database(copy, url, progress)
        yield copy, about, names
    finally:
        copy.unlink(missing_ok=True)


def _evidence_names() -> list[tuple[str, str]]:
    """Return (name in the store, SHA-256) of the files there have to be: evidence, papers, answers."""
    query = EvidenceFile.select(EvidenceFile.stored_name, EvidenceFile.sha256).order_by(EvidenceFile.id)
    # On a board that is still to be migrated nothing can have been erased, and the column is not there.
    applied = database.applied_migrations()
    if ERASED_SINCE in applied:
        query = query.where(EvidenceFile.erased_at.is_null())
    names = list(query.tuples())
    if PAPERS_SINCE in applied:
        papers = ReviewPaper.select(ReviewPaper.stored_name, ReviewPaper.sha256).order_by(ReviewPaper.id)
        if PAPERS_ERASED_SINCE in applied:
            papers = papers.where(ReviewPaper.erased_at.is_null())
        names += list(papers.tuples())
    if ANSWERS_SINCE in applied:
        files = ReturnFile.select(ReturnFile.stored_name, ReturnFile.sha256).order_by(ReturnFile.id)
        if ANSWERS_ERASED_SINCE in applied:
            files = files.where(ReturnFile.erased_at.is_null())
        names += list(files.tuples())
    return names


def _copy_database(copy: Path, url: str, progress: Progress) -> None:
    if not is_sqlite():
        from .postgres import dump

        progress("database", 0, 1)
        dump(url, copy)
        progress("database", 1, 1)
        return
    damage = sqlite.copy(database.db.obj, copy, lambda left, all: progress("database", all - left, all))
    if damage:
        raise BackupRefused(
            f"The database is damaged ({damage}), and a backup of it would be no better. Run 'flask check', "
            "keep every earlier backup, and copy the whole folder while the service is stopped."
        )


def _write(
    file: BinaryIO,
    copy: Path,
    about: About,
    names: list[tuple[str, str]],
    store: EvidenceStore,
    progress: Progress,
) -> Made:
    faults: list[str] = []
    files = 0
    writer = Writer(file, about)
    with open(copy, "rb") as stream:
        writer.add(DATABASES[about.database], stream, copy.stat().st_size)
    for number, (name, sha256) in enumerate(names, 1):
        try:
            with store.open(name) as stream:
                size = os.fstat(stream.fileno()).st_size
                found = writer.add(f"evidence/{store.where_kept(name)}", stream, size)
        except StoredFileMissing:
            faults.append(f"evidence: {name} is missing, so it is not in the backup")
            continue
        files += 1
        if found != sha256:
            faults.append(f"evidence: {name} is not what was received; it is in the backup as it is now")
        progress("evidence", number, len(names))
    if not set(names) <= set(_evidence_names()):
        raise BackupRefused(ERASED_MEANWHILE)
    seal = writer.close()
    return Made(about, seal, files, file.tell(), tuple(faults))


def _sweep(folder: Path) -> None:
    """Remove what a backup that was killed has left in this folder; one that goes on now is younger."""
    limit = (clock.real_now() - LEFT_FOR).timestamp()
    for left in folder.glob(".kscb-backup-*.part*"):
        if left.stat().st_mtime < limit:
            left.unlink(missing_ok=True)
