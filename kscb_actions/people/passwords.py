"""Judging, keeping and checking passwords: zxcvbn, argon2id, and the same work for an unknown address."""

import hashlib
import math
import re
import secrets
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from threading import BoundedSemaphore, Lock

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

HASHER = PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=1)
MIN_LENGTH = 12
MAX_LENGTH = 128
# zxcvbn takes seconds over long texts full of look-alikes, and this much is enough to be strong.
JUDGED_LENGTH = 40
# How many guesses the parts of a password must take together that are nobody's words and no year.
MIN_GUESSES = 10**7
PRODUCT_WORDS = (
    "safeguarding", "children", "child", "board", "partnership", "panel", "council", "county", "agency",
    "review", "serious", "case", "death", "action", "plan", "tracker", "evidence", "assurance",
)  # fmt: skip
_JOINTS = re.compile(r"[\s.,:;!?_-]+")
_judging = Lock()
# Each takes a processor and 64 MB for a tenth of a second: more at once would hold up every page of a worker.
AT_ONCE = 2
_places = BoundedSemaphore(AT_ONCE)


def why_weak(password: str, local_words: Iterable[str] = ()) -> str | None:
    """Return why this password is refused, for the reader; None when it is good.

    At least 12 characters, no composition rules, common and local words refused (OWASP ASVS 5.0, 6.2).
    `local_words` are what a stranger would try first: the person's, the agencies', the board's own names.
    """
    if len(password) < MIN_LENGTH:
        return f"Use at least {MIN_LENGTH} characters. Three random words work well."
    if len(password) > MAX_LENGTH:
        return f"Use at most {MAX_LENGTH} characters."
    password = normal_form(password)
    words = {*PRODUCT_WORDS, *(_JOINTS.sub("", word) for word in local_words if len(word) > 3)}
    own = [part for part in _parts_of(password, sorted(words)) if not _is_tried_first(part)]
    if math.prod(part["guesses"] for part in own) >= MIN_GUESSES:
        return None
    if any(part["pattern"] == "repeat" for part in own):
        return "This repeats the same few characters. Three random words work well."
    return "This is made of words that are tried first. Three random words work well."


def _parts_of(password: str, words: list[str]) -> list[dict]:
    # Loaded here because its lists of words take 12 MB, and few requests set a password.
    from zxcvbn import zxcvbn

    judged = _JOINTS.sub("", password)[:JUDGED_LENGTH]
    # zxcvbn keeps the words it is given in a table that all threads share.
    with _judging:
        return zxcvbn(judged, words)["sequence"] if judged else []


def _is_tried_first(part: dict) -> bool:
    return part.get("dictionary_name") == "user_inputs" or part.get("regex_name") == "recent_year"


class TooBusy(Exception):
    """As many passwords as may be are worked on at this moment: it is to be tried again in some seconds."""


@contextmanager
def _a_place() -> Iterator[None]:
    """Hold one of the places for the work of a password; raises TooBusy at once when there is none."""
    if not _places.acquire(blocking=False):
        raise TooBusy
    try:
        yield
    finally:
        _places.release()


def hash_password(password: str) -> str:
    """Return the argon2id hash to keep, of the password's normal form. Raises TooBusy."""
    with _a_place():
        return HASHER.hash(normal_form(password))


def normal_form(password: str) -> str:
    """Return a password as every keyboard sends it: in Unicode's form NFKC (NIST SP 800-63B, 3.1.1.2).

    An accent is one character on one machine and two on another, and a space may be one that does not break.
    """
    return unicodedata.normalize("NFKC", password)


def matches(kept: str | None, password: str) -> bool:
    """Return whether this is the password behind `kept`; takes the same time when nothing is kept.

    One that was kept before passwords had a normal form is the one that is typed, character for character.
    Raises TooBusy.
    """
    with _a_place():
        tried = [_verifies(kept or _nobodys_hash(), each) for each in {normal_form(password), password}]
    return any(tried) and kept is not None


def _verifies(kept: str, password: str) -> bool:
    try:
        return HASHER.verify(kept, password)
    except (VerificationError, InvalidHashError):
        return False


# Compared with where no hash is kept, so that an unknown address takes as long as a wrong password.
@cache
def _nobodys_hash() -> str:
    return HASHER.hash(secrets.token_hex())


def new_token() -> str:
    """Return a token nobody can guess, fit for a URL or a cookie."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """Return what a row keeps of a token."""
    return hashlib.sha256(token.encode()).hexdigest()
