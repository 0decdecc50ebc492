"""Compound files (Microsoft's [MS-CFB]), the container of Outlook messages and old Office files.

Read here rather than by a library, because every table is counted before it is held in memory.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from .limits import OLE_SIGNATURE, Allowance, Unfit, damaged, size_of

DIRECTORY_ENTRY_LIMIT = 20_000
DEPTH_LIMIT = 32
_LAST_SECTOR = 0xFFFFFFFA
_NO_ENTRY = 0xFFFFFFFF
_STORAGE, _STREAM, _ROOT = 1, 2, 5


@dataclass(frozen=True)
class Entry:
    """A line of the directory. `path` is empty for the root, else the names from the root down."""

    path: tuple[str, ...]
    kind: int
    start: int
    size: int


class CompoundFile:
    """The directory of a compound file, and its streams. Raises Unfit wherever a table cannot be followed."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._file_size = size_of(stream)
        header = stream.read(512)
        if len(header) < 512 or not header.startswith(OLE_SIGNATURE) or header[28:30] != b"\xfe\xff":
            raise damaged()
        shift, mini_shift = struct.unpack("<HH", header[30:34])
        if shift not in (9, 12) or mini_shift != 6:
            raise damaged()
        self._sector = 1 << shift
        self._sectors = -(-self._file_size // self._sector)
        first_directory, _, self._cutoff, first_mini, _, first_difat = struct.unpack("<6L", header[48:72])
        self._fat = self._read_fat(header, first_difat)
        self.entries = self._read_directory(first_directory)
        self._mini_fat = self._numbers(self._chain(first_mini))
        self._mini_sectors = list(self._chain(self.entries[0].start))

    def names(self) -> set[str]:
        """Every storage and stream name, in lower case."""
        return {entry.path[-1].lower() for entry in self.entries if entry.path}

    def root_names(self) -> set[str]:
        """The names directly under the root, in lower case."""
        return {entry.path[0].lower() for entry in self.entries if len(entry.path) == 1}

    def streams(self) -> list[Entry]:
        """The entries that hold bytes."""
        return [entry for entry in self.entries if entry.kind == _STREAM]

    def read(self, entry: Entry, allowance: Allowance) -> Iterator[bytes]:
        """A stream's bytes in pieces, counted against the allowance."""
        left = entry.size
        if not left:
            return
        for piece in self._pieces(entry):
            piece = piece[:left]
            allowance.spend(len(piece))
            left -= len(piece)
            yield piece
            if left <= 0:
                return
        if left > 0:
            raise damaged()

    def _pieces(self, entry: Entry) -> Iterator[bytes]:
        if entry.size >= self._cutoff:
            for number in self._chain(entry.start):
                yield self._read_sector(number)
            return
        per_sector = self._sector // 64
        for number in _follow(self._mini_fat, entry.start):
            if number // per_sector >= len(self._mini_sectors):
                raise damaged()
            offset = (number % per_sector) * 64
            yield self._read_sector(self._mini_sectors[number // per_sector])[offset : offset + 64]

    def _read_sector(self, number: int) -> bytes:
        if number >= self._sectors:
            raise damaged()
        self._stream.seek((number + 1) * self._sector)
        return self._stream.read(self._sector)

    def _chain(self, start: int) -> Iterator[int]:
        return _follow(self._fat, start)

    def _numbers(self, sectors: Iterator[int]) -> list[int]:
        numbers: list[int] = []
        for sector in sectors:
            data = self._read_sector(sector)
            numbers.extend(struct.unpack(f"<{len(data) // 4}L", data[: len(data) // 4 * 4]))
            if len(numbers) > self._file_size // 64 + 131_072:
                raise damaged()
        return numbers

    def _read_fat(self, header: bytes, difat: int) -> list[int]:
        listed = [number for number in struct.unpack("<109L", header[76:512]) if number < _LAST_SECTOR]
        seen: set[int] = set()
        while difat < _LAST_SECTOR:
            if difat in seen or difat >= self._sectors:
                raise damaged()
            seen.add(difat)
            *numbers, difat = self._numbers(iter([difat])) or [_NO_ENTRY]
            listed.extend(number for number in numbers if number < _LAST_SECTOR)
        if len(set(listed)) != len(listed) or len(listed) > self._sectors:
            raise damaged()
        return self._numbers(iter(listed))[: self._sectors]

    def _read_directory(self, start: int) -> list[Entry]:
        records: list[bytes] = []
        for sector in self._chain(start):
            data = self._read_sector(sector)
            records.extend(data[at : at + 128] for at in range(0, len(data) - 127, 128))
            if len(records) > DIRECTORY_ENTRY_LIMIT:
                raise Unfit("holds too many parts", "Split it into smaller files and attach those.")
        if not records or records[0][66] != _ROOT:
            raise damaged()
        entries = [_entry((), records[0])]
        waiting: list[tuple[tuple[str, ...], int]] = [((), _links(records[0])[2])]
        seen = {_NO_ENTRY}
        while waiting:
            parent, number = waiting.pop()
            if number in seen:
                continue
            seen.add(number)
            if number >= len(records) or len(parent) > DEPTH_LIMIT:
                raise damaged()
            entry = _entry(parent, records[number])
            entries.append(entry)
            left, right, child = _links(records[number])
            waiting += [(parent, left), (parent, right)]
            if entry.kind == _STORAGE:
                waiting.append((entry.path, child))
        return entries


def _entry(parent: tuple[str, ...], record: bytes) -> Entry:
    length = int.from_bytes(record[64:66], "little")
    name = record[: max(0, min(length, 64) - 2)].decode("utf-16-le", "replace")
    start, size = struct.unpack("<LL", record[116:124])
    path = () if record[66] == _ROOT else (*parent, name)
    return Entry(path, record[66], start, size)


def _links(record: bytes) -> tuple[int, int, int]:
    left, right, child = struct.unpack("<3L", record[68:80])
    return left, right, child


def _follow(table: list[int], number: int) -> Iterator[int]:
    for _ in range(len(table)):
        if number >= _LAST_SECTOR:
            return
        if number >= len(table):
            raise damaged()
        yield number
        number = table[number]
    if number < _LAST_SECTOR:
        raise damaged()
