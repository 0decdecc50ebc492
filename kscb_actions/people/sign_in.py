"""Checking who somebody is, without telling strangers which addresses are known."""

from datetime import timedelta

from kscb_actions import clock
from kscb_actions.access.policy import SYSTEM, Viewer
from kscb_actions.audit.service import change
from kscb_actions.database import writing
from kscb_actions.text import InvalidInput, one_line

from .known_browser import KnownBrowsers
from .models import SignInAttempt, User
from .passwords import matches
from .rules import RESETS, RESETS_WITHIN, TRIES, TRIES_WITHIN


class TooManyTries(Exception):
    """Too many wrong passwords for this address in the last minutes."""


def check_password(email: str, password: str, browsers: KnownBrowsers, cookie: str = "") -> User | None:
    """Return the active person with this address and password, or None; the work is the same for anybody.

    Raises TooManyTries after ten tries in five minutes at one address, known or not (OWASP ASVS 6.3.1); a
    browser where this person has signed in before (`cookie`) has ten of its own. Each try is counted before
    the password is looked at, so that parallel guesses cannot slip through.
    """
    email = as_address(email)
    user = User.get_or_none(User.email == email, User.is_active)
    browser = browsers.name_of(user, cookie)
    attempt = count_attempt(f"browser {browser}" if browser else email)
    if not matches(user.password_hash if user else None, password):
        _record_refusal(user, attempt)
        return None
    with change(user.viewer) as tx:
        attempt.delete_instance()
        tx.note("person.signed-in", user)
    return user


def count_attempt(key: str) -> SignInAttempt:
    """Count one try of a password under `key` before it is looked at; the row goes when it is right.

    Raises TooManyTries after ten in five minutes.
    """
    attempt = _count(key, TRIES, TRIES_WITHIN)
    if attempt is None:
        raise TooManyTries
    return attempt


def may_request_link(email: str) -> bool:
    """Count one wish for a new password at an address, known or not; False when there were too many."""
    return _count(f"link {email}", RESETS, RESETS_WITHIN) is not None


def as_address(text: str) -> str:
    """Return what somebody typed, as addresses are kept."""
    return one_line(text).lower()[:254]


def _count(key: str, limit: int, within: timedelta) -> SignInAttempt | None:
    key, now = key[:254], clock.real_now()
    with writing(SignInAttempt):
        SignInAttempt.delete().where(SignInAttempt.at <= now - RESETS_WITHIN).execute()
        recent = SignInAttempt.select().where(SignInAttempt.email == key, SignInAttempt.at > now - within)
        if recent.count() >= limit:
            return None
        return SignInAttempt.create(email=key, at=now)


def _record_refusal(user: User | None, attempt: SignInAttempt) -> None:
    # One synced write either way, so that the time it takes tells nothing either.
    if user:
        with change(SYSTEM) as tx:
            tx.note("person.sign-in-refused", user)
    else:
        with writing(SignInAttempt):
            attempt.save()


WRONG = "The password is wrong. Check it and try again."


TOO_MANY = f"There were too many tries. Wait {TRIES_WITHIN.seconds // 60} minutes and try again."


def reauthenticate(viewer: Viewer, password: str) -> bool:
    """Return whether this is the password of `viewer`, a person who is signed in.

    Raises InvalidInput({"password": why}) when it is wrong, which is told in the trail, and after ten tries
    in five minutes. The tries are counted apart from those at the sign-in page, where strangers can use
    them up.
    """
    user = User.get_or_none(User.id == viewer.id, User.is_active)
    try:
        # The line break cannot be typed at the sign-in page, where tries are counted under what is typed.
        attempt = count_attempt(f"again\n{viewer.id}")
    except TooManyTries:
        raise InvalidInput({"password": TOO_MANY}) from None
    if user is None or not matches(user.password_hash, password):
        if user is not None:
            with change(SYSTEM) as tx:
                tx.note("person.password-refused", user)
        raise InvalidInput({"password": WRONG})
    with writing(type(attempt)):
        attempt.delete_instance()
    return True
