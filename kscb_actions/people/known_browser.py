"""A browser in which somebody has signed in before, so that strangers cannot lock them out.

Wrong passwords are counted by address, and anybody can use up an address's tries. A browser that has once
signed in carries a signed cookie and has an allowance of its own. The cookie opens nothing, holds for one
account, and ends with that account's password.
"""

import hashlib

from itsdangerous import BadSignature, URLSafeTimedSerializer

from .models import User
from .passwords import new_token

# OWASP calls it a device cookie: https://owasp.org/www-community/Slow_Down_Online_Guessing_Attacks_with_Device_Cookies
KNOWN_SECONDS = 365 * 24 * 3600


class KnownBrowsers:
    """Makes and reads the cookies, signed with `secret`."""

    def __init__(self, secret: str) -> None:
        self._serializer = URLSafeTimedSerializer(secret, salt="known-browser")

    def cookie_for(self, person: User, present: str = "") -> str:
        """Return a cookie for this browser; one that is known already (`present`) keeps its name."""
        name = self.name_of(person, present) or new_token()
        return str(self._serializer.dumps([person.id, name, _mark(person)]))

    def name_of(self, person: User | None, cookie: str) -> str | None:
        """Return the browser's name, when `cookie` says that `person` has signed in there; else None."""
        found = self._read(cookie)
        if found is None or person is None:
            return None
        person_id, name, mark = found
        return name if (person_id, mark) == (person.id, _mark(person)) else None

    def has_made(self, cookie: str) -> bool:
        """Return whether `cookie` is one of ours, whoever it was made for."""
        return self._read(cookie) is not None

    def _read(self, cookie: str) -> tuple[int, str, str] | None:
        try:
            person_id, name, mark = self._serializer.loads(cookie, max_age=KNOWN_SECONDS)
        except (BadSignature, ValueError, TypeError):
            return None
        return person_id, name, mark


def cookie_name(session_cookie: str) -> str:
    """Return what the cookie is called beside the session's."""
    return f"{session_cookie}-known"


def _mark(person: User) -> str:
    return hashlib.sha256((person.password_hash or "").encode()).hexdigest()[:16]
