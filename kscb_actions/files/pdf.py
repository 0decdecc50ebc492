"""PDF files.

Kept: forms with scripts (readers run them in a sandbox, and board policies are often fillable forms) and
files locked against change (most open without a password; nothing is opened here). Not kept: files that start
a program, files carrying other files, which nobody would have judged, and files whose objects are packed so
that they cannot be looked through.
"""

import re
import zlib

from .limits import CHUNK, Unfit, UnpackQuota, View, damaged, is_program, polyglot, refuse_zip_at_end

HEADER = re.compile(rb"%PDF-\d\.\d")
HEADER_WITHIN = 1024
_OBJECT = re.compile(rb"\d\s+\d+\s+obj\b")
_END_WITHIN = 4096
_OVERLAP = 256
_PIECE = 1024


def _name(word: str) -> bytes:
    # Any letter of a PDF name may be written as # and two hexadecimal digits (ISO 32000-1, 7.3.5).
    letters = (rb"(?:%c|#(?i:%02x))" % (ord(letter), ord(letter)) for letter in word)
    return rb"/" + b"".join(letters) + rb"(?![A-Za-z0-9])"


# White space and remarks, which may stand between any two words (ISO 32000-1, 7.2.3 and 7.2.4).
# Bounded, because a file may be made of nothing else.
_SPACE = rb"(?:[\x00\s]++|%[^\r\n]{0,255}+[\r\n]){0,16}+"
_LAUNCH = re.compile(
    _name("S") + _SPACE + _name("Launch") + rb"|\bobj\b" + _SPACE + _name("Launch") + _SPACE + rb"endobj"
)
_EMBEDDED = re.compile(_name("EmbeddedFile") + b"|" + _name("EmbeddedFiles"))
# By its type, or by the place of its first object; that of an outline's first item is a reference.
_NUMBER = rb"\d++"
_OBJECT_STREAM = re.compile(
    _name("ObjStm") + b"|" + _name("First") + _SPACE + _NUMBER + rb"(?!" + _SPACE + _NUMBER + _SPACE + rb"R)"
)
_STREAM = re.compile(rb"(?<!end)stream")
_FILTER = re.compile(_name("Filter"))
_FLATE = b"(?:" + _name("FlateDecode") + b"|" + _name("Fl") + b")"
_FLATE_ALONE = re.compile(
    _name("Filter") + _SPACE + rb"(?:\[" + _SPACE + _FLATE + _SPACE + rb"\]|" + _FLATE + b")"
)
_PREDICTED = re.compile(_name("Predictor") + _SPACE + rb"(?!1\D)\d")
_LOCKED = re.compile(_name("Encrypt"))
_DICTIONARY_LIMIT = 4096


def is_pdf(view: View) -> bool:
    """Return whether a reader would open this as a PDF: its header may follow 1024 bytes of anything."""
    return _find(HEADER, view, 0, HEADER_WITHIN)[0] >= 0 and view.rfind(b"startxref") >= 0


def judge_pdf(view: View, quota: UnpackQuota) -> None:
    """Raise Unfit unless the bytes are a whole PDF, nothing else too, that starts and carries nothing."""
    header_at, _ = _find(HEADER, view, 0, HEADER_WITHIN)
    if header_at < 0:
        raise damaged()
    if _is_something_else(view[:header_at]):
        raise polyglot()
    if b"%%EOF" not in view[-_END_WITHIN:] or view.rfind(b"startxref") < 0 or _find(_OBJECT, view)[0] < 0:
        raise damaged()
    refuse_zip_at_end(view)
    refuse_active(view, quota)


def refuse_active(view: View, quota: UnpackQuota) -> None:
    """Raise Unfit when the PDF starts a program or carries files, also inside its packed object streams."""
    _refuse_in(view)
    is_locked = _find(_LOCKED, view)[0] >= 0
    start = read_until = 0
    _, at = _find(_OBJECT_STREAM, view)
    while at >= 0:
        if at > start:
            _, start = _find(_STREAM, view, at)
        if start < 0:
            return
        if start >= read_until:
            if is_locked:
                raise Unfit(
                    "is locked with a password, and packed so that it cannot be looked through",
                    "Save it without the password, or print it to PDF again, and attach that.",
                )
            read_until = _refuse_in_packed(view, start, _is_packed(view, at, start), quota)
        _, at = _find(_OBJECT_STREAM, view, at)


def _is_packed(view: View, at: int, start: int) -> bool:
    """Return whether the object stream around `at`, whose data begin at `start`, says that it is packed.

    Every program packs them in the one way that is unpacked here; another would hide what is inside.
    """
    begin = max(at - _DICTIONARY_LIMIT, view.rfind(b"obj", max(0, at - _DICTIONARY_LIMIT), at), 0)
    said = view[begin : min(start, at + _DICTIONARY_LIMIT)]
    if not _FILTER.search(said):
        return False
    if not _FLATE_ALONE.search(said) or _PREDICTED.search(said):
        raise Unfit("is packed in an unusual way", "Print it to PDF again and attach the new file.")
    return True


def _find(pattern: re.Pattern[bytes], view: View, start: int = 0, end: int | None = None) -> tuple[int, int]:
    # Start and end of the first match, or -1 twice. A match object kept in a frame would keep the map open.
    found = pattern.search(view, start, len(view) if end is None else end)
    return found.span() if found else (-1, -1)


def _refuse_in_packed(view: View, start: int, is_packed: bool, quota: UnpackQuota) -> int:
    # Answers where it stopped, so that no byte is unpacked twice however many markers point at it.
    while view[start : start + 1] in (b"\r", b"\n"):
        start += 1
    unpacker = zlib.decompressobj()
    kept = b""
    while not unpacker.eof:
        piece = unpacker.unconsumed_tail or view[start : start + _PIECE]
        if not piece:
            break
        start += 0 if unpacker.unconsumed_tail else len(piece)
        try:
            unpacked = unpacker.decompress(piece, CHUNK)
        except zlib.error as error:
            if is_packed and not kept:
                raise damaged() from error
            break
        quota.spend(len(unpacked))
        _refuse_in(kept + unpacked)
        kept = (kept + unpacked)[-_OVERLAP:]
    return start - len(unpacker.unused_data)


def _refuse_in(data: View) -> None:
    if _LAUNCH.search(data):
        raise Unfit("starts a program when it is opened", "Print it to PDF again and attach the new file.")
    if _EMBEDDED.search(data):
        raise Unfit(
            "has other files attached inside it",
            "Attach those on their own, and print this one to PDF again without them.",
        )


def _is_something_else(lead: bytes) -> bool:
    text = lead.lstrip(b"\xef\xbb\xbf \t\r\n\x00").lower()
    known = (b"<", b"pk", b"\x89png", b"\xff\xd8", b"gif8", b"\xd0\xcf", b"rar!", b"7z", b"{\\rtf", b"@echo")
    return text.startswith(known) or is_program(lead.ljust(64, b"\x00")) or text.startswith(b"mz")
