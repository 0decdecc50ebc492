"""How much of a request is read, from whom, and what is answered when there is no room for it."""

import io
import logging
import resource
from collections.abc import Callable, Iterator
from typing import Any

import peewee
import pytest
from flask import Flask
from flask.testing import FlaskClient

from kscb_actions import database
from kscb_actions.people.known_browser import KnownBrowsers, cookie_name
from kscb_actions.people.models import SignInSession, User
from kscb_actions.reviews.models import Theme
from kscb_actions.web.shared import bodies

from ..assurance.filing import at
from ..factories import World
from ..people.visitor import OURS, PASSWORD, Visitor, hidden_fields, with_password

MULTIPART = "multipart/form-data; boundary=line"
MORE_THAN_A_FORM = b"x" * (bodies.FORM_BYTES + 1)


@pytest.fixture
def address(world: World) -> str:
    """Return the page that takes files."""
    return at(world.action(), "/evidence/new")


@pytest.fixture
def not_testing(app: Flask) -> Iterator[None]:
    """Answer errors as a board's own installation does."""
    app.testing = False
    yield
    app.testing = True


def multipart(file: bytes, typed: str, token: str = "") -> bytes:
    """Return a form with a text and a file, as a browser sends it."""
    return (
        (
            f'--line\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{token}\r\n'
            f'--line\r\nContent-Disposition: form-data; name="description"\r\n\r\n{typed}\r\n--line\r\n'
            'Content-Disposition: form-data; name="files"; filename="long.txt"\r\n'
            "Content-Type: text/plain\r\n\r\n"
        ).encode()
        + file
        + b"\r\n--line--\r\n"
    )


def send(client: FlaskClient, address: str, body: bytes = MORE_THAN_A_FORM, typed: str = "Typed.") -> int:
    """Send a file with a text beside it from our own page; returns the status."""
    return client.post(address, data=multipart(body, typed), headers=OURS, content_type=MULTIPART).status_code


class Counted(io.RawIOBase):
    """A body of files that tells how much of it was read."""

    def __init__(self, size: int) -> None:
        self.size, self.at, self.taken = size, 0, 0

    def readable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        self.at = offset + (0, self.at, self.size)[whence]
        return self.at

    def tell(self) -> int:
        return self.at

    def readinto(self, buffer: Any) -> int:
        room = memoryview(buffer).cast("B")
        count = min(len(room), self.size - self.at)
        room[:count] = b"x" * count
        self.at += count
        self.taken += count
        return count


def taken_from(client: FlaskClient, address: str) -> int:
    """Return how many bytes are read of a large request with files."""
    body = Counted(2 * bodies.FORM_BYTES)
    client.post(
        address,
        input_stream=body,
        headers=OURS,
        content_type=MULTIPART,
    )
    return body.taken


def with_cookie(app: Flask, value: str) -> FlaskClient:
    """Return somebody not signed in, whose browser says that it is known."""
    client = app.test_client()
    client.set_cookie(cookie_name(app.config["SESSION_COOKIE_NAME"]), value)
    return client


def test_nothing_is_read_of_a_strangers_files(app: Flask, address: str) -> None:
    assert taken_from(app.test_client(), address) == 0


@pytest.mark.parametrize("cookie", ["", "nonsense", "WzEsIngiLCJ5Il0.aaaa.bbbb"])
def test_a_made_up_cookie_does_not_help(app: Flask, address: str, cookie: str) -> None:
    assert taken_from(with_cookie(app, cookie), address) == 0


def test_only_a_cookie_signed_here_helps(app: Flask, world: World, address: str) -> None:
    for secret, is_read in (("another secret", False), (str(app.secret_key), True)):
        made = KnownBrowsers(secret).cookie_for(world.police_lead)
        assert (taken_from(with_cookie(app, made), address) > 0) is is_read


def test_files_are_taken_on_the_page_for_files_alone(
    sign_in: Callable[[User | None], FlaskClient], world: World, address: str
) -> None:
    client = sign_in(world.police_lead)
    # Taken in whole, and refused for want of a token.
    assert send(client, address) == 400
    assert send(client, "/my-actions") == 413
    assert send(client, "/reviews/new") == 413


def test_who_was_signed_in_keeps_what_was_typed_beside_the_files(
    app: Flask, world: World, address: str
) -> None:
    with_password(world.police_lead)
    visitor = Visitor(app)
    visitor.sign_in(world.police_lead.email)
    drawn = visitor.token("/my-actions")
    with database.writing(SignInSession):
        SignInSession.delete().execute()
    sent = multipart(MORE_THAN_A_FORM, "Typed at length.", drawn)
    answer = visitor.client.post(address, data=sent, headers=OURS, content_type=MULTIPART)
    assert answer.status_code == 401
    fields = hidden_fields(answer.text)
    fields.update({"email": world.police_lead.email, "password": PASSWORD})
    assert "Typed at length." in visitor.client.post("/sign-in", data=fields, headers=OURS).text


def test_a_disk_too_full_to_read_the_request_is_said(
    sign_in: Callable[[User | None], FlaskClient], world: World, address: str, not_testing: None
) -> None:
    client = sign_in(world.police_lead)
    old = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, old[1]))
    try:
        assert send(client, address) == 507
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, old)


def test_a_database_with_no_room_is_said_and_nothing_is_changed(
    sign_in: Callable[[User | None], FlaskClient], world: World, csrf_token: str, not_testing: None
) -> None:
    if not isinstance(database.db.obj, peewee.SqliteDatabase):
        pytest.skip("a full PostgreSQL disk cannot be made here; its code is tried below")
    client = sign_in(world.manager)
    (pages,) = database.db.execute_sql("PRAGMA page_count").fetchone()
    (free,) = database.db.execute_sql("PRAGMA freelist_count").fetchone()
    database.db.execute_sql(f"PRAGMA max_page_count = {pages}")
    try:
        statuses = [
            client.post(
                "/reviews/themes", data={"csrf_token": csrf_token, "name": f"Theme {number} " + "x" * 50}
            )
            for number in range(200 + 20 * free)
        ]
    finally:
        database.db.execute_sql("PRAGMA max_page_count = 1073741823")
    codes = {answer.status_code for answer in statuses}
    assert codes <= {302, 507} and 507 in codes
    full = next(answer for answer in statuses if answer.status_code == 507)
    assert "disk is full" in full.text
    saved = sum(answer.status_code == 302 for answer in statuses)
    assert Theme.select().where(Theme.name.startswith("Theme ")).count() == saved


class DiskFull(Exception):
    """As psycopg says it."""

    sqlstate = "53100"


def _wrapped() -> Exception:
    try:
        try:
            raise DiskFull
        except DiskFull as cause:
            raise peewee.OperationalError("could not extend file") from cause
    except peewee.OperationalError as error:
        return error


@pytest.mark.parametrize(
    ("error", "verdict"),
    [
        (_wrapped(), True),
        (OSError(28, "No space left on device"), True),
        (OSError(122, "Disk quota exceeded"), True),
        (OSError(13, "Permission denied"), False),
        (OSError("no number"), False),
        (peewee.OperationalError("no such table"), False),
        (ValueError("x"), False),
    ],
)
def test_only_a_full_disk_is_called_one(error: Exception, verdict: bool) -> None:
    assert bodies.means_full_disk(error) is verdict


def test_any_other_failure_of_the_disk_stays_our_fault(
    app: Flask, not_testing: None, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setitem(app.before_request_funcs, None, [fail])
    with caplog.at_level(logging.CRITICAL):
        assert app.test_client().get("/sign-in").status_code == 500
