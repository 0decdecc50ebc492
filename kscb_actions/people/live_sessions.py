"""The sessions of people who are signed in: finding one, ending it, removing expired ones."""

from typing import Any

import peewee

from kscb_actions import clock
from kscb_actions.database import writing
from kscb_actions.prepared import prepared

from .models import Agency, SignInSession, User
from .passwords import token_hash
from .rules import ABSOLUTE_LIMIT, IDLE_LIMIT


def live_session(token: str) -> SignInSession | None:
    """Return the row of a token that is valid: active person, not idle, not too old. One query."""
    now = clock.real_now()
    return _live_session.first(
        hashed=token_hash(token), idle_since=now - IDLE_LIMIT, begun_since=now - ABSOLUTE_LIMIT
    )


@prepared
def _live_session(*, hashed: Any, idle_since: Any, begun_since: Any) -> Any:
    return (
        SignInSession.select(SignInSession, User, Agency)
        .join(User)
        .join(Agency, peewee.JOIN.LEFT_OUTER)
        .where(
            SignInSession.token_hash == hashed,
            SignInSession.seen_at > idle_since,
            SignInSession.started_at > begun_since,
            User.is_active,
        )
    )


def end_session(row: SignInSession) -> None:
    """Remove one session."""
    with writing(SignInSession):
        row.delete_instance()


def forget_old_sessions() -> int:
    """Remove sessions that have expired, and return how many."""
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
