"""Plain text and comma-separated text."""

import codecs
import re
from collections.abc import Iterator
from typing import IO

from .limits import CHUNK, Unfit

_OVERLAP = 512
_CONTROLS = re.compile("[\x00-\x08\x0e-\x19\x1b-\x1f\x7f\ufffe\uffff]")
_MARKUP_START = re.compile(
    r"\s*+(?:(?><!--.*?-->|<\?xml[^>]*>)\s*+)*+<(?:!doctype|html|head|body|script|svg|iframe|object|embed|style|meta|"
    r"title|table|div|form|img|link|base|a\s|p>|h1|br|b>|job|package|hta:|\?|%)",
    re.IGNORECASE | re.DOTALL,
)
_PROGRAM_START = re.compile(
    r"\s*(?:#!|@echo\b|\{\\rtf|%!ps|windows registry editor|regedit4|\[internetshortcut\]|\[desktop entry\]|"
    r"\[autorun\]|set-executionpolicy)",
    re.IGNORECASE,
)
_PROGRAM_ANYWHERE = re.compile(
    r"</script\s*>|<\?php\s|<hta:application|createobject\s*\(\s*[\"']wscript|new\s+activexobject|"
    r"powershell(?:\.exe)?\s+-e(?:nc|c|p|x)",
    re.IGNORECASE,
)
_STARTING_FORMULA = re.compile(
    r"(?:^|[,;\t\"])[ ]*+[=+@-][^\r\n,;\t\"|]{0,64}+\|(?:'[^'\r\n]{0,400}+'|[\w.]{0,40}+)!", re.MULTILINE
)


def judge_text(stream: IO[bytes], is_table: bool) -> None:
    """Raise Unfit unless the bytes are readable text that is neither a page nor a script.

    UTF-16 needs its byte order mark; without a mark UTF-8 is tried, then Windows-1252. `is_table`: the cells
    of a spreadsheet must not start a program either.
    """
    for encoding in _encodings(stream):
        if _is_readable(stream, encoding):
            _refuse_scripts(_text(stream, encoding), is_table)
            return
    raise Unfit(
        "is not plain text",
        "Check that you chose the right file, or save it as plain text (UTF-8) and attach that.",
    )


def _encodings(stream: IO[bytes]) -> tuple[str, ...]:
    stream.seek(0)
    mark = stream.read(3)
    if mark.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return ("utf-16",)
    return ("utf-8-sig",) if mark == codecs.BOM_UTF8 else ("utf-8", "cp1252")


def _is_readable(stream: IO[bytes], encoding: str) -> bool:
    try:
        return not any(_CONTROLS.search(text) for text in _text(stream, encoding))
    except UnicodeDecodeError:
        return False


def _text(stream: IO[bytes], encoding: str) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(encoding)()
    stream.seek(0)
    while chunk := stream.read(CHUNK):
        yield decoder.decode(chunk)
    yield decoder.decode(b"", final=True)


def _refuse_scripts(pieces: Iterator[str], is_table: bool) -> None:
    kept = ""
    for number, piece in enumerate(pieces):
        text = kept + piece
        if (number == 0 and _MARKUP_START.match(text)) or _PROGRAM_ANYWHERE.search(text):
            raise Unfit("is a web page or a script", "Save what it shows as a PDF and attach that.")
        if number == 0 and _PROGRAM_START.match(text):
            raise Unfit("is not plain text but a script", "Save what it shows as a PDF and attach that.")
        if is_table and _STARTING_FORMULA.search(text):
            raise Unfit("holds a formula that starts a program", "Remove it, save it again and attach that.")
        kept = text[-_OVERLAP:]
