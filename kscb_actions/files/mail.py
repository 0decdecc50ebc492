"""Saved emails (.eml, RFC 5322 and MIME), walked line by line so that a long one takes no more memory."""

import io
import quopri
import re
import tempfile
from collections.abc import Callable, Iterator
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message
from email.parser import BytesHeaderParser
from typing import IO, Protocol

from .encodings import Uuencoded, base64_lines, uuencoded_lines, without_remarks
from .limits import CHUNK, MIB, EmbeddedFile, Unfit, UnpackQuota


class Sink(Protocol):
    """Where the decoded bytes of a part go."""

    def write(self, data: bytes, /) -> object: ...


HEADER_LIMIT = 512 * 1024
PARTS_LIMIT = 2_000
PLAIN = frozenset(("", "7bit", "8bit", "binary"))
UUENCODINGS = frozenset(("x-uuencode", "uuencode", "x-uue", "uue"))

_FIRST_LINE = re.compile(rb"(?:\xef\xbb\xbf)?(?:From [^\r\n]+|[!-9;-~]+[ \t]*:[^\r\n]*)\r?\n?\Z")
_WHO_AND_WHAT = {"from", "sender", "to", "subject", "received", "message-id"}
_USUAL = _WHO_AND_WHAT | {"date", "cc", "mime-version", "content-type", "return-path", "reply-to", "x-unsent"}
_OPENS, _CLOSES, _ENDS = "opens", "closes", "ends"


def embedded_in_mail(stream: IO[bytes], quota: UnpackQuota) -> Iterator[EmbeddedFile]:
    """Yield each attachment and picture, decoded. Raises Unfit when the stream is not an email."""
    header: Message | None = _first_header(stream)
    boundaries: set[bytes] = set()
    for _ in range(PARTS_LIMIT):
        if header is None:
            return
        kind = header.get_content_maintype()
        if kind == "message":
            header = _read_header(stream)
            continue
        if boundary := _boundary(header):
            boundaries.add(boundary)
        name = _file_name(header)
        if kind == "multipart" and not name:
            ended = _skip_body(stream, boundaries, quota)
        elif kind == "text" and not name:
            found = Uuencoded(quota)
            ended = _copy_body(stream, boundaries, _decoder(header, is_shown=True), found, quota)
            yield from found.files
        else:
            content = tempfile.SpooledTemporaryFile(max_size=MIB)
            ended = _copy_body(stream, boundaries, _decoder(header), content, quota)
            content.seek(0)
            yield EmbeddedFile(name or "attachment", content)
        while ended == _CLOSES:
            ended = _skip_body(stream, boundaries, quota)
        header = _read_header(stream) if ended == _OPENS else None
    raise Unfit("holds too many parts", "Attach what matters in it on its own.")


def _first_header(stream: IO[bytes]) -> Message:
    stream.seek(0)
    first = stream.readline(CHUNK)
    stream.seek(3 if first.startswith(b"\xef\xbb\xbf") else 0)
    if not _FIRST_LINE.match(first):
        raise _not_an_email()
    header = _read_header(stream)
    names = {name.lower() for name in header.keys()}
    if len(names & _USUAL) < 2 or not names & _WHO_AND_WHAT:
        raise _not_an_email()
    return header


def _not_an_email() -> Unfit:
    return Unfit("is not a saved email", "In your mail program choose Save As, or print the email to PDF.")


def _read_header(stream: IO[bytes]) -> Message:
    lines: list[bytes] = []
    length = 0
    while (line := stream.readline(CHUNK)).strip(b"\r\n"):
        lines.append(line)
        length += len(line)
        if length > HEADER_LIMIT or b"\x00" in line:
            raise _not_an_email()
    return BytesHeaderParser().parsebytes(b"".join(lines))


def _boundary(header: Message) -> bytes | None:
    # The email package raises these for parameters it cannot decode; mail programs show such a part as text.
    try:
        boundary = header.get_boundary()
    except (ValueError, LookupError, TypeError):
        return None
    return boundary.encode("utf-8", "surrogateescape") if boundary else None


def _file_name(header: Message) -> str:
    try:
        name = header.get_filename() or ""
        return str(make_header(decode_header(name)))
    except (ValueError, LookupError, TypeError, AttributeError, HeaderParseError):
        return "attachment"


def _copy_body(
    stream: IO[bytes],
    boundaries: set[bytes],
    decode: Callable[[bytes], bytes],
    into: Sink,
    quota: UnpackQuota,
) -> str:
    at_line_start = True
    while line := stream.readline(CHUNK):
        if at_line_start and line.startswith(b"--"):
            mark = line[2:].rstrip(b" \t\r\n")
            if mark in boundaries:
                return _OPENS
            if mark.endswith(b"--") and mark[:-2] in boundaries:
                return _CLOSES
        at_line_start = line.endswith(b"\n")
        data = decode(line)
        quota.spend(len(data))
        into.write(data)
    return _ENDS


def _skip_body(stream: IO[bytes], boundaries: set[bytes], quota: UnpackQuota) -> str:
    return _copy_body(stream, boundaries, lambda line: b"", io.BytesIO(), quota)


def _decoder(header: Message, is_shown: bool = False) -> Callable[[bytes], bytes]:
    """Return what decodes the lines of a part. Raises Unfit for an encoding not known, but of shown text."""
    told = {without_remarks(str(each)) for each in header.get_all("content-transfer-encoding", [""])}
    encoding = told.pop() if len(told) == 1 else "several"
    if encoding == "base64":
        return base64_lines()
    if encoding == "quoted-printable":
        return quopri.decodestring
    if encoding in UUENCODINGS:
        return uuencoded_lines
    if encoding in PLAIN or is_shown:
        return lambda line: line
    raise Unfit(
        "has a part that is packed in an unusual way",
        "Save what is attached to it and attach that on its own.",
    )
