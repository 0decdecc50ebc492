"""Ending what lets a person in: their sessions and their links."""

from datetime import datetime

from kscb_actions import clock

from .models import PasswordLink, SignInSession, User


def end_access(person: User) -> None:
    """End every session of a person, and every link to set their password. Inside an open change."""
    SignInSession.delete().where(SignInSession.user == person).execute()
    expire_links(person)


def expire_links(person: User) -> None:
    """End every link to set a person's password. Inside an open change."""
    now: datetime = clock.real_now()
    unused = (PasswordLink.user == person) & PasswordLink.used_at.is_null()
    PasswordLink.update(used_at=now).where(unused).execute()
