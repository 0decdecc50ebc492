"""Checking who somebody is, without telling strangers which addresses are known."""

from .. import clock
from ..access.policy import SYSTEM
from ..audit.service import change
from ..database import writing
from .models import SignInAttempt, User
from .passwords import matches
from .rules import TRIES, TRIES_WITHIN


class TooManyTries(Exception):
    """Too many wrong passwords for this address in the last minutes."""


def check_password(email: str, password: str) -> User | None:
    """The active person with this address and password, or None; the work is the same for anybody.

    Raises TooManyTries after ten tries in five minutes at one address, known or not (OWASP ASVS 6.3.1).
    Each try is counted before the password is looked at, so that parallel guesses cannot slip through.
    """
    email = email.strip().lower()[:254]
    attempt = _count_try(email)
    user = User.get_or_none(User.email == email, User.is_active)
    if not matches(user.password_hash if user else None, password):
        if user:
            with change(SYSTEM) as tx:
                tx.note("person.sign-in-refused", user)
        return None
    with writing(SignInAttempt):
        attempt.delete_instance()
    with change(user.viewer) as tx:
        tx.note("person.signed-in", user)
    return user


def _count_try(email: str) -> SignInAttempt:
    now = clock.real_now()
    with writing(SignInAttempt):
        SignInAttempt.delete().where(SignInAttempt.at <= now - TRIES_WITHIN).execute()
        if SignInAttempt.select().where(SignInAttempt.email == email).count() >= TRIES:
            raise TooManyTries
        return SignInAttempt.create(email=email, at=now)
