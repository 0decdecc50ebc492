"""Keep a good file for the next try of a form, for one person and one form, for a while."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path

from itsdangerous import BadData, URLSafeTimedSerializer

from kscb_actions import clock
from kscb_actions.files.store import EvidenceStore, Readable, StoredFileMissing

# How long a form may stand with its errors.
KEPT_SECONDS = 2 * 60 * 60
FOLDER = "waiting-files"
_SALT = "waiting-file"


@dataclass(frozen=True)
class WaitingFile:
    """A file that is kept: the name it had, its bytes in number, and the token by which the form names it."""

    name: str
    size: int
    token: str


class WaitingFiles:
    """Files under a folder beside the evidence. A token is signed, and good for its person and form alone."""

    def __init__(self, instance: Path, secret: str) -> None:
        self._folder = instance / FOLDER
        self._store = EvidenceStore(self._folder)
        self._signer = URLSafeTimedSerializer(secret, salt=_SALT)

    def keep(self, stream: Readable, name: str, owner: int, form: str) -> WaitingFile:
        """Keep a file that passes the checks of evidence. Raises FileRefused and StoreFull."""
        self.sweep()
        kept = self._store.receive(stream, name)
        facts = [owner, form, kept.stored_name, kept.sha256, kept.shown_name, kept.size]
        return WaitingFile(kept.shown_name, kept.size, self._signer.dumps(facts))

    def open(self, token: str, owner: int, form: str) -> tuple[WaitingFile, BufferedReader] | None:
        """Return a kept file from its start; None where it is another's or another form's, old or changed."""
        facts = self._facts(token, owner, form)
        opened = self._store.open_checked(facts[2], facts[3]) if facts else None
        return (WaitingFile(facts[4], facts[5], token), opened) if facts and opened else None

    def forget(self, token: str, owner: int, form: str) -> None:
        """Remove a file that has arrived where it belongs."""
        if facts := self._facts(token, owner, form):
            with suppress(StoredFileMissing):
                self._store.discard(facts[2])

    def sweep(self) -> None:
        """Remove what nobody has come back for."""
        for path in self._paths():
            with suppress(FileNotFoundError):
                if path.stat().st_mtime < clock.real_now().timestamp() - KEPT_SECONDS:
                    path.unlink()

    def _paths(self) -> Iterator[Path]:
        return (path for path in self._folder.rglob("*") if path.is_file())

    def _facts(self, token: str, owner: int, form: str) -> list | None:
        try:
            facts = self._signer.loads(token, max_age=KEPT_SECONDS)
        except BadData:
            return None
        return facts if facts[:2] == [owner, form] else None
