"""JPEG and PNG pictures: read by Pillow as far as a picture can be judged without drawing it.

Drawing is never tried, because a small file can hold a picture that fills the memory. Pillow is shown the
picture alone, without what cameras and programs write beside it: it would unpack all that as it opens.
"""

import itertools
import struct
from collections.abc import Iterator

from .limits import (
    CHUNK,
    MIB,
    PNG_SIGNATURE,
    Unfit,
    View,
    damaged,
    refuse_script_in,
    refuse_zip_at_end,
    spooled,
)

PIXEL_LIMIT = 1_000_000_000
TABLES_LIMIT = MIB
_PARTS_LIMIT = 100_000
_SCAN, _END, _COMMENT = 0xDA, 0xD9, 0xFE
_WITHOUT_LENGTH = {0x01, *range(0xD0, 0xD9)}
# Between the markers of frames: tables, and one that is reserved.
_NO_FRAME = (0xC4, 0xC8, 0xCC)
_WORDS = (b"tEXt", b"iTXt")
_UNREADABLE = (OSError, SyntaxError, ValueError, IndexError, TypeError, OverflowError, struct.error)


def judge_jpeg(view: View) -> None:
    """Raise Unfit unless a frame, a scan and an end follow (ITU-T T.81, annex B).

    Bytes after the end are let be, because phones put film and depth there, unless they are an archive.
    """
    from PIL.JpegImagePlugin import JpegImageFile

    tables = bytearray(view[:2])
    end = 2
    for marker, start, end in _segments(view):
        if marker == _COMMENT or 0xE0 <= marker <= 0xEF:
            refuse_script_in(view, start, end)
        else:
            tables += view[start:end]
        if len(tables) > TABLES_LIMIT:
            raise damaged()
    with spooled(iter((bytes(tables),))) as picture:
        try:
            _check_size(JpegImageFile(picture).size)
        except _UNREADABLE as error:
            raise damaged() from error
    if view.find(b"\xff\xd9", end) < 0:
        raise damaged()
    refuse_zip_at_end(view)


def _segments(view: View) -> Iterator[tuple[int, int, int]]:
    # Marker, start and end of each segment, up to the first scan's header.
    at = 2
    for _ in range(_PARTS_LIMIT):
        while view[at : at + 2] == b"\xff\xff":
            at += 1
        part = view[at : at + 4]
        if len(part) < 4 or part[0] != 0xFF or part[1] == _END:
            raise damaged()
        marker, length = part[1], int.from_bytes(part[2:], "big")
        end = at + 2 + (0 if marker in _WITHOUT_LENGTH else length)
        if end > len(view) or (length < 2 and marker not in _WITHOUT_LENGTH):
            raise damaged()
        yield marker, at, end
        if marker == _SCAN:
            return
        at = end
    raise damaged()


def judge_png(view: View) -> None:
    """Raise Unfit unless the picture's chunks are whole and their checksums right (ISO/IEC 15948, 5.3).

    Bytes after the end are let be, because some screenshot programs leave old ones there, unless they are
    an archive or a script.
    """
    from PIL.PngImagePlugin import PngImageFile

    drawn = []
    end = len(PNG_SIGNATURE)
    for kind, start, end in _chunks(view):
        if kind in _WORDS:
            refuse_script_in(view, start, end)
        if not kind[:1].islower():
            drawn.append((start, end))
    pieces = (view[at : min(at + CHUNK, stop)] for start, stop in drawn for at in range(start, stop, CHUNK))
    with spooled(itertools.chain((PNG_SIGNATURE,), pieces)) as picture:
        try:
            image = PngImageFile(picture)
            _check_size(image.size)
            image.verify()
        except _UNREADABLE as error:
            raise damaged() from error
    refuse_script_in(view, end, end + 4096)
    refuse_zip_at_end(view)


def _chunks(view: View) -> Iterator[tuple[bytes, int, int]]:
    # Kind, start and end of each chunk, up to the one that ends the picture.
    at = len(PNG_SIGNATURE)
    for _ in range(_PARTS_LIMIT):
        kind = view[at + 4 : at + 8]
        end = at + 12 + int.from_bytes(view[at : at + 4], "big")
        if len(kind) < 4 or end > len(view):
            raise damaged()
        yield kind, at, end
        if kind == b"IEND":
            return
        at = end
    raise damaged()


def _check_size(size: tuple[int, int]) -> None:
    if size[0] * size[1] > PIXEL_LIMIT:
        raise Unfit("is a picture of too many pixels", "Make it smaller, save it again and attach that.")


def pixels_of(view: View) -> int:
    """Return how many pixels a JPEG or PNG picture claims to have. Raises Unfit where it does not say."""
    if view[: len(PNG_SIGNATURE)] == PNG_SIGNATURE:
        return int.from_bytes(view[16:20], "big") * int.from_bytes(view[20:24], "big")
    for marker, start, _ in _segments(view):
        if 0xC0 <= marker <= 0xCF and marker not in _NO_FRAME:
            frame = view[start + 5 : start + 9]
            return int.from_bytes(frame[:2], "big") * int.from_bytes(frame[2:], "big")
    raise damaged()
