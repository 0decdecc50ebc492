"""Dates of birth, sealed where an installation has a key for them (KSCB_BIRTH_KEY), else not kept at all."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.fernet import Fernet

_key: Fernet | None = None


def use_key(key: str | None) -> None:
    """Seal with this Fernet key from now on; None: keep no date of birth."""
    global _key
    if key is None:
        _key = None
        return
    from cryptography.fernet import Fernet

    _key = Fernet(key)


def are_kept() -> bool:
    """Return whether this installation keeps dates of birth, sealed."""
    return _key is not None


def seal(born_on: date | None) -> str:
    """Return the date as it is stored: sealed, or "" where none is kept."""
    if _key is None or born_on is None:
        return ""
    return _key.encrypt(born_on.isoformat().encode()).decode()


def unseal(sealed: str) -> date | None:
    """Return the date that was sealed; None when it was sealed with another key, or there is no key."""
    if _key is None or not sealed:
        return None
    from cryptography.fernet import InvalidToken

    try:
        return date.fromisoformat(_key.decrypt(sealed).decode())
    except (InvalidToken, ValueError):
        return None
