"""The headers an evidence file is sent with: always an attachment, its type from a fixed map."""

from urllib.parse import quote

from .file_types import MEDIA_TYPES

_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 ._-()")
_KNOWN = frozenset(MEDIA_TYPES.values())


def headers_for(name: str, media_type: str, size: int) -> dict[str, str]:
    """Headers for a file of `size` bytes. A type that is not on the map is sent as plain bytes."""
    return {
        "Content-Type": media_type if media_type in _KNOWN else "application/octet-stream",
        "Content-Length": str(size),
        "Content-Disposition": disposition(name),
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }


def disposition(name: str) -> str:
    """Content-Disposition for a file's own name (RFC 6266): for old browsers a plain form of it, in which
    whatever could end or change the header is an underscore; for all others the name itself, percent-encoded.
    """
    plain = "".join(letter if letter in _PLAIN else "_" for letter in name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='', errors='replace')}"
