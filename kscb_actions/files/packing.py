"""One ZIP of kept files, made while it is sent: no copy of them lies on a disk, and memory stays flat."""

import re
import unicodedata
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from io import RawIOBase
from typing import IO

from kscb_actions.wording import LONDON

from .limits import CHUNK, MIB
from .store import clean_shown_name

# Ten of the largest files that are kept.
PACK_LIMIT = 250 * MIB
# Most file systems keep a name of 255 bytes; a number may still be added.
_NAME_BYTES = 200
_NOT_IN_WINDOWS = re.compile(r'[<>:"/\\|?*]')
_DEVICES = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)", re.IGNORECASE | re.ASCII)


class ChangedMeanwhile(Exception):
    """A file's bytes are no longer those that were checked a moment before: sending stops."""


@dataclass(frozen=True)
class Packed:
    """A file as it goes into the ZIP: its path there, when it was kept, how to open it, and its SHA-256."""

    path: str
    kept_at: datetime
    open: Callable[[], IO[bytes]]
    sha256: str


def safe_name(name: str) -> str:
    """Return a name that every system can unpack: no folder, no device of Windows, at most 200 bytes."""
    stem, stop, extension = _NOT_IN_WINDOWS.sub("_", clean_shown_name(name)).rpartition(".")
    if not stop:
        stem, extension = extension, ""
    ending = f"{stop}{extension}"
    left = max(1, _NAME_BYTES - len(ending.encode()))
    stem = stem.encode()[:left].decode(errors="ignore").rstrip(". ") or "file"
    return f"_{stem}{ending}" if _DEVICES.match(stem + ending) else stem + ending


def unique_name(name: str, taken: set[str]) -> str:
    """Return the name with a number where it is taken, also in other letter case, and take it."""
    stem, stop, extension = name.rpartition(".")
    if not stop:
        stem, extension = name, ""
    number, tried = 1, name
    while (key := unicodedata.normalize("NFC", tried).casefold()) in taken:
        number += 1
        tried = f"{stem} ({number}){stop}{extension}"
    taken.add(key)
    return tried


def pack(files: Iterable[Packed], texts: Iterable[tuple[str, str, datetime]]) -> Iterator[bytes]:
    """Yield the ZIP in pieces: `texts` (path, words, moment) first, then the files as they are read.

    Raises ChangedMeanwhile in the middle, so that what arrives is cut off and not taken for whole.
    """
    outlet = _Outlet()
    with zipfile.ZipFile(outlet, "w") as archive:
        for path, words, at in texts:
            archive.writestr(_entry(path, at), words.replace("\n", "\r\n").encode("utf-8-sig"))
        for file in files:
            with file.open() as source, archive.open(_entry(file.path, file.kept_at), "w") as target:
                digest = sha256()
                while chunk := source.read(CHUNK):
                    digest.update(chunk)
                    target.write(chunk)
                    yield outlet.taken()
                if digest.hexdigest() != file.sha256:
                    raise ChangedMeanwhile(file.path)
    yield outlet.taken()


def _entry(path: str, at: datetime) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(path, at.astimezone(LONDON).timetuple()[:6])
    # Packed, however little it saves: what is sent as it is made says its length only after it, and some
    # programs find that of packed entries alone.
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry._compresslevel = 1  # type: ignore[attr-defined]
    entry.external_attr = 0o600 << 16
    return entry


class _Outlet(RawIOBase):
    """Takes what the archive writes, until it is sent."""

    def __init__(self) -> None:
        self._waiting = bytearray()

    def writable(self) -> bool:
        """Return that it can be written to."""
        return True

    def write(self, data: bytes, /) -> int:  # type: ignore[override]
        """Keep the bytes until they are taken."""
        self._waiting += data
        return len(data)

    def taken(self) -> bytes:
        """Return what has been written since this was last asked."""
        taken = bytes(self._waiting)
        self._waiting.clear()
        return taken
