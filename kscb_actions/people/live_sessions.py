"""The sessions of people who are signed in: finding one, ending it, forgetting the old."""

import peewee

from kscb_actions import clock
from kscb_actions.database import writing

from .models import Agency, SignInSession, User
from .passwords import token_hash
from .rules import ABSOLUTE_LIMIT, IDLE_LIMIT


def live_session(token: str) -> SignInSession | None:
    """The row of a token that still holds: active person, not idle, not too old. One query."""
    now = clock.real_now()
    return (
        SignInSession.select(SignInSession, User, Agency)
        .join(User)
        .join(Agency, peewee.JOIN.LEFT_OUTER)
        .where(
            SignInSession.token_hash == token_hash(token),
            SignInSession.seen_at > now - IDLE_LIMIT,
            SignInSession.started_at > now - ABSOLUTE_LIMIT,
            User.is_active,
        )
        .first()
    )


def end_session(row: SignInSession) -> None:
    """Remove one session."""
    with writing(SignInSession):
        row.delete_instance()


def forget_old_sessions() -> int:
    """Remove sessions that no longer hold; returns how many."""
    now = clock.real_now()
    with writing(SignInSession):
        return (
            SignInSession.delete()
            .where(
                (SignInSession.seen_at <= now - IDLE_LIMIT)
                | (SignInSession.started_at <= now - ABSOLUTE_LIMIT)
            )
            .execute()
        )
