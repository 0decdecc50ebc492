"""Sessions in a table, under Flask's own session object.

Before sign-in the cookie holds a signed anonymous session (a CSRF token, no more). Signing in makes a row
under a new random token, with nothing carried over from before; signing out, a new password, a new role or
switching the account off removes it, so that a cookie kept from before is dead. Flask-Login and the CSRF
tokens live on top, unchanged.
"""

import json
import secrets
from contextlib import suppress
from typing import Any

from flask import Flask, Request, Response, current_app, g, session
from flask.sessions import SessionInterface, SessionMixin
from flask_login import UserMixin, login_user, logout_user
from itsdangerous import BadSignature, URLSafeTimedSerializer
from werkzeug.datastructures import CallbackDict

from kscb_actions import clock
from kscb_actions.access.policy import Viewer, without_child_deaths
from kscb_actions.database import Busy, writing
from kscb_actions.people.live_sessions import end_session, forget_old_sessions, live_session
from kscb_actions.people.models import SignInSession, User
from kscb_actions.people.passwords import new_token, token_hash
from kscb_actions.text import whole_number

# An hour is long enough to fill in the sign-in page.
ANONYMOUS_SECONDS = 3600


# The idle clock is kept to the minute: not every page view is worth a write.
SEEN_STEP_SECONDS = 60


class SignedInUser(UserMixin):
    """The signed-in person, for Flask-Login; `viewer` is who the policy knows."""

    def __init__(self, user: User) -> None:
        self.id = user.id
        self.user = user
        self.viewer: Viewer = user.viewer if g.board.has_child_deaths else without_child_deaths(user.viewer)


def begin_session(user: User) -> None:
    """Sign `user` in on this browser: a new token, a new CSRF token, nothing of any session before."""
    forget_session()
    login_user(SignedInUser(user))
    # Flask-WTF signs this into the token of every form: a form tells for whom it was drawn, afterwards too.
    session["csrf_token"] = f"{user.id}.{secrets.token_hex(20)}"


def whose_token(token: str) -> int | None:
    """Return the id of the person for whom a form with this CSRF token was drawn, however long ago.

    None where we have not made it, or where nobody was signed in.
    """
    serializer = URLSafeTimedSerializer(str(current_app.secret_key), salt="wtf-csrf-token")
    try:
        owner, dot, _ = str(serializer.loads(token)).partition(".")
    except BadSignature:
        return None
    return whole_number(owner) if dot else None


def forget_session() -> None:
    """End this browser's session, if there is one, and start an anonymous one with nothing in it."""
    logout_user()
    if session.row is not None:  # type: ignore[attr-defined]
        end_session(session.row)  # type: ignore[attr-defined]
        session.row = None  # type: ignore[attr-defined]
    session.clear()
    g.pop("csrf_token", None)


class TableSession(CallbackDict, SessionMixin):
    """A session's data, and the row it came from, if any."""

    def __init__(self, data: dict[str, Any], row: SignInSession | None = None) -> None:
        def touched(_: Any) -> None:
            self.modified = True

        super().__init__(data, touched)
        self.modified = False
        self.row = row


class TableSessionInterface(SessionInterface):
    """Opens and saves TableSession."""

    def __init__(self, app: Flask) -> None:
        self._serializer = URLSafeTimedSerializer(str(app.secret_key), salt="anonymous-session")

    def open_session(self, app: Flask, request: Request) -> TableSession:
        """Return the session behind the request's cookie; an empty anonymous one when there is none."""
        kind, _, value = request.cookies.get(self.get_cookie_name(app), "").partition(".")
        if kind == "s":
            row = live_session(value)
            if row:
                return TableSession(json.loads(row.data), row)
        elif kind == "a":
            try:
                return TableSession(self._serializer.loads(value, max_age=ANONYMOUS_SECONDS))
            except BadSignature:
                return TableSession({})
        return TableSession({})

    def save_session(self, app: Flask, session: TableSession, response: Response) -> None:  # type: ignore[override]
        """Write what changed, and the cookie when it changed."""
        if "_user_id" in session:
            if session.row is None:
                self._set_cookie(app, response, "s." + _start(session))
            else:
                _keep(session)
        elif session.modified:
            self._set_cookie(app, response, "a." + str(self._serializer.dumps(dict(session))))

    def _set_cookie(self, app: Flask, response: Response, value: str) -> None:
        response.set_cookie(
            self.get_cookie_name(app),
            value,
            path=self.get_cookie_path(app),
            secure=self.get_cookie_secure(app),
            httponly=True,
            samesite="Lax",
        )


def _start(session: TableSession) -> str:
    token, now = new_token(), clock.real_now()
    with writing(SignInSession):
        # The scheduler does it too; a board without one must not keep them for ever.
        forget_old_sessions()
        SignInSession.create(
            token_hash=token_hash(token),
            user=int(session["_user_id"]),
            data=json.dumps(dict(session)),
            started_at=now,
            seen_at=now,
        )
    return token


def _keep(session: TableSession) -> None:
    row, now = session.row, clock.real_now()
    if row is None or not (session.modified or (now - row.seen_at).total_seconds() > SEEN_STEP_SECONDS):
        return
    # Whoever only looks at a page does not wait for somebody who saves; it is noted at the next page.
    # A message of what was done is worth the wait: it would be lost, or said twice.
    with suppress(Busy), writing(SignInSession, wait=session.modified):
        SignInSession.update(data=json.dumps(dict(session)), seen_at=now).where(
            SignInSession.id == row.id
        ).execute()
