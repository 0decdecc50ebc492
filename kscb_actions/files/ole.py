"""Compound files (Microsoft's [MS-CFB]): Outlook messages, old Office files, macros, locks, what they carry.

The structure is read by olefile, which holds every table in memory and believes the sizes it is told; so
each table is measured here before it is read, and long streams are read from sector to sector.
"""

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import IO, Any

import olefile

from .limits import CHUNK, MIB, EmbeddedFile, Unfit, UnpackQuota, damaged, spooled

DIRECTORY_ENTRY_LIMIT = 20_000
DEPTH_LIMIT = 32
MINI_LIMIT = 8 * MIB
MACRO_NAMES = {"vba", "_vba_project", "_vba_project_cur", "macros"}
OFFICE_STREAMS = {
    "worddocument": ("Word", "docx"),
    "workbook": ("Excel", "xlsx"),
    "book": ("Excel", "xlsx"),
    "powerpoint document": ("PowerPoint", "pptx"),
}
_UNREADABLE = (OSError, ValueError, IndexError, TypeError, OverflowError, struct.error)


@dataclass(frozen=True)
class DirectoryEntry:
    """A stream or storage of the directory, by the names that lead to it from the root down."""

    path: tuple[str, ...]
    is_stream: bool
    start: int
    size: int


class _Measured(olefile.OleFileIO):
    """olefile, refusing a table that is larger than the file can need before it is held in memory."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._begun: set[tuple[bool, int]] = set()
        super().__init__(stream, raise_defects=olefile.DEFECT_INCORRECT)

    def _check_duplicate_stream(self, first_sect: int, minifat: bool = False) -> None:
        # olefile looks each start up in a list, which takes ten seconds where short streams are many.
        if not minifat and first_sect > olefile.MAXREGSECT:
            return
        if (minifat, first_sect) in self._begun:
            self._raise_defect(olefile.DEFECT_INCORRECT, "two streams begin at the same place")
        self._begun.add((minifat, first_sect))

    def loadfat(self, header: bytes) -> None:
        # A sector of the table holds a number for every four bytes; some programs write spare ones.
        needed = self.nb_sect // (self.sectorsize // 4) + 1
        listed = [number for number in struct.unpack("<109L", header[76:512]) if number < olefile.MAXREGSECT]
        is_too_large = max(self.num_fat_sectors, self.num_difat_sectors) > 2 * needed + 109
        if is_too_large or len(set(listed)) != len(listed):
            raise damaged()
        super().loadfat(header)

    def loaddirectory(self, sect: int) -> None:
        sectors = sum(1 for _ in _follow(self.fat, sect))
        if sectors * self.sectorsize // 128 > DIRECTORY_ENTRY_LIMIT:
            raise _too_many_parts()
        super().loaddirectory(sect)

    def loadminifat(self) -> None:
        if max(self.root.size, self.num_mini_fat_sectors * self.sectorsize) > MINI_LIMIT:
            raise _too_many_parts()
        super().loadminifat()


class CompoundFile:
    """The directory of a compound file, and its streams. Raises Unfit wherever a table cannot be followed."""

    def __init__(self, stream: IO[bytes]) -> None:
        stream.seek(0)
        try:
            self._file = _Measured(stream)
        except RecursionError as error:
            raise _too_many_parts() from error
        except _UNREADABLE as error:
            raise damaged() from error
        self.entries = list(self._entries())

    def _entries(self) -> Iterator[DirectoryEntry]:
        waiting: list[tuple[tuple[str, ...], Any]] = [((), kid) for kid in self._file.root.kids]
        while waiting:
            parent, kid = waiting.pop()
            path = (*parent, kid.name)
            if len(path) > DEPTH_LIMIT:
                raise damaged()
            yield DirectoryEntry(path, kid.entry_type == olefile.STGTY_STREAM, kid.isectStart, kid.size)
            waiting += [(path, inner) for inner in kid.kids]

    def names(self) -> set[str]:
        """Return every storage and stream name, in lower case."""
        return {entry.path[-1].lower() for entry in self.entries}

    def root_names(self) -> set[str]:
        """Return the names directly under the root, in lower case."""
        return {entry.path[0].lower() for entry in self.entries if len(entry.path) == 1}

    def streams(self) -> dict[tuple[str, ...], DirectoryEntry]:
        """Return the entries that hold bytes, by path."""
        return {entry.path: entry for entry in self.entries if entry.is_stream}

    def read(self, entry: DirectoryEntry, quota: UnpackQuota) -> Iterator[bytes]:
        """Yield a stream's bytes in pieces, counted against the quota."""
        left = entry.size
        pieces = self._short(entry) if left < self._file.minisectorcutoff else self._long(entry.start)
        while left > 0:
            try:
                piece = next(pieces, b"")[:left]
            except _UNREADABLE as error:
                raise damaged() from error
            if not piece:
                raise damaged()
            quota.spend(len(piece))
            left -= len(piece)
            yield piece

    def refuse_cut_short(self, quota: UnpackQuota) -> None:
        """Raise Unfit unless every stream can be read to its end, also one that nothing else reads."""
        for entry in self.entries:
            if entry.is_stream:
                for _ in self.read(entry, quota):
                    pass

    # olefile's own reader looks a stream up by its name among all others, and holds the whole of it.
    def _long(self, start: int) -> Iterator[bytes]:
        for number in _follow(self._file.fat, start):
            self._file.fp.seek((number + 1) * self._file.sectorsize)
            piece = self._file.fp.read(self._file.sectorsize)
            yield piece
            # What follows would not stand where it belongs.
            if len(piece) < self._file.sectorsize:
                return

    def _short(self, entry: DirectoryEntry) -> Iterator[bytes]:
        mini_fat, mini_stream = self._mini
        for number in _follow(mini_fat, entry.start):
            yield mini_stream[number * 64 : number * 64 + 64]

    @cached_property
    def _mini(self) -> tuple[Sequence[int], bytes]:
        self._file.loadminifat()
        root = self._file.root
        return self._file.minifat, b"".join(self._long(root.isectStart))[: root.size]


def _follow(table: Sequence[int], number: int) -> Iterator[int]:
    for _ in range(len(table)):
        if number >= olefile.MAXREGSECT:
            return
        if number >= len(table):
            raise damaged()
        yield number
        number = table[number]
    if number < olefile.MAXREGSECT:
        raise damaged()


def _too_many_parts() -> Unfit:
    return Unfit("holds too many parts", "Split it into smaller files and attach those.")


def refuse_macros_and_locks(file: CompoundFile) -> None:
    """Raise Unfit for Office macros anywhere inside, and for what a password or a protection label locks."""
    if {"encryptedpackage", "encryptioninfo"} & file.root_names():
        raise Unfit(
            "is locked with a password or a protection label",
            "Open it, remove the protection, save it again and attach that.",
        )
    if MACRO_NAMES & file.names():
        raise Unfit("holds macros", "Save it as a .docx, .xlsx or .pptx without macros and attach that.")


def is_message(file: CompoundFile) -> bool:
    """Return whether it is an Outlook item ([MS-OXMSG] 2.4: its property stream lies under the root)."""
    return "__properties_version1.0" in file.root_names()


def old_office(file: CompoundFile) -> tuple[str, str] | None:
    """Return the program and the new extension, such as ("Word", "docx"), of an Office file before 2007."""
    roots = file.root_names()
    return next((kind for name, kind in OFFICE_STREAMS.items() if name in roots), None)


def embedded_in_ole(file: CompoundFile, quota: UnpackQuota) -> Iterator[EmbeddedFile]:
    """Yield an Outlook item's attachments, and files embedded in a document as objects, at any depth."""
    streams = file.streams()
    for path, entry in streams.items():
        name = path[-1].lower()
        if name == "__substg1.0_37010102":
            quota.count_entries(1)
            shown = _attachment_name(file, streams, path[:-1], quota)
            yield EmbeddedFile(shown, spooled(file.read(entry, quota)))
        elif name == "\x01ole10native":
            quota.count_entries(1)
            yield _unpacked_object(spooled(file.read(entry, quota)))


def _attachment_name(
    file: CompoundFile,
    streams: dict[tuple[str, ...], DirectoryEntry],
    folder: tuple[str, ...],
    quota: UnpackQuota,
) -> str:
    # The long name, then the short one; each in UTF-16 or in the sender's code page ([MS-OXPROPS]).
    for tag in ("3707001F", "3707001E", "3704001F", "3704001E"):
        entry = streams.get((*folder, f"__substg1.0_{tag}"))
        if entry and 0 < entry.size < 4096:
            encoding = "utf-16-le" if tag.endswith("F") else "cp1252"
            return b"".join(file.read(entry, quota)).decode(encoding, "replace").strip("\x00")
    return "attachment"


def _unpacked_object(packed: IO[bytes]) -> EmbeddedFile:
    # [MS-OLEDS] 2.3.6, and in it what Windows writes: flags, label, path, flags, short path, size, bytes.
    head = packed.read(4096)
    try:
        label_end = head.index(b"\x00", 6)
        path_end = head.index(b"\x00", label_end + 1)
        skipped = int.from_bytes(head[path_end + 5 : path_end + 9], "little")
        start = path_end + 9 + skipped + 4
    except ValueError:
        packed.seek(0)
        return EmbeddedFile("object", packed)
    packed.seek(start)
    content = spooled(iter(lambda: packed.read(CHUNK), b""))
    packed.close()
    path = (head[label_end + 1 : path_end] or head[6:label_end]).decode("cp1252", "replace")
    return EmbeddedFile(path.replace("\\", "/").rsplit("/", 1)[-1], content)
