"""An ended session stays ended, and none can be put on somebody from outside."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask

from kscb_actions import clock, create_app, database
from kscb_actions.access.policy import SYSTEM, Role
from kscb_actions.config import Settings
from kscb_actions.people.models import SignInSession, User
from kscb_actions.people.rules import ABSOLUTE_LIMIT, IDLE_LIMIT
from kscb_actions.people.service import change_password, edit_person, facts_of
from kscb_actions.web.shared import sessions

from ..factories import World
from .visitor import OURS, PASSWORD, Visitor, token_in, with_password


@pytest.fixture
def visitor(app: Flask, world: World) -> Visitor:
    """Return a browser in which the police's lead is signed in."""
    with_password(world.police_lead)
    opened = Visitor(app)
    opened.sign_in(world.police_lead.email)
    assert opened.is_in()
    return opened


def sign_out(visitor: Visitor) -> None:
    """Press the button."""
    visitor.client.post("/sign-out", data={"csrf_token": visitor.token("/account")}, headers=OURS)


def fresh(user: User) -> User:
    """Return the person as the database has them."""
    return User.get_by_id(user.id)


ENDINGS: dict[str, Callable[[Visitor, World], object]] = {
    "sign-out": lambda visitor, world: sign_out(visitor),
    "a new password": lambda visitor, world: change_password(
        fresh(world.police_lead), PASSWORD, "ferry lantern orchard"
    ),
    "a new role": lambda visitor, world: edit_person(
        SYSTEM,
        fresh(world.police_lead),
        replace(facts_of(world.police_lead), roles=frozenset({Role.AGENCY_LEAD, Role.READER})),
        fresh(world.police_lead).version,
    ),
    "another agency": lambda visitor, world: edit_person(
        SYSTEM,
        fresh(world.police_lead),
        replace(facts_of(world.police_lead), agency=world.health),
        fresh(world.police_lead).version,
    ),
    "switching off": lambda visitor, world: edit_person(
        SYSTEM,
        fresh(world.police_lead),
        facts_of(world.police_lead),
        fresh(world.police_lead).version,
        is_active=False,
    ),
}


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_cookie_kept_from_before_is_dead_after(ending: str, visitor: Visitor, world: World) -> None:
    kept = visitor.cookie
    ENDINGS[ending](visitor, world)
    visitor.cookie = kept
    assert not visitor.is_in()
    assert not SignInSession.select().exists()


def test_a_new_post_title_ends_nothing(visitor: Visitor, world: World) -> None:
    person = fresh(world.police_lead)
    edit_person(SYSTEM, person, replace(facts_of(person), name="Detective superintendent"), person.version)
    assert visitor.is_in()


@pytest.mark.parametrize(
    ("seen_ago", "started_ago", "holds"),
    [
        (IDLE_LIMIT - timedelta(seconds=5), timedelta(hours=1), True),
        (IDLE_LIMIT + timedelta(seconds=1), timedelta(hours=1), False),
        (timedelta(0), ABSOLUTE_LIMIT - timedelta(seconds=5), True),
        (timedelta(0), ABSOLUTE_LIMIT + timedelta(seconds=1), False),
    ],
)
def test_a_session_ends_after_15_idle_minutes_and_8_hours(
    visitor: Visitor, seen_ago: timedelta, started_ago: timedelta, holds: bool
) -> None:
    now = clock.real_now()
    with database.writing(SignInSession):
        SignInSession.update(seen_at=now - seen_ago, started_at=now - started_ago).execute()
    assert visitor.is_in() is holds


def test_the_limits_are_those_of_the_assurance_case() -> None:
    assert (IDLE_LIMIT, ABSOLUTE_LIMIT) == (timedelta(minutes=15), timedelta(hours=8))


def test_using_a_session_puts_its_idle_end_off(visitor: Visitor) -> None:
    before = clock.real_now() - IDLE_LIMIT + timedelta(seconds=30)
    with database.writing(SignInSession):
        SignInSession.update(seen_at=before).execute()
    assert visitor.is_in()
    assert SignInSession.get().seen_at > before


def test_a_cookie_set_before_signing_in_is_not_the_session_after(app: Flask, world: World) -> None:
    with_password(world.police_lead)
    attacker, victim = Visitor(app), Visitor(app)
    token = attacker.token()
    victim.cookie = planted = attacker.cookie
    victim.client.post(
        "/sign-in",
        data={"csrf_token": token, "email": world.police_lead.email, "password": PASSWORD},
        headers=OURS,
    )
    assert victim.is_in()
    assert victim.cookie != planted
    assert not attacker.is_in()
    told = victim.client.post("/sign-out", data={"csrf_token": token}, headers=OURS)
    assert told.status_code != 302, "a token from before signing in still works after it"
    assert victim.is_in()


def test_signing_in_again_as_somebody_else_is_a_new_session(visitor: Visitor, world: World) -> None:
    with_password(world.reader)
    before = visitor.cookie
    token = token_in(visitor.client.get("/account").text)
    visitor.client.post(
        "/sign-in", data={"csrf_token": token, "email": world.reader.email, "password": PASSWORD}
    )
    assert world.reader.email in visitor.client.get("/account").text
    assert visitor.cookie != before
    assert [row.user_id for row in SignInSession.select()] == [world.reader.id]


def test_an_invented_cookie_opens_nothing(app: Flask, visitor: Visitor) -> None:
    for cookie in (
        "s.",
        "s.x",
        "a.x",
        "x",
        "s." + "0" * 64,
        visitor.cookie[:-1],
        visitor.cookie.replace("s.", "a."),
    ):
        stranger = Visitor(app)
        stranger.cookie = cookie
        assert not stranger.is_in(), cookie


def test_the_row_does_not_hold_the_token(visitor: Visitor) -> None:
    row = SignInSession.get()
    assert visitor.cookie.removeprefix("s.") not in (row.token_hash + row.data)


def test_ended_sessions_are_swept_at_the_next_sign_in(app: Flask, visitor: Visitor, world: World) -> None:
    with database.writing(SignInSession):
        SignInSession.update(seen_at=clock.real_now() - timedelta(days=2)).execute()
    with_password(world.reader)
    Visitor(app).sign_in(world.reader.email)
    assert [row.user_id for row in SignInSession.select()] == [world.reader.id]


def test_the_cookies_of_a_site_on_https_are_bound_to_it(settings: Settings) -> None:
    app = create_app(replace(settings, base_url="https://tracker.board.example"))
    app.testing = True
    with database.db.connection_context():
        with_password(World(settings.evidence).reader)
        client = app.test_client()
        page = client.get("/sign-in", base_url="https://tracker.board.example")
        answer = client.post(
            "/sign-in",
            base_url="https://tracker.board.example",
            data={
                "csrf_token": token_in(page.text),
                "email": "reader@board.example",
                "password": PASSWORD,
            },
        )
    assert answer.status_code == 302
    for response, count in ((page, 1), (answer, 2)):
        cookies = response.headers.getlist("Set-Cookie")
        assert len(cookies) == count
        for cookie in cookies:
            assert cookie.startswith("__Host-kscb")
            assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; "))
            assert "Domain" not in cookie
        assert response.headers["Strict-Transport-Security"].startswith("max-age=31536000")


def test_the_cookies_of_a_plain_site_are_still_for_http_alone(visitor: Visitor) -> None:
    cookie = visitor.client.get_cookie(visitor.cookie_name)
    assert cookie and cookie.http_only and cookie.same_site == "Lax" and not cookie.secure
    assert sessions.ANONYMOUS_SECONDS == 3600
