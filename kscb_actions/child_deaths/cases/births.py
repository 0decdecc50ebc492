"""Dates of birth, encrypted where an installation has a key (KSCB_BIRTH_KEY), else not kept at all."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.fernet import Fernet

_key: Fernet | None = None


def use_key(key: str | None) -> None:
    """Encrypt with this Fernet key from now on; None: keep no date of birth."""
    global _key
    if key is None:
        _key = None
        return
    from cryptography.fernet import Fernet

    _key = Fernet(key)


def are_kept() -> bool:
    """Return whether this installation keeps dates of birth, encrypted."""
    return _key is not None


def encrypt(born_on: date | None) -> str:
    """Return the date as it is stored: encrypted, or "" where none is kept."""
    if _key is None or born_on is None:
        return ""
    return _key.encrypt(born_on.isoformat().encode()).decode()


def decrypt(encrypted: str) -> date | None:
    """Return the date that was encrypted; None when that was with another key, or there is no key."""
    if _key is None or not encrypted:
        return None
    from cryptography.fernet import InvalidToken

    try:
        return date.fromisoformat(_key.decrypt(encrypted).decode())
    except (InvalidToken, ValueError):
        return None
