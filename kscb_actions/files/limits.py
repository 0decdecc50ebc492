"""What every judge of an uploaded file shares: how a refusal is worded, and how much a file may unpack to."""

import contextlib
import mmap
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

MIB = 1024 * 1024
CHUNK = 64 * 1024
UNPACKED_LIMIT = 400 * MIB
UNPACKED_FREE = 64 * MIB
# Deflate packs at most 1,032 to 1, which only decompression bombs and blank pictures come near.
RATIO_LIMIT = 200
ENTRY_LIMIT = 10_000
TAG_LIMIT = 1_000_000

OLE_SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP_SIGNATURE = b"PK\x03\x04"
PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
JPEG_SIGNATURE = b"\xff\xd8\xff"

ALLOWED_KINDS = (
    "Attach a Word, Excel or PowerPoint file (.docx, .xlsx, .pptx), a PDF, a picture (.jpg, .png), "
    "an email (.eml, .msg) or plain text (.txt, .csv)."
)
SAVE_AGAIN = "Open it, save it again and attach the new copy."

View = mmap.mmap | bytes

_SCRIPT = re.compile(rb"<script|<\?php|<html", re.IGNORECASE)


class FileRefused(ValueError):
    """A file that cannot be kept, with sentences for the person who chose it.

    `why` names the file, `advice` says what to do.
    """

    def __init__(self, why: str, advice: str) -> None:
        self.why = why
        self.advice = advice
        super().__init__(self.message)

    @property
    def message(self) -> str:
        """Return both sentences."""
        return f"{self.why} {self.advice}"


class Unfit(Exception):
    """Why a file cannot be kept, before it is named: `what` follows the name, `advice` is a sentence."""

    def __init__(self, what: str, advice: str = SAVE_AGAIN) -> None:
        super().__init__(what)
        self.what = what
        self.advice = advice


class OfficeTemplate(Unfit):
    """An Office template or slide show: nobody uploads one, but a document may have one embedded."""


@dataclass(frozen=True)
class EmbeddedFile:
    """A file found inside another one: its name, and its bytes from the start. The reader closes it."""

    name: str
    content: IO[bytes]


class UnpackQuota:
    """How much one uploaded file may still unpack to, counted over everything nested in it.

    A blank picture packs a thousand times smaller, so the ratio only counts beyond `UNPACKED_FREE` bytes.
    """

    def __init__(self, packed: int) -> None:
        self._packed = packed
        self._unpacked = 0
        self._entries = 0
        self._tags = 0

    def spend(self, count: int) -> None:
        """Count unpacked bytes. Raises Unfit once they are too many."""
        self.foresee(count)
        self._unpacked += count

    def foresee(self, count: int) -> None:
        """Raise Unfit when `count` more bytes would be too many, without counting them."""
        unpacked = self._unpacked + count
        if unpacked > UNPACKED_LIMIT or (unpacked > UNPACKED_FREE and unpacked > RATIO_LIMIT * self._packed):
            raise Unfit("unpacks to far more than it should", SAVE_AGAIN)

    def count_entries(self, count: int) -> None:
        """Count embedded files. Raises Unfit once they are too many."""
        self._entries += count
        if self._entries > ENTRY_LIMIT:
            raise Unfit("holds too many parts", "Split it into smaller files and attach those.")

    def count_tags(self, count: int) -> None:
        """Count fields and relationships of Office files. Raises Unfit once they are too many."""
        self._tags += count
        if self._tags > TAG_LIMIT:
            raise Unfit("holds too many parts", "Split it into smaller files and attach those.")


def damaged(what: str = "is damaged or cut short") -> Unfit:
    """Return the refusal of a file whose structure cannot be followed to its end."""
    return Unfit(what, "Check that it opens on your computer, save it again and attach the new copy.")


def polyglot() -> Unfit:
    """Return the refusal of a polyglot: a file that another program would open as something else."""
    return Unfit("is two kinds of file joined together", SAVE_AGAIN)


def size_of(stream: IO[bytes]) -> int:
    """Return the length in bytes, and leave the stream at its start."""
    size = stream.seek(0, 2)
    stream.seek(0)
    return size


def head_of(stream: IO[bytes], count: int = 4096) -> bytes:
    """Return the first `count` bytes, and leave the stream at its start."""
    stream.seek(0)
    head = stream.read(count)
    stream.seek(0)
    return head


def spooled(pieces: Iterator[bytes]) -> IO[bytes]:
    """Return the pieces as one file at its start: in memory while small, else in a temporary file."""
    content = tempfile.SpooledTemporaryFile(max_size=MIB)
    for piece in pieces:
        content.write(piece)
    content.seek(0)
    return content


@contextlib.contextmanager
def mapped(stream: IO[bytes]) -> Iterator[View]:
    """Open the whole of a stream as searchable bytes: mapped, not copied, when it is a file on disk."""
    try:
        handle = stream.fileno()
        stream.flush()
    except OSError:
        stream.seek(0)
        yield stream.read()
        return
    with mmap.mmap(handle, 0, access=mmap.ACCESS_READ) as view:
        yield view


def is_program(head: bytes) -> bool:
    """Return whether the bytes begin a Windows, Linux or macOS program, a Java class or a shell script."""
    if head[:2] == b"MZ":
        offset = int.from_bytes(head[60:64], "little")
        return head[offset : offset + 2] in (b"PE", b"NE", b"LE") or b"This program" in head[:512]
    return head.startswith(
        (b"\x7fELF", b"\xfe\xed\xfa", b"\xce\xfa\xed\xfe", b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe", b"#!")
    )


def refuse_zip_at_end(view: View) -> None:
    """Raise Unfit when an archive is joined to the end of a file of another kind.

    Archive programs look for the directory from the end, so that is where it counts.
    """
    size = len(view)
    # The end record (22 bytes) is followed by a comment of at most 65,535 (PKWARE APPNOTE 4.3.16).
    window = max(0, size - 65_557)
    tail = view[window:]
    found = tail.rfind(b"PK\x05\x06")
    if found < 0 or len(tail) < found + 22:
        return
    directory_size = int.from_bytes(tail[found + 12 : found + 16], "little")
    start = window + found - directory_size
    if start >= 0 and (directory_size == 0 or view[start : start + 4] == b"PK\x01\x02"):
        raise polyglot()


def refuse_script_in(view: View, start: int, end: int) -> None:
    """Raise Unfit when the words beside a picture hold a script."""
    if _SCRIPT.search(view, start, end):
        raise polyglot()
