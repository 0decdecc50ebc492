"""What strangers can make the pages do: two passwords at once, answers of their size, counted fields."""

import time
from collections.abc import Iterator
from io import BytesIO
from threading import Event, Thread

import pytest
from flask import Flask
from werkzeug.exceptions import RequestEntityTooLarge

from kscb_actions.people import passwords
from kscb_actions.people.models import SignInAttempt, User
from kscb_actions.people.passwords import AT_ONCE, TooBusy, hash_password, matches
from kscb_actions.web.shared.answers import PAGE_BYTES, TIMES
from kscb_actions.web.shared.guard import Public

from ..factories import World
from .visitor import PASSWORD, Visitor, with_password

MEGABYTE = 1024 * 1024
# Each of these is sent back five times as long, where it is sent back at all.
LONG = '"' * MEGABYTE


@pytest.fixture
def reader(world: World) -> User:
    """Return somebody who can sign in."""
    return with_password(world.reader)


class Slow:
    """A hasher that works until it is let go."""

    def __init__(self) -> None:
        self.begun, self.let_go = 0, Event()

    def hash(self, _: str) -> str:
        """Return nothing of use, late."""
        self.begun += 1
        assert self.let_go.wait(30)
        return "late"

    def verify(self, _: str, __: str) -> bool:
        """Say no, late."""
        return bool(self.hash("")) and False


@pytest.fixture
def at_work(reader: User, monkeypatch: pytest.MonkeyPatch) -> Iterator[Slow]:
    """Have as many passwords worked on as may be."""
    slow, hasher = Slow(), passwords.HASHER
    monkeypatch.setattr(passwords, "HASHER", slow)
    threads = [Thread(target=hash_password, args=("x",)) for _ in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    while slow.begun < AT_ONCE:
        time.sleep(0.01)
    monkeypatch.setattr(passwords, "HASHER", hasher)
    yield slow
    slow.let_go.set()
    for thread in threads:
        thread.join()


def test_two_passwords_are_worked_on_at_once_and_the_next_is_told_to_wait(
    app: Flask, reader: User, at_work: Slow
) -> None:
    assert AT_ONCE == 2
    visitor = Visitor(app)
    for _ in range(12):
        answer = visitor.sign_in(reader.email)
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert "Wait a few seconds" in answer.text
    assert SignInAttempt.select().count() == 0, "what was not looked at is no try"
    for work in (lambda: hash_password("x"), lambda: matches(None, "x")):
        with pytest.raises(TooBusy):
            work()
    assert visitor.client.get("/sign-in").status_code == 200
    at_work.let_go.set()
    while passwords._places._value < AT_ONCE:
        time.sleep(0.01)
    assert visitor.sign_in(reader.email).status_code == 302


def test_a_place_is_given_back_whatever_happens(reader: User) -> None:
    for _ in range(3 * AT_ONCE):
        assert not matches(reader.password_hash, "not it at all")
        assert not matches("no hash", PASSWORD)
    assert matches(reader.password_hash, PASSWORD)


def public_posts(app: Flask) -> list[str]:
    """Return the addresses of public pages that take a form."""
    rules = (
        rule
        for rule in app.url_map.iter_rules()
        if isinstance(getattr(app.view_functions[rule.endpoint], "access", None), Public)
        and "POST" in (rule.methods or ())
    )
    with app.test_request_context():
        adapter = app.url_map.bind("localhost")
        return sorted(adapter.build(rule.endpoint, dict.fromkeys(rule.arguments, "x")) for rule in rules)


def test_no_answer_to_a_stranger_is_larger_than_twice_its_form(app: Flask, world: World) -> None:
    addresses = public_posts(app)
    assert len(addresses) >= 3
    names = (
        "email",
        "password",
        "kept_target",
        "kept:x",
        "kept",
        "next",
        "csrf_token",
        "anything",
        '"' * 900,
    )
    for address in (*addresses, "/actions", "/people/new"):
        for name in names:
            visitor = Visitor(app)
            data = {"csrf_token": visitor.token(), "kept_target": "/actions", name: LONG}
            for headers in ({}, {"Sec-Fetch-Site": "same-origin"}):
                answer = visitor.client.post(
                    address, data=data, headers=headers, content_type="multipart/form-data"
                )
                assert len(answer.data) <= PAGE_BYTES + TIMES * MEGABYTE + 2000, (address, name)


def test_a_long_address_is_sent_back_up_to_its_limit(app: Flask, world: World) -> None:
    for address in ("/sign-in", "/forgotten-password"):
        visitor = Visitor(app)
        data = {"csrf_token": visitor.token(address), "email": "x" * MEGABYTE}
        answer = visitor.client.post(address, data=data, follow_redirects=True)
        assert answer.status_code == 200 and len(answer.data) < PAGE_BYTES


@pytest.mark.parametrize("address", ["/sign-in", "/forgotten-password", "/account", "/nowhere"])
@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data"])
def test_too_many_fields_are_refused_before_they_are_parsed(
    app: Flask, world: World, address: str, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def parsed(*_: object, **__: object) -> None:
        raise AssertionError("it was parsed")

    monkeypatch.setattr("werkzeug.formparser.parse_qsl", parsed)
    if kind.startswith("multipart"):
        part = b'--b\r\nContent-Disposition: form-data; name="x"\r\n\r\n\r\n'
        body, kind = part * 5_001 + b"--b--\r\n", f"{kind}; boundary=b"
    else:
        body = b"&".join(b"x%d=1" % number for number in range(100_000))
    answer = app.test_client().post(address, input_stream=BytesIO(body), content_type=kind)
    assert answer.status_code == 413 or (answer.status_code, address) == (404, "/nowhere")


def test_as_many_fields_as_may_be_are_taken(app: Flask) -> None:
    most = app.config["MAX_FORM_PARTS"]
    with app.test_request_context(method="POST", data={f"x{number}": "1" for number in range(most)}) as taken:
        assert len(taken.request.form) == most
    with (
        app.test_request_context(
            method="POST", data={f"x{number}": "1" for number in range(most + 1)}
        ) as refused,
        pytest.raises(RequestEntityTooLarge),
    ):
        _ = refused.request.form
