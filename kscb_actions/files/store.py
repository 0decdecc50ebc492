"""The folder that keeps evidence files. Only this class turns names into paths on disk.

A file is kept under a name made here and never changed. By the time `receive` answers, its bytes, its name
and the folders leading to it have been synced, so that a row naming it can be committed.
"""

import contextlib
import errno
import hashlib
import os
import re
import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import BufferedReader
from pathlib import Path
from typing import BinaryIO, Protocol, TypeVar

from kscb_actions.terms import say
from kscb_actions.text import InvalidInput, one_line

from .judge import judge
from .limits import FileRefused

MIB = 1024 * 1024
SHOWN_NAME_LIMIT = 150
_CHUNK = 256 * 1024
_STORED_NAME = re.compile(r"[0-9a-f]{32}")
_UNFINISHED = ".part"
DISK_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
# Unicode's marks of direction (UAX 9) can make "fdp.exe" read "exe.pdf"; the others are not seen at all.
_UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]"
)


class StoreFull(Exception):
    """The disk has no room. Nothing has been kept; `message` is written for the person who sent the file."""

    def __init__(self, shown_name: str) -> None:
        self.message = say(
            "“{shown_name}” could not be kept, because the server's disk is full. Nothing has "
            "been changed. Tell the board's business unit, then try again.",
            shown_name=shown_name,
        )
        super().__init__(self.message)


class StoredFileMissing(LookupError):
    """No file is kept under this name, or the name is not one the store makes."""


class Readable(Protocol):
    """Where bytes come from: an upload, a file."""

    def read(self, size: int, /) -> bytes: ...


@dataclass(frozen=True)
class StoredFile:
    """A file on disk: the name it is kept under, bytes, hexadecimal SHA-256, type, and the name to show."""

    stored_name: str
    size: int
    sha256: str
    media_type: str
    shown_name: str


@dataclass(frozen=True)
class StoreDifferences:
    """Where the disk and the rows differ.

    unnamed     names of files that no row names
    missing     names in rows of files that are not there
    unfinished  paths of uploads interrupted or in progress
    foreign     paths that the store never makes
    """

    unnamed: tuple[str, ...]
    missing: tuple[str, ...]
    unfinished: tuple[str, ...]
    foreign: tuple[str, ...]


def clean_shown_name(name: str) -> str:
    """Return a file's own name, made safe to show and to send.

    Without folders and without characters that hide text or turn its direction; at most 150 characters, the
    ending kept; never empty.
    """
    name = one_line(_UNSEEN.sub("", name.replace("\\", "/").rsplit("/", 1)[-1])).rstrip(". ")
    stem, stop, extension = name.rpartition(".")
    if not stop or len(extension) > 20:
        stem, extension = name, ""
    ending = f".{extension}" if extension else ""
    return (stem[: SHOWN_NAME_LIMIT - len(ending)].strip() or "file") + ending


class EvidenceStore:
    """Keeps files under `root`, each of at most `limit_bytes`. Holds no state but these two."""

    def __init__(self, root: Path, limit_bytes: int = 25 * MIB) -> None:
        self._root = root
        self._limit = limit_bytes

    def receive(self, stream: Readable, shown_name: str) -> StoredFile:
        """Keep what `stream` gives, up to its end, and answer once it would survive a loss of power.

        Raises FileRefused (too large, or of a kind that is not kept) and StoreFull. On any failure, also one
        of the stream itself, nothing is left behind.
        """
        shown_name = clean_shown_name(shown_name)
        stored_name = uuid.uuid4().hex
        path = self._path(stored_name)
        try:
            self._make_folder(path.parent)
            return self._receive(stream, path, shown_name)
        except OSError as error:
            if error.errno in DISK_FULL:
                raise StoreFull(shown_name) from error
            raise

    def _receive(self, stream: Readable, path: Path, shown_name: str) -> StoredFile:
        unfinished = path.with_suffix(_UNFINISHED)
        file = open(unfinished, "x+b", opener=_private)
        try:
            with file:
                size, sha256 = self._copy(stream, file, shown_name)
                file.flush()
                media_type = judge(file, shown_name).media_type
                os.fchmod(file.fileno(), 0o400)
                os.fsync(file.fileno())
            os.rename(unfinished, path)
            _sync_folder(path.parent)
            _sync_folder(self._root)
        except BaseException:
            unfinished.unlink(missing_ok=True)
            path.unlink(missing_ok=True)
            raise
        return StoredFile(path.name, size, sha256, media_type, shown_name)

    def _copy(self, stream: Readable, file: BinaryIO, shown_name: str) -> tuple[int, str]:
        digest = hashlib.sha256()
        size = 0
        while chunk := stream.read(_CHUNK):
            size += len(chunk)
            if size > self._limit:
                raise FileRefused(
                    f"“{shown_name}” is larger than {self._limit / MIB:g} MB.",
                    "Make it smaller, for example with smaller pictures, or split it, and attach that.",
                )
            digest.update(chunk)
            file.write(chunk)
        return size, digest.hexdigest()

    def open(self, stored_name: str) -> BufferedReader:
        """Return the kept bytes, from the start. The caller closes it. Raises StoredFileMissing."""
        try:
            return open(self._path(stored_name), "rb", opener=_no_link)
        except OSError as error:
            if error.errno in (errno.ENOENT, errno.ELOOP):
                raise StoredFileMissing(stored_name) from error
            raise

    def verify(self, stored_name: str, sha256: str) -> bool:
        """Return whether the file is there and its bytes are still those that were received."""
        if opened := self.open_checked(stored_name, sha256):
            opened.close()
        return opened is not None

    def open_checked(self, stored_name: str, sha256: str) -> BufferedReader | None:
        """Return a kept file from its start; None where it is gone, or holds not the bytes received.

        The hash is checked on the very handle that is given back. The caller closes it.
        """
        try:
            opened = self.open(stored_name)
        except StoredFileMissing:
            return None
        if hashlib.file_digest(opened, "sha256").hexdigest() == sha256:
            opened.seek(0)
            return opened
        opened.close()
        return None

    def put_back(self, stored_name: str, stream: Readable) -> None:
        """Keep, under the name it had, a file of a backup; synced as `receive` does.

        Raises StoredFileMissing for a name that the store does not make, FileExistsError for one it holds.
        """
        path = self._path(stored_name)
        self._make_folder(path.parent)
        with open(path, "xb", opener=_private) as file:
            while chunk := stream.read(_CHUNK):
                file.write(chunk)
            file.flush()
            os.fchmod(file.fileno(), 0o400)
            os.fsync(file.fileno())
        _sync_folder(path.parent)

    def where_kept(self, stored_name: str) -> str:
        """Return the path of a kept file within the store, with / between its parts."""
        return self._path(stored_name).relative_to(self._root).as_posix()

    def age_of(self, path: str, now: datetime) -> timedelta:
        """Return how long ago a file that `differences` found was last written; no time when it is gone."""
        try:
            written = (self._root / path).lstat().st_mtime
        except FileNotFoundError:
            return timedelta()
        return now - datetime.fromtimestamp(written, UTC)

    def discard_unfinished(self, path: str) -> None:
        """Remove a receipt that was cut off, by the path that `differences` gave, and nothing else."""
        name = Path(path).name.removesuffix(_UNFINISHED)
        unfinished = self._path(name).with_suffix(_UNFINISHED)
        if unfinished.relative_to(self._root) == Path(path):
            unfinished.unlink(missing_ok=True)
            _sync_folder(unfinished.parent)

    def holds(self, stored_name: str) -> bool:
        """Return whether bytes are kept under this name, whatever they are."""
        return os.path.lexists(self._path(stored_name))

    def erase(self, stored_name: str) -> None:
        """Write zeros over a kept file, then remove it; synced. Nothing happens where it is gone already."""
        path = self._path(stored_name)
        if path.is_file() and not path.is_symlink():
            path.chmod(0o600)
            with open(path, "r+b", opener=_no_link) as file:
                left = os.fstat(file.fileno()).st_size
                while left > 0:
                    left -= file.write(bytes(min(left, _CHUNK)))
                file.flush()
                os.fsync(file.fileno())
        self.discard(stored_name)

    def discard(self, stored_name: str) -> None:
        """Remove a file that no row names, or none may; nothing of what it held is written over."""
        path = self._path(stored_name)
        path.unlink(missing_ok=True)
        if path.parent.is_dir():
            _sync_folder(path.parent)

    def differences(self, known_names: Iterable[str]) -> StoreDifferences:
        """Compare the disk with the names that rows hold. Changes nothing."""
        known = set(known_names)
        kept: set[str] = set()
        unfinished: list[str] = []
        foreign: list[str] = []
        for path in self._files():
            name = path.name.removesuffix(_UNFINISHED)
            if not _STORED_NAME.fullmatch(name) or path.with_name(name) != self._path(name):
                foreign.append(str(path.relative_to(self._root)))
            elif path.name == name:
                kept.add(name)
            else:
                unfinished.append(str(path.relative_to(self._root)))
        return StoreDifferences(
            tuple(sorted(kept - known)),
            tuple(sorted(known - kept)),
            tuple(sorted(unfinished)),
            tuple(sorted(foreign)),
        )

    def _files(self) -> Iterator[Path]:
        return (path for path in self._root.rglob("*") if path.is_symlink() or not path.is_dir())

    def _path(self, stored_name: str) -> Path:
        if not _STORED_NAME.fullmatch(stored_name):
            raise StoredFileMissing(stored_name)
        return self._root / stored_name[:2] / stored_name

    def _make_folder(self, folder: Path) -> None:
        if folder.is_dir():
            return
        self._make_folder(folder.parent)
        with contextlib.suppress(FileExistsError):
            folder.mkdir(mode=0o700)
        _sync_folder(folder.parent)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _no_link(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NOFOLLOW)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


Recorded = TypeVar("Recorded")


def receive_all(
    store: EvidenceStore,
    files: Iterable[tuple[str, Readable]],
    record: Callable[[list[StoredFile]], Recorded],
    is_named: Callable[[str], bool],
) -> Recorded:
    """Return what `record` makes of files that have been received; whatever fails, their bytes go too.

    files     (name, bytes) of each
    is_named  whether a row names the bytes that are kept under a name
    Raises InvalidInput, under "files", with what is wrong with each that is refused.
    """
    received, refusals = list[StoredFile](), list[str]()
    # Also when the process is told to stop: a file that no row names would stay for ever.
    try:
        for shown_name, file in files:
            try:
                received.append(store.receive(file, shown_name))
            except FileRefused as refused:
                refusals.append(refused.message)
        if refusals:
            raise InvalidInput({"files": "\n".join(refusals)})
        return record(received)
    finally:
        for kept in received:
            # Whatever failed after the commit must not take away the bytes that a row names.
            if not is_named(kept.stored_name):
                store.discard(kept.stored_name)
