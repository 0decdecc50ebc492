"""The file a backup is: a tar archive, and after its end one line with the SHA-256 of everything before it.

Any tar reads it, in this order: `about.json`, the database, each evidence file where the store keeps it,
and `SHA256SUMS`, by which `sha256sum -c` checks what was unpacked. The line at the end covers also what tar
itself does not check, such as the padding between members, so no byte can change unnoticed.
"""

import hashlib
import io
import json
import os
import re
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, BinaryIO

from kscb_actions.files.store import Readable

FORMAT = 1
ABOUT = "about.json"
SUMS = "SHA256SUMS"
DATABASES = {"sqlite": "database.sqlite3", "postgresql": "database.dump"}
EVIDENCE = re.compile(r"evidence/([0-9a-f]{2})/(\1[0-9a-f]{30})")
SEAL = b"kscb-backup sha256 "
SEAL_BYTES = len(SEAL) + 64 + 1
PIECE = 1024 * 1024
MOST_ABOUT = 64 * 1024

Progress = Callable[[int], None]


class NotWhole(Exception):
    """The file is not a backup, or not the one that was written; the text says which."""


class BackupRefused(Exception):
    """Nothing was backed up or restored; the text says why, and what to do."""


@dataclass(frozen=True)
class About:
    """What a backup says of itself.

    made_at     ISO instant of its one moment
    database    sqlite or postgresql
    migrations  names of those applied
    head        number and fingerprint of the newest event, as `flask check` prints them; "" for none
    """

    made_at: str
    database: str
    migrations: tuple[str, ...]
    head: str
    format: int = FORMAT


class _Hashed:
    """A file that is written to or read from, with the SHA-256 of what went through."""

    def __init__(self, file: Any, progress: Progress = lambda _: None) -> None:
        self._file, self._progress = file, progress
        self.digest = hashlib.sha256()

    def write(self, data: bytes) -> int:
        self.digest.update(data)
        return int(self._file.write(data))

    def read(self, size: int, /) -> bytes:
        data: bytes = self._file.read(size)
        self.digest.update(data)
        self._progress(len(data))
        return data


class Writer:
    """Writes a backup into an open file, member by member, holding no more than a piece of one in memory."""

    def __init__(self, file: BinaryIO, about: About) -> None:
        self._file = written = _Hashed(file)
        self._tar: Any = tarfile.open(  # type: ignore[call-overload]
            fileobj=written, mode="w|", format=tarfile.GNU_FORMAT, bufsize=PIECE
        )
        self._sums: list[str] = []
        text = json.dumps(asdict(about), indent=1).encode()
        self.add(ABOUT, io.BytesIO(text), len(text))

    def add(self, name: str, stream: BinaryIO, size: int, progress: Progress = lambda _: None) -> str:
        """Add what `stream` holds, which has to be `size` bytes; returns its SHA-256 in hexadecimal."""
        member = tarfile.TarInfo(name)
        member.size, member.mode = size, 0o600
        hashed = _Hashed(stream, progress)
        self._tar.addfile(member, hashed)
        # tarfile remembers every member that it wrote.
        self._tar.members.clear()
        found = hashed.digest.hexdigest()
        self._sums.append(f"{found}  {name}\n")
        return found

    def close(self) -> str:
        """Write the sums and the seal; returns the seal's SHA-256. The caller syncs and closes the file."""
        text = "".join(self._sums).encode()
        self.add(SUMS, io.BytesIO(text), len(text))
        self._tar.close()
        seal = self._file.digest.hexdigest()
        self._file.write(SEAL + seal.encode() + b"\n")
        return seal


def verify(file: BinaryIO, progress: Progress = lambda _: None) -> None:
    """Raise NotWhole unless the seal is there and fits every byte before it. Leaves the file at its start."""
    length = os.fstat(file.fileno()).st_size - SEAL_BYTES
    if length <= 0:
        raise NotWhole("it is too short to be a backup.")
    digest = hashlib.sha256()
    file.seek(0)
    while left := length - file.tell():
        piece = file.read(min(left, PIECE))
        if not piece:
            raise NotWhole("it became shorter while it was read.")
        digest.update(piece)
        progress(len(piece))
    seal = file.read()
    file.seek(0)
    if not seal.startswith(SEAL):
        raise NotWhole("it is no backup of this program, or its end is missing.")
    if seal != SEAL + digest.hexdigest().encode() + b"\n":
        raise NotWhole("it is damaged: at least one byte is not as it was written.")


@contextmanager
def members(file: BinaryIO) -> Iterator[Iterator[tuple[str, Readable]]]:
    """Give the members of a verified file in order, as (name, stream).

    Raises NotWhole for any that no backup has.
    """
    with tarfile.open(fileobj=file, mode="r|", bufsize=PIECE) as tar:
        yield _each(tar)


def _each(tar: Any) -> Iterator[tuple[str, Readable]]:
    while (member := tar.next()) is not None:
        stream = tar.extractfile(member) if member.isreg() else None
        if stream is None or not (
            member.name in (ABOUT, SUMS, *DATABASES.values()) or EVIDENCE.fullmatch(member.name)
        ):
            raise NotWhole(f"it holds “{member.name}”, which no backup has.")
        yield member.name, stream
        tar.members.clear()


def read_about(stream: Readable) -> About:
    """Read what a backup says of itself; NotWhole where it was written in a form not known here."""
    try:
        about = json.loads(stream.read(MOST_ABOUT))
        if about["format"] == FORMAT:
            return About(**{**about, "migrations": tuple(about["migrations"])})
    except (ValueError, KeyError, TypeError):
        pass
    raise NotWhole("it was written by another version of this program, in a form that is not known here.")


class Sums:
    """The sums of members as they are read, to be compared with those that were written."""

    def __init__(self) -> None:
        self._found: dict[str, str] = {}

    @contextmanager
    def of(self, name: str, stream: Readable, progress: Progress = lambda _: None) -> Iterator[Readable]:
        """Give a stream to read to its end in the stead of `stream`."""
        hashed = _Hashed(stream, progress)
        yield hashed
        self._found[name] = hashed.digest.hexdigest()

    def compare(self, stream: Readable) -> None:
        """Raise NotWhole unless `stream` holds exactly these sums."""
        lines = "".join(f"{found}  {name}\n" for name, found in self._found.items())
        if _whole(stream) != lines.encode():
            raise NotWhole("its members are not those that its list of SHA-256 sums names.")


def _whole(stream: Readable) -> bytes:
    return b"".join(iter(lambda: stream.read(PIECE), b""))


def sync_file(path: Path) -> None:
    """Wait until a file, or the names in a folder, are on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
