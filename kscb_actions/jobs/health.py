"""Whether pages can be served at this moment, and which web workers had to be replaced."""

import logging
import os
import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryFile

from kscb_actions import clock, database
from kscb_actions.config import Settings

from .models import ReplacedWorker

# As long as the manager's page tells of a worker that was replaced.
TOLD_FOR = timedelta(days=30)
KEPT_FOR = timedelta(days=180)
# A disk that is full has room for an empty file.
TRIED_BYTES = 64 * 1024

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Health:
    """What serving pages needs. `free_bytes`: what the disk of the evidence files has left."""

    database_answers: bool
    schema_is_newest: bool
    evidence_is_writable: bool
    free_bytes: int

    @property
    def is_ready(self) -> bool:
        """Return whether pages can be served and files be kept."""
        return self.database_answers and self.schema_is_newest and self.evidence_is_writable


def read_health(settings: Settings) -> Health:
    """Try what serving pages needs."""
    try:
        is_newest = set(database.applied_migrations()) == database.known_migrations()
        answers = True
    except database.UNREADABLE:
        answers, is_newest = False, False
    return Health(answers, is_newest, _can_keep(settings.evidence), _free_bytes(settings.evidence))


def _can_keep(folder: Path) -> bool:
    """Return whether a file can be written there; what was tried has no name and is gone with its end."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with TemporaryFile(dir=folder, buffering=0) as file:
            return file.write(bytes(TRIED_BYTES)) == TRIED_BYTES
    except OSError:
        return False


def _free_bytes(folder: Path) -> int:
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return 0


def note_replaced_worker() -> None:
    """Write down, and log, that this process has taken the place of one that ended unexpectedly.

    Whatever hinders that does not hinder serving.
    """
    log.error("web worker %d takes the place of one that ended unexpectedly", os.getpid())
    now = clock.real_now()
    try:
        with database.db.connection_context(), database.writing(ReplacedWorker):
            ReplacedWorker.delete().where(ReplacedWorker.at < now - KEPT_FOR).execute()
            ReplacedWorker.create(at=now)
    except Exception:
        log.exception("that a web worker was replaced could not be written down")


def replaced_workers() -> tuple[int, datetime | None]:
    """Return how many web workers were replaced lately, within TOLD_FOR, and when the last was."""
    lately = ReplacedWorker.select().where(ReplacedWorker.at >= clock.real_now() - TOLD_FOR)
    newest = lately.order_by(ReplacedWorker.at.desc()).first()
    return lately.count(), newest.at if newest else None
