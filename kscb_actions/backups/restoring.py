"""Restoring: a backup read into an empty place, verified there, and only then put where the board is."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from kscb_actions import clock, database
from kscb_actions.access.policy import SYSTEM
from kscb_actions.audit.service import change
from kscb_actions.database import Model, writing
from kscb_actions.files.store import EvidenceStore, Readable
from kscb_actions.sqlite import file_of

from .archive import (
    ABOUT,
    DATABASES,
    EVIDENCE,
    SUMS,
    About,
    BackupRefused,
    NotWhole,
    Progress,
    Sums,
    members,
    read_about,
    sync_file,
    verify,
)

STAGE = ".restoring"
COPIED = 1024 * 1024


@dataclass(frozen=True)
class Restored:
    """What was restored: from which moment, how many evidence files, the migrations that it needed, and what
    was wrong with the board already when the backup was made.
    """

    about: About
    files: int
    migrated: tuple[str, ...]
    faults: tuple[str, ...]


@dataclass(frozen=True)
class Place:
    """Where a board is restored: the database's URL and the folder of evidence."""

    url: str
    evidence: Path

    @property
    def stage(self) -> Path:
        """The folder in which everything is verified; beside the evidence, so that it can be moved there."""
        return self.evidence / STAGE

    @property
    def staged_url(self) -> str:
        """Where the database is verified: a file beside its place; on a server the empty database itself."""
        file = file_of(self.url)
        return f"sqlite:///{file.with_name(file.name + STAGE)}" if file else self.url

    def why_not_empty(self) -> str | None:
        """Say what is there already; None when the place is empty."""
        file = file_of(self.url)
        if file is not None and file.exists() and file.stat().st_size:
            return f"There is a database already: {file}."
        if file is None and database.db.get_tables():
            return "There are tables already in the database that KSCB_DATABASE names."
        if self.evidence.exists() and any(each.name != STAGE for each in self.evidence.iterdir()):
            return f"There are files already in {self.evidence}."
        return None

    @property
    def what_to_do(self) -> str:
        """What the reader does about faults that the board had when it was backed up."""
        again = "" if file_of(self.url) else "Empty the database that KSCB_DATABASE names. "
        return (
            f"This was so when the backup was made. {again}An older backup may be whole; to restore this one "
            "nevertheless, add --accept-faults."
        )

    def clear(self) -> None:
        """Remove what an earlier try that was stopped has staged."""
        shutil.rmtree(self.stage, ignore_errors=True)
        file = file_of(self.staged_url)
        if file is not None:
            for tail in ("", "-journal", "-wal", "-shm"):
                file.with_name(file.name + tail).unlink(missing_ok=True)


def restore(
    file: Path,
    place: Place,
    housekeeping: tuple[type[Model], ...],
    check: Callable[[EvidenceStore], list[str]],
    accept_faults: bool,
    progress: Progress,
) -> Restored:
    """Bring back the board that is in `file`, on today's schema, with nobody signed in.

    `check` says what is wrong with a whole board; where it finds anything the board is put in its place only
    if that is accepted. Raises BackupRefused and NotWhole, and then a place on SQLite is as empty as before.
    """
    why = place.why_not_empty()
    if why:
        raise BackupRefused(
            f"{why} Restore into an empty place: move what is there away, or set KSCB_INSTANCE."
        )
    with open(file, "rb") as opened:
        verify(opened, progress)
        _refuse_what_does_not_fit(opened, place)
        place.clear()
        try:
            done = _restored(opened, file.name, place, housekeeping, check, accept_faults, progress)
        except BaseException:
            database.db.close()
            place.clear()
            database.connect_to(place.url)
            raise
    return done


def _refuse_what_does_not_fit(file: BinaryIO, place: Place) -> None:
    with members(file) as each:
        name, stream = next(each, ("", None))
        if name != ABOUT or stream is None:
            raise NotWhole(f"it does not begin with {ABOUT}.")
        about = read_about(stream)
    file.seek(0)
    unknown = sorted(set(about.migrations) - database.known_migrations())
    if unknown:
        raise BackupRefused(
            f"The backup was made by a newer version of this program (it has had {unknown[-1]}). Install "
            "that version or a newer one, and restore with it."
        )
    if about.database != ("sqlite" if file_of(place.url) else "postgresql"):
        raise BackupRefused(
            f"The backup holds a database of {about.database}, and KSCB_DATABASE names one of another kind."
        )


def _restored(
    file: BinaryIO,
    name: str,
    place: Place,
    housekeeping: tuple[type[Model], ...],
    check: Callable[[EvidenceStore], list[str]],
    accept_faults: bool,
    progress: Progress,
) -> Restored:
    store = EvidenceStore(place.stage)
    about, files = _unpack(file, place, store, progress)
    database.db.close()
    database.connect_to(place.staged_url)
    with database.db.connection_context():
        migrated = database.migrate()
        faults = check(store)
        if faults and not accept_faults:
            raise BackupRefused("\n".join([*faults, place.what_to_do]))
        _begin_anew(name, about, housekeeping)
        if database.is_sqlite():
            # One plain file again, whatever journal the board keeps.
            database.db.execute_sql("PRAGMA journal_mode = delete")
    database.db.close()
    _put_in_place(place)
    database.connect_to(place.url)
    return Restored(about, files, tuple(migrated), tuple(faults))


def _unpack(file: BinaryIO, place: Place, store: EvidenceStore, progress: Progress) -> tuple[About, int]:
    sums, files, about = Sums(), 0, None
    place.evidence.mkdir(parents=True, exist_ok=True, mode=0o700)
    place.stage.mkdir(mode=0o700)
    with members(file) as each:
        for name, stream in each:
            if name == SUMS:
                sums.compare(stream)
                break
            with sums.of(name, stream, progress) as summed:
                evidence = EVIDENCE.fullmatch(name)
                if name == ABOUT:
                    about = read_about(summed)
                elif evidence:
                    store.put_back(evidence[2], summed)
                    files += 1
                else:
                    _unpack_database(name, summed, place)
        else:
            raise NotWhole(f"it has no {SUMS}.")
    if about is None:
        raise NotWhole(f"it has no {ABOUT}.")
    return about, files


def _unpack_database(name: str, stream: Readable, place: Place) -> None:
    is_server = name == DATABASES["postgresql"]
    staged = file_of(place.staged_url)
    target = place.stage / name if staged is None else staged
    target.parent.mkdir(parents=True, exist_ok=True)
    with open(target, "xb") as written:
        while piece := stream.read(COPIED):
            written.write(piece)
    if is_server:
        from .postgres import load

        load(place.url, target)
        target.unlink()


def _begin_anew(name: str, about: About, housekeeping: tuple[type[Model], ...]) -> None:
    """Forget who was signed in and which links were open, for that may have ended since; tell of it."""
    with writing():
        for model in housekeeping:
            model.delete().execute()
        with change(SYSTEM) as tx:
            detail = {"file": name, "made_at": about.made_at, "restored_at": clock.real_now().isoformat()}
            tx.record("backup.restored", "jobs", detail)


def _put_in_place(place: Place) -> None:
    """Move what was verified to where the board is; the database last, without which there is no board."""
    for folder in place.stage.iterdir():
        folder.rename(place.evidence / folder.name)
    place.stage.rmdir()
    sync_file(place.evidence)
    staged, file = file_of(place.staged_url), file_of(place.url)
    if staged is not None and file is not None:
        staged.chmod(0o600)
        sync_file(staged)
        staged.rename(file)
        sync_file(file.parent)
