"""A saved email as words: who, when, what about, the text, and what is attached by name.

Of each part only the beginning is read, so that a long one takes no more memory; nothing remote is fetched.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message
from email.parser import BytesParser
from typing import IO

from kscb_actions.files.limits import CHUNK
from kscb_actions.text import one_line

from .html import words_of_html
from .text import Text, decoded, shown

SHOWN_HEADERS = ("From", "To", "Cc", "Date", "Subject")
SHOWN_ATTACHMENTS = 50
_PART_BYTES = 64 * 1024
_LATER_PART_BYTES = 4 * 1024
# The text of a mail is in the first of them, before what is attached.
_FIRST_PARTS = 6
_MOST_PARTS = 300
# What of a part's length may be lost in counting it from what was parsed.
_SLACK = 2_000
_HEADER_CHARACTERS = 2_000
_NAME_CHARACTERS = 150
# What Python decodes in other ways than as a table of characters can take time out of all proportion.
_CHARSETS = re.compile(
    r"(?:us-ascii|ascii|utf-?8|utf-?16(?:[bl]e)?|iso-?8859-\d+|latin-?1|windows-125\d|cp\d+|koi8-[ru]|"
    r"big5|gb2312|gbk|gb18030|shift_jis|euc-(?:jp|kr)|iso-2022-(?:jp|kr)|macintosh)\Z",
    re.IGNORECASE | re.ASCII,
)


class Unreadable(Exception):
    """An email is nested too deeply to be shown."""


@dataclass(frozen=True)
class Mail:
    """An email as it is shown. `attached`: names; `is_all`: they are all there are."""

    headers: list[tuple[str, str]]
    text: Text
    attached: list[str]
    is_all: bool


def read_mail(stream: IO[bytes]) -> Mail:
    """Return what is shown of an email that was judged to be one. Raises Unreadable."""
    data, is_whole = _without_long_parts(stream)
    try:
        message = BytesParser().parsebytes(data)
    except RecursionError as error:
        raise Unreadable() from error
    headers = [(name, _words(message[name])) for name in SHOWN_HEADERS if message[name]]
    plain, html, attached = None, None, []
    for part in _parts(message):
        if name := _attached_name(part):
            attached.append(name)
        elif part.get_content_type() == "text/html":
            html = html or part
        elif part.get_content_maintype() == "text":
            plain = plain or part
    body = plain if plain is not None else html
    text = _text_of(body) if body is not None else shown("", is_whole)
    is_all = is_whole and len(attached) <= SHOWN_ATTACHMENTS
    return Mail(headers, text, attached[:SHOWN_ATTACHMENTS], is_all)


def _without_long_parts(stream: IO[bytes]) -> tuple[bytes, bool]:
    """Return the beginning of each part, with what is between them, and whether that goes to the last.

    A line that begins with two hyphens may be where a part ends, and none of packed bytes is one.
    """
    kept: list[bytes] = []
    parts, left, at_line_start = 1, _PART_BYTES, True
    while line := stream.readline(CHUNK):
        if at_line_start and line.startswith(b"--"):
            parts += 1
            left = _PART_BYTES if parts <= _FIRST_PARTS else _LATER_PART_BYTES
        at_line_start = line.endswith(b"\n")
        if parts > _MOST_PARTS:
            return b"".join(kept), False
        if left > 0:
            kept.append(line[:left])
            left -= len(line)
            if left <= 0:
                kept.append(b"\n")
    return b"".join(kept).removeprefix(b"\xef\xbb\xbf"), True


def _parts(message: Message) -> Iterator[Message]:
    """Yield the parts in their order, an attached email as one. By hand: nesting may be deep."""
    waiting = [message]
    while waiting:
        part = waiting.pop()
        inside = part.get_payload() if part.get_content_maintype() == "multipart" else None
        if isinstance(inside, list):
            waiting += [each for each in reversed(inside) if isinstance(each, Message)]
        else:
            yield part


def _attached_name(part: Message) -> str:
    """Return what an attachment is called; empty for what is the text of the mail."""
    try:
        name = part.get_filename() or ""
    except (ValueError, LookupError, TypeError):
        name = "attachment"
    if not name and part.get_content_maintype() == "text":
        return "attachment" if _is_attachment(part) else ""
    if not name and part.get_content_maintype() == "message":
        return "an email"
    return _words(name)[:_NAME_CHARACTERS] or part.get_content_type()


def _is_attachment(part: Message) -> bool:
    return str(part.get("content-disposition", "")).strip().lower().startswith("attachment")


def _words(value: object) -> str:
    """Return a header's value decoded, on one line, and cut where it is out of all proportion."""
    raw = str(value)[:_HEADER_CHARACTERS]
    try:
        decoded_value = str(make_header(decode_header(raw)))
    except (ValueError, LookupError, TypeError, AttributeError, HeaderParseError):
        decoded_value = raw
    return one_line(decoded_value)


def _text_of(part: Message) -> Text:
    payload = part.get_payload(decode=True)
    data = payload if isinstance(payload, bytes) else b""
    try:
        charset = part.get_content_charset() or ""
        words = data.decode(charset, "replace") if _CHARSETS.match(charset) else decoded(data)
    except (ValueError, LookupError, TypeError):
        words = decoded(data)
    read = len(str(part.get_payload())) + sum(len(name) + len(str(value)) for name, value in part.items())
    is_whole = read < _PART_BYTES - _SLACK
    return shown(words_of_html(words) if part.get_content_type() == "text/html" else words, is_whole)
