"""Saved emails, put together line by line."""

import base64

HEADER = (
    "From: lead@health.example\r\nTo: board@kscb.example\r\nSubject: Dip sample of ten files\r\n"
    "Date: Fri, 30 Mar 2012 09:00:00 +0100\r\nMessage-ID: <1@health.example>\r\nMIME-Version: 1.0\r\n"
)


def email(body: str = "The sample is attached.\r\n", more: str = "Content-Type: text/plain\r\n") -> bytes:
    """Return an email of one part."""
    return f"{HEADER}{more}\r\n{body}".encode()


def part(headers: str, body: bytes) -> bytes:
    """Return a part of a message, its body as it stands."""
    return headers.encode() + b"\r\n" + body


def attachment(name: str, content: bytes, line: int = 76, kind: str = "application/octet-stream") -> bytes:
    """Return an attached file in base64, in lines of `line` letters."""
    letters = base64.b64encode(content).decode()
    lines = "\r\n".join(letters[at : at + line] for at in range(0, len(letters), line))
    disposition = f'Content-Disposition: attachment; filename="{name}"\r\n' if name else ""
    return part(f"Content-Type: {kind}\r\nContent-Transfer-Encoding: base64\r\n{disposition}", lines.encode())


def multipart(*parts: bytes, boundary: str = "b1", header: str = HEADER) -> bytes:
    """Return an email of several parts."""
    mark = f"\r\n--{boundary}\r\n".encode()
    return (
        f'{header}Content-Type: multipart/mixed; boundary="{boundary}"\r\n\r\nIn several parts.'.encode()
        + mark
        + mark.join(parts)
        + f"\r\n--{boundary}--\r\n".encode()
    )


def email_with(name: str, content: bytes, line: int = 76) -> bytes:
    """Return an email with one file attached."""
    return multipart(part("Content-Type: text/plain\r\n", b"See attached."), attachment(name, content, line))
