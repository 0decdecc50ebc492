"""The ways in which mail packs a file into lines of text, read as forgivingly as mail programs read them."""

import base64
import binascii
import re
import string
import tempfile
from collections.abc import Callable
from typing import IO

from .limits import CHUNK, MIB, EmbeddedFile, UnpackQuota

_BASE64 = (string.ascii_letters + string.digits + "+/=").encode()
_OTHER_SIGNS = bytes(set(range(256)) - set(_BASE64))
# What older mail programs write into the text itself; Outlook shows it as an attachment.
_BEGINS = re.compile(rb"begin(-base64)? [0-7]{3,4} +([^\r\n]{1,255})\s*\Z")
_ENDS = (b"end", b"====")


def without_remarks(value: str) -> str:
    """Return the word a header field holds, in lower case, without remarks in brackets and parameters."""
    depth, kept = 0, []
    for letter in value:
        if letter == "(":
            depth += 1
        elif letter == ")":
            depth = max(0, depth - 1)
        elif depth == 0:
            kept.append(letter)
    return "".join(kept).partition(";")[0].strip(" \t\r\n\"'").lower()


def base64_lines() -> Callable[[bytes], bytes]:
    """Return what decodes line after line: other signs are passed over, and padding ends one piece only."""
    waiting = b""

    def decode(line: bytes) -> bytes:
        nonlocal waiting
        *ended, letters = (waiting + line.translate(None, _OTHER_SIGNS)).split(b"=")
        whole = len(letters) // 4 * 4
        waiting = letters[whole:]
        return b"".join(_piece(each) for each in ended if each) + base64.b64decode(letters[:whole])

    return decode


def _piece(letters: bytes) -> bytes:
    # A single letter left over holds no whole byte.
    letters = letters[:-1] if len(letters) % 4 == 1 else letters
    return base64.b64decode(letters + b"=" * (-len(letters) % 4))


def uuencoded_lines(line: bytes) -> bytes:
    """Decode one uuencoded line; what is none gives nothing."""
    line = line.rstrip(b"\r\n")
    if not line or line in _ENDS or _BEGINS.match(line):
        return b""
    # Some programs write more signs than the line's length tells of.
    count = (((line[0] - 32) & 63) * 4 + 5) // 3
    try:
        return binascii.a2b_uu(line[: count + 1])
    except binascii.Error:
        return b""


class Uuencoded:
    """Takes the text of a message, and finds the files that are uuencoded in it."""

    def __init__(self, quota: UnpackQuota) -> None:
        self._found: list[EmbeddedFile] = []
        self._quota = quota
        self._rest = b""
        self._name = ""
        self._decode: Callable[[bytes], bytes] | None = None
        self._content: IO[bytes] | None = None

    @property
    def files(self) -> list[EmbeddedFile]:
        """Return what was found, each from its start."""
        for each in self._found:
            each.content.seek(0)
        return self._found

    def write(self, data: bytes, /) -> None:
        """Read on; a line may come in pieces."""
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            self._read(line)
        if len(self._rest) > CHUNK:
            self._rest = b""

    def _read(self, line: bytes) -> None:
        if begins := _BEGINS.match(line):
            self._decode = base64_lines() if begins[1] else uuencoded_lines
            self._name = begins[2].decode("utf-8", "replace").strip()
            self._content = None
        elif self._decode is None or line.strip() in _ENDS:
            self._decode = None
        elif self._content is not None or _is_packed(line):
            self._content = self._content or self._begun()
            piece = self._decode(line)
            self._quota.spend(len(piece))
            self._content.write(piece)
        else:
            # A sentence that begins so, and goes on in words.
            self._decode = None

    def _begun(self) -> IO[bytes]:
        self._quota.count_entries(1)
        content: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=MIB)
        self._found.append(EmbeddedFile(self._name, content))
        return content


def _is_packed(line: bytes) -> bool:
    """Return whether a line is of a uuencoded file, either way: without blanks, or of the length it tells."""
    line = line.rstrip(b"\r")
    if not line:
        return False
    length = (line[0] - 32) & 63
    signs = len(line) - 1 - (length + 2) // 3 * 4
    is_old_way = 0 < length <= 45 and -4 <= signs <= 1 and all(32 <= sign <= 96 for sign in line)
    return is_old_way or (len(line) % 4 == 0 and not line.translate(None, _BASE64))
