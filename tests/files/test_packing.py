"""Files packed as one ZIP while it is sent: safe and different names, whole content, flat memory."""

import io
import tracemalloc
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256
from typing import IO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kscb_actions.files.limits import MIB
from kscb_actions.files.packing import ChangedMeanwhile, Packed, pack, safe_name, unique_name

AT = datetime(2012, 7, 1, 9, 30, tzinfo=UTC)


def packed(path: str, data: bytes, told: bytes | None = None) -> Packed:
    """Return a file to pack; `told` is what it was when it was received."""
    return Packed(path, AT, lambda: io.BytesIO(data), sha256(data if told is None else told).hexdigest())


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("policy.pdf", "policy.pdf"),
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("..\\..\\a.txt", "a.txt"),
        ("..", "file"),
        ("", "file"),
        ("a\r\nb\x00.txt", "ab.txt"),
        ("\u202efdp.exe.pdf", "fdp.exe.pdf"),
        ("why?: a*b|c.csv", "why__ a_b_c.csv"),
        ("C:\\CON.txt", "_CON.txt"),
        ("nul", "_nul"),
        ("😀" * 150 + ".pdf", "😀" * 49 + ".pdf"),
    ],
)
def test_a_name_is_made_safe_to_unpack_anywhere(name: str, safe: str) -> None:
    assert safe_name(name) == safe


@given(st.text(max_size=200))
def test_no_name_leaves_its_folder_or_is_too_long(name: str) -> None:
    safe = safe_name(name)
    assert safe and safe not in (".", "..") and not set(safe) & set('<>:"/\\|?*\r\n\0')
    assert len(safe.encode()) < 210 and safe == safe.strip()


def test_equal_names_get_a_number_also_in_other_letter_case() -> None:
    taken: set[str] = set()
    names = ["a.pdf", "A.PDF", "a.pdf", "a (2).pdf", "e\u0301.txt", "\u00e9.txt", "plain", "plain"]
    found = [unique_name(name, taken) for name in names]
    assert found[:4] == ["a.pdf", "A (2).PDF", "a (3).pdf", "a (2) (2).pdf"]
    assert found[5:] == ["\u00e9 (2).txt", "plain", "plain (2)"]


def test_what_is_packed_comes_out_whole() -> None:
    data = bytes(range(256)) * 1000
    pieces = pack([packed("1/a.bin", data), packed("2/empty.txt", b"")], [("Contents.txt", "One\nTwo", AT)])
    with zipfile.ZipFile(io.BytesIO(b"".join(pieces))) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["Contents.txt", "1/a.bin", "2/empty.txt"]
        assert archive.read("Contents.txt") == "\ufeffOne\r\nTwo".encode()
        assert archive.read("1/a.bin") == data
        # In summer the hour of London.
        assert archive.getinfo("1/a.bin").date_time == (2012, 7, 1, 10, 30, 0)


def test_sending_stops_when_a_file_is_not_what_was_checked() -> None:
    pieces = pack([packed("a.txt", b"zeros", told=b"words")], [])
    with pytest.raises(ChangedMeanwhile):
        list(pieces)


class Endless(io.RawIOBase):
    """Gives a number of bytes that no two chunks have alike, without holding them."""

    def __init__(self, size: int) -> None:
        self.left = size

    def read(self, size: int = -1, /) -> bytes:
        """Return the next bytes."""
        taken = min(size, self.left)
        self.left -= taken
        return self.left.to_bytes(8, "big") * (taken // 8)


def test_memory_stays_flat_whatever_is_packed() -> None:
    size = 25 * MIB
    digest = sha256()
    source = Endless(size)
    while piece := source.read(64 * 1024):
        digest.update(piece)

    def opened() -> IO[bytes]:
        return Endless(size)  # type: ignore[return-value]

    files = [Packed(f"{number}.bin", AT, opened, digest.hexdigest()) for number in range(4)]
    tracemalloc.start()
    try:
        pieces: Iterator[bytes] = pack(files, [])
        sent = sum(len(piece) for piece in pieces)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert sent and peak < 2 * MIB
