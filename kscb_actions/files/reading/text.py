"""The beginning of a text, as it stands."""

import codecs
import re
from dataclasses import dataclass
from typing import IO

# About ten printed pages; the whole is a download.
SHOWN_CHARACTERS = 20_000
# No character takes more bytes in the encodings that are tried.
_READ_BYTES = 4 * SHOWN_CHARACTERS + 4
_CONTROLS = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]")


@dataclass(frozen=True)
class Text:
    """What is shown of a text, and whether that is all of it."""

    words: str
    is_whole: bool


def read_text(stream: IO[bytes]) -> Text:
    """Return the beginning of a text file.

    By its byte order mark; without one UTF-8 where it is that, else Windows-1252, as it is judged.
    """
    data = stream.read(_READ_BYTES)
    return shown(decoded(data), is_whole=len(data) < _READ_BYTES)


def decoded(data: bytes) -> str:
    """Return bytes as text, in the encoding they seem to have; a character cut off at the end is left out."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return codecs.getincrementaldecoder("utf-16")("replace").decode(data)
    try:
        return codecs.getincrementaldecoder("utf-8-sig")().decode(data)
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def shown(words: str, is_whole: bool = True) -> Text:
    """Return what is shown of words: the beginning, each character that cannot be seen as a mark."""
    words = words.replace("\r\n", "\n").replace("\r", "\n").replace("\x0c", "\n")
    is_whole = is_whole and len(words) <= SHOWN_CHARACTERS
    return Text(_CONTROLS.sub("\ufffd", words[:SHOWN_CHARACTERS]), is_whole)
