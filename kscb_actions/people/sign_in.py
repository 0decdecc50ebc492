"""Checking who somebody is, without telling strangers which addresses are known."""

from datetime import timedelta
from enum import StrEnum

from kscb_actions import clock
from kscb_actions.access.policy import SYSTEM, Viewer
from kscb_actions.ahead import furthest
from kscb_actions.audit.service import change, in_earnest
from kscb_actions.database import writing
from kscb_actions.text import LONGEST_ADDRESS, InvalidInput, as_address

from .known_browser import KnownBrowsers
from .models import SignInAttempt, User
from .passwords import TooBusy, matches
from .queries import person_with_address
from .rules import RESETS, RESETS_WITHIN, TRIES, TRIES_WITHIN


class Door(StrEnum):
    """Where something is tried that is limited. Each is counted apart, so that none uses another up."""

    SIGN_IN = "sign-in"
    KNOWN_BROWSER = "browser"
    RESET = "link"
    AGAIN = "again"
    OWN_ACCOUNT = "account"


class TooManyTries(Exception):
    """Too many wrong passwords for this address in the last minutes."""


def check_password(email: str, password: str, browsers: KnownBrowsers, cookie: str = "") -> User | None:
    """Return the active person with this address and password, or None; the work is the same for anybody.

    Raises TooManyTries after ten tries in five minutes at one address, known or not (OWASP ASVS 6.3.1); a
    browser where this person has signed in before (`cookie`) has ten of its own. Each try is counted before
    the password is looked at, so that parallel guesses cannot slip through.
    """
    user = person_with_address(email)
    email = as_address(email)
    browser = browsers.name_of(user, cookie)
    attempt = count_attempt(Door.KNOWN_BROWSER, browser) if browser else count_attempt(Door.SIGN_IN, email)
    if not _compare(user, password, attempt) or user is None:
        _record_refusal(user, attempt)
        return None
    with change(user.viewer) as tx:
        attempt.delete_instance()
        tx.note("person.signed-in", user)
    return user


def count_attempt(door: Door, who: object) -> SignInAttempt:
    """Count one try of a password at `door` before it is looked at; the row goes when it is right.

    Raises TooManyTries after ten in five minutes.
    """
    attempt = _count(door, who, TRIES, TRIES_WITHIN)
    if attempt is None:
        raise TooManyTries
    return attempt


def may_request_link(email: str) -> bool:
    """Count one wish for a new password at an address, known or not; False when there were too many."""
    return _count(Door.RESET, email, RESETS, RESETS_WITHIN) is not None


def _count(door: Door, who: object, limit: int, within: timedelta) -> SignInAttempt | None:
    # Nobody can type a line break into an address, and so reach another door's count.
    key, now = f"{door}\n{who}"[:LONGEST_ADDRESS], clock.real_now()
    with writing(SignInAttempt):
        is_over = (SignInAttempt.at <= now - RESETS_WITHIN) | (SignInAttempt.at > furthest(now))
        SignInAttempt.delete().where(is_over).execute()
        recent = SignInAttempt.select().where(SignInAttempt.email == key, SignInAttempt.at > now - within)
        if recent.count() >= limit:
            return None
        return SignInAttempt.create(email=key, at=now)


def _compare(user: User | None, password: str, attempt: SignInAttempt) -> bool:
    """Return whether the password is right. One that could not be looked at (TooBusy) does not count."""
    try:
        return matches(user.password_hash if user else None, password)
    except TooBusy:
        with writing(SignInAttempt):
            attempt.delete_instance()
        raise


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
    return check_own_password(viewer, password, Door.AGAIN, "password", WRONG)


def check_own_password(viewer: Viewer, password: str, door: Door, field: str, wrong: str) -> bool:
    """Return True when this is the password of `viewer`; raises InvalidInput({field: why}) when it is not.

    Every try is counted at `door`, and a wrong one is told in the trail, whatever else is wrong with the
    form.
    """
    user = User.get_or_none(User.id == viewer.id, User.is_active)
    try:
        attempt = count_attempt(door, viewer.id)
    except TooManyTries:
        raise InvalidInput({field: TOO_MANY}) from None
    if not _compare(user, password, attempt) or user is None:
        if user is not None:
            with in_earnest(), change(SYSTEM) as tx:
                tx.note("person.password-refused", user)
        raise InvalidInput({field: wrong})
    with writing(SignInAttempt):
        attempt.delete_instance()
    return True
