"""Signing in: guessing runs dry, nobody is locked out, and strangers learn nothing."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from kscb_actions import clock, database
from kscb_actions.access.policy import SYSTEM
from kscb_actions.audit.models import AuditEvent
from kscb_actions.database import writing
from kscb_actions.mail.models import OutboxMessage
from kscb_actions.people.known_browser import KnownBrowsers
from kscb_actions.people.models import PasswordLink, SignInAttempt, User
from kscb_actions.people.rules import RESETS, TRIES, TRIES_WITHIN
from kscb_actions.people.service import edit_person, facts_of
from kscb_actions.people.sign_in import TooManyTries, check_password
from kscb_actions.settings.service import make_demonstration

from ..factories import World
from .visitor import OURS, PASSWORD, Visitor, with_password

BROWSERS = KnownBrowsers("tests-only")
UNKNOWN = "nobody@board.example"


@pytest.fixture
def reader(world: World) -> User:
    """Return a reader with a password."""
    return with_password(world.reader)


@pytest.fixture
def disabled(world: World) -> User:
    """Return a person with a password whose account is switched off."""
    person = with_password(world.cdop_member)
    return edit_person(SYSTEM, person, facts_of(person), person.version, is_active=False)


def said(response: TestResponse, email: str) -> tuple[int, str]:
    """Return what an answer says, but for its tokens and the address that was typed."""
    page = re.sub(r'(csrf_token"[^>]*value="|nonce=")[^"]+', "", response.text)
    return response.status_code, page.replace(email, "…")


def test_the_right_password_opens_and_is_told(app: Flask, reader: User) -> None:
    visitor = Visitor(app)
    answer = visitor.sign_in(f"  {reader.email.upper()} ")
    assert (answer.status_code, answer.location) == (302, "/")
    assert visitor.is_in()
    assert AuditEvent.select().where(AuditEvent.event == "person.signed-in").count() == 1


@pytest.mark.parametrize("pasted", ["mailto:{}", "Reader <{}>", "\u200b{};", "“{}”"])
def test_an_address_pasted_with_what_stood_around_it_signs_in(app: Flask, reader: User, pasted: str) -> None:
    assert Visitor(app).sign_in(pasted.format(reader.email)).location == "/"


def test_an_address_kept_before_addresses_were_normalised_signs_in_as_it_is(app: Flask, reader: User) -> None:
    with writing(User):
        User.update(email="reader@board.example.").where(User.id == reader.id).execute()
    assert Visitor(app).sign_in("Reader@board.example.").location == "/"


def test_unknown_wrong_and_disabled_are_told_the_same(app: Flask, reader: User, disabled: User) -> None:
    answers = {
        said(Visitor(app).sign_in(email, password), email)
        for email, password in (
            (UNKNOWN, PASSWORD),
            (reader.email, "not it at all"),
            (disabled.email, PASSWORD),
            (disabled.email, "not it at all"),
        )
    }
    assert len(answers) == 1
    assert "The email address or the password is wrong." in answers.pop()[1]


def test_asking_for_a_link_is_answered_the_same(app: Flask, reader: User, disabled: User) -> None:
    answers = set()
    for email in (UNKNOWN, reader.email, disabled.email):
        visitor = Visitor(app)
        data = {"csrf_token": visitor.token("/forgotten-password"), "email": email}
        answer = visitor.client.post("/forgotten-password", data=data, follow_redirects=True)
        answers.add(said(answer, email))
    assert len(answers) == 1
    assert [message.to_address for message in OutboxMessage.select()] == [reader.email]


def test_a_person_without_a_password_cannot_sign_in(app: Flask, world: World) -> None:
    for password in ("", "None", PASSWORD):
        visitor = Visitor(app)
        visitor.sign_in(world.chair.email, password)
        assert not visitor.is_in()


@pytest.mark.parametrize("email", [UNKNOWN, "reader@board.example"])
def test_the_eleventh_try_in_five_minutes_is_refused(app: Flask, reader: User, email: str) -> None:
    visitor = Visitor(app)
    answers = [visitor.sign_in(email, "wrong password").status_code for _ in range(TRIES + 1)]
    assert answers == [200] * TRIES + [429]
    assert (TRIES, TRIES_WITHIN) == (10, timedelta(minutes=5))


def test_the_right_password_is_refused_too_while_tries_are_used_up(app: Flask, reader: User) -> None:
    for _ in range(TRIES):
        check_password(reader.email, "wrong password", BROWSERS)
    assert Visitor(app).sign_in(reader.email).status_code == 429
    later = clock.real_now() - TRIES_WITHIN - timedelta(seconds=1)
    with database.writing(SignInAttempt):
        SignInAttempt.update(at=later).execute()
    assert Visitor(app).sign_in(reader.email).status_code == 302


def test_parallel_guesses_do_not_slip_through(app: Flask, reader: User) -> None:
    def guess(number: int) -> str:
        with database.db.connection_context():
            try:
                check_password(reader.email, f"guess {number}", BROWSERS)
            except TooManyTries:
                return "refused"
            return "tried"

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(guess, range(40)))
    assert answers.count("tried") == TRIES


def test_a_stranger_cannot_lock_a_known_browser_out(app: Flask, reader: User) -> None:
    own, stranger = Visitor(app), Visitor(app)
    own.sign_in(reader.email)
    own.client.delete_cookie(own.cookie_name)
    while stranger.sign_in(reader.email, "wrong password").status_code != 429:
        pass
    assert own.sign_in(reader.email).status_code == 302
    assert own.is_in()


def test_a_known_browser_has_ten_tries_and_no_more(app: Flask, reader: User) -> None:
    own = Visitor(app)
    own.sign_in(reader.email)
    own.client.delete_cookie(own.cookie_name)
    answers = [own.sign_in(reader.email, "wrong password").status_code for _ in range(TRIES + 1)]
    assert answers == [200] * TRIES + [429]


def test_a_browser_known_for_one_person_is_a_stranger_to_another(reader: User, world: World) -> None:
    chair = with_password(world.chair)
    cookie = BROWSERS.cookie_for(chair)
    assert BROWSERS.name_of(chair, cookie)
    assert BROWSERS.name_of(reader, cookie) is None
    assert BROWSERS.name_of(None, cookie) is None
    assert KnownBrowsers("another secret").name_of(chair, cookie) is None
    assert BROWSERS.name_of(with_password(User.get_by_id(chair.id), "ferry lantern orchard"), cookie) is None


def test_a_new_password_by_link_lets_its_browser_in_while_tries_are_used_up(app: Flask, reader: User) -> None:
    for _ in range(TRIES):
        check_password(reader.email, "wrong password", BROWSERS)
    visitor = Visitor(app)
    data = {"csrf_token": visitor.token("/forgotten-password"), "email": reader.email}
    visitor.client.post("/forgotten-password", data=data)
    path = re.search(r"/password/\S+", OutboxMessage.get().body).group()  # type: ignore[union-attr]
    new = "ferry lantern orchard"
    visitor.client.post(path, data={"csrf_token": visitor.token(path), "password": new})
    assert visitor.sign_in(reader.email, new).status_code == 302


def test_nobody_is_sent_more_than_a_few_links_an_hour(app: Flask, reader: User) -> None:
    visitor = Visitor(app)
    for _ in range(RESETS + 3):
        data = {"csrf_token": visitor.token("/forgotten-password"), "email": reader.email}
        assert visitor.client.post("/forgotten-password", data=data).status_code == 302
    assert OutboxMessage.select().count() == RESETS
    working = PasswordLink.select().where(PasswordLink.used_at.is_null()).count()
    assert working == RESETS, "a stranger's wish must not end the person's own link"


@pytest.mark.parametrize(
    "email", ["", " ", "x" * 5000, "\x00", "a@b\x00.example", "😀@board.example", "'; --"]
)
@pytest.mark.parametrize("password", ["", "\x00", "😀" * 300, "x" * 5000])
def test_anything_typed_is_answered_and_opens_nothing(
    app: Flask, reader: User, email: str, password: str
) -> None:
    visitor = Visitor(app)
    assert visitor.sign_in(email, password).status_code == 200
    assert not visitor.is_in()


def test_a_typed_password_is_never_sent_back(app: Flask, reader: User) -> None:
    assert "squirrel" not in Visitor(app).sign_in(reader.email, "squirrel wheel tango").text


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "https://evil.example/",
        "/\t/evil.example",
        "/\n/evil.example",
        "/\r\n/evil.example",
        " //evil.example",
        "/ /evil.example",
        "javascript:alert(1)",
        "evil.example",
        "/\x00//evil.example",
    ],
)
def test_signing_in_leads_nowhere_else(app: Flask, reader: User, target: str) -> None:
    visitor = Visitor(app)
    data = {"csrf_token": visitor.token(), "email": reader.email, "password": PASSWORD}
    answer = visitor.client.post("/sign-in", query_string={"next": target}, data=data)
    assert (answer.status_code, answer.location) == (302, "/")
    kept = {**data, "csrf_token": Visitor(app).token(), "kept_target": target}
    page = Visitor(app).client.post("/sign-in", data=kept, headers=OURS).text
    assert "evil.example" not in page and "javascript:" not in page


def test_signing_in_leads_back_to_where_one_was_going(app: Flask, reader: User) -> None:
    visitor = Visitor(app)
    sent = visitor.client.get("/audit?event=action.added&page=2")
    assert sent.location.startswith("/sign-in?next=")
    token = visitor.token(sent.location)
    data = {"csrf_token": token, "email": reader.email, "password": PASSWORD}
    assert visitor.client.post(sent.location, data=data).location == "/audit?event=action.added&page=2"


def test_the_demonstration_lists_its_accounts_and_a_real_board_does_not(app: Flask, world: World) -> None:
    assert world.chair.email not in Visitor(app).client.get("/sign-in").text
    begin_with = [(world.chair.email, "A paper to take."), ("nobody@board.example", "Nothing.")]
    make_demonstration(SYSTEM, date(2012, 3, 31), "a shared password", begin_with, ["Invented: all."])
    page = Visitor(app).client.get("/sign-in").text
    assert world.chair.email in page and "a shared password" in page
    assert "A paper to take." in page and "Invented: all." in page and "nobody@" not in page
    assert "31 March 2012" in page


def test_wrong_passwords_are_told_in_the_trail_without_what_was_typed(app: Flask, reader: User) -> None:
    Visitor(app).sign_in(reader.email, "squirrel wheel tango")
    Visitor(app).sign_in("squirrel wheel tango", "x")
    events: Callable = AuditEvent.select().where(AuditEvent.event == "person.sign-in-refused").count
    assert events() == 1
    assert all("squirrel" not in str(row) for row in AuditEvent.select().tuples())
