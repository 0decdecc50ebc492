"""JPEG and PNG pictures, walked from part to part without drawing them."""

import struct
import zlib

from .limits import PNG_SIGNATURE, Unfit, View, damaged, refuse_script_in, refuse_zip_at_end

PIXEL_LIMIT = 1_000_000_000
_PARTS_LIMIT = 100_000
_FRAME_MARKERS = set(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_SCAN, _END, _COMMENT = 0xDA, 0xD9, 0xFE
_WITHOUT_LENGTH = {0x01, *range(0xD0, 0xD9)}


def judge_jpeg(view: View) -> None:
    """Raise Unfit unless a frame, a scan and an end follow (ITU-T T.81, annex B).

    Bytes after the end are let be, because phones put film and depth there, unless they are an archive.
    """
    at, has_frame = 2, False
    for _ in range(_PARTS_LIMIT):
        while view[at : at + 2] == b"\xff\xff":
            at += 1
        part = view[at : at + 4]
        if len(part) < 4 or part[0] != 0xFF or part[1] == _END:
            raise damaged()
        marker, length = part[1], int.from_bytes(part[2:], "big")
        if marker in _WITHOUT_LENGTH:
            at += 2
            continue
        body = view[at + 4 : at + 2 + length]
        if length < 2 or len(body) != length - 2:
            raise damaged()
        if marker in _FRAME_MARKERS:
            has_frame = True
            _check_size(*struct.unpack(">HH", body[1:5].ljust(4, b"\x00")))
        if marker == _COMMENT or 0xE0 <= marker <= 0xEF:
            refuse_script_in(body)
        at += 2 + length
        if marker == _SCAN:
            break
    if not has_frame or view.find(b"\xff\xd9", at) < 0:
        raise damaged()
    refuse_zip_at_end(view)


def judge_png(view: View) -> None:
    """Raise Unfit unless every chunk up to IEND is whole and its checksum right (ISO/IEC 15948, 5.3).

    Bytes after the end are let be, because some screenshot programs leave old ones there, unless they are
    an archive or a script.
    """
    at, seen = len(PNG_SIGNATURE), set[bytes]()
    for _ in range(_PARTS_LIMIT):
        length, kind = int.from_bytes(view[at : at + 4], "big"), view[at + 4 : at + 8]
        end = at + 12 + length
        if len(kind) < 4 or end > len(view) or (not seen) != (kind == b"IHDR"):
            raise damaged()
        body = view[at + 8 : end - 4]
        if zlib.crc32(body, zlib.crc32(kind)) != int.from_bytes(view[end - 4 : end], "big"):
            raise damaged()
        if kind == b"IHDR":
            _check_size(*struct.unpack(">LL", body[:8].ljust(8, b"\x00")))
        if kind in (b"tEXt", b"iTXt"):
            refuse_script_in(body)
        seen.add(kind)
        at = end
        if kind == b"IEND":
            break
    if not {b"IDAT", b"IEND"} <= seen:
        raise damaged()
    refuse_script_in(view[at : at + 4096])
    refuse_zip_at_end(view)


def _check_size(height: int, width: int) -> None:
    # A JPEG may give its height after the scan and 0 before it (T.81, B.2.5).
    if not height and not width:
        raise damaged()
    if height * width > PIXEL_LIMIT:
        raise Unfit("is a picture of too many pixels", "Make it smaller, save it again and attach that.")
