"""Somebody else saves for long: who reads does not wait, and who saves loses nothing that was typed.

That every form keeps it is shown where each is sent: `test_sent_once`.
"""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask

from kscb_actions import clock, database
from kscb_actions.people.models import SignInSession
from kscb_actions.reviews.models import Theme

from ..factories import World
from ..people.visitor import PASSWORD, Visitor, hidden_fields, with_password
from ..saving import connected, somebody_saves
from .test_sent_once import Sending, sending, things

__all__ = ["sending", "things"]


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.02)


def test_what_was_kept_is_saved_once_when_it_is_sent_again(sending: Sending) -> None:
    person, address, fields = sending.form("reviews.themes")  # type: ignore[misc]
    client = sending.sign_in(getattr(sending.world, person))
    with somebody_saves():
        page = client.post(address, data=fields)
    assert (page.status_code, page.headers["Retry-After"]) == (503, "5")
    before = Theme.select().count()
    again = hidden_fields(page.text)
    assert client.post(address, data=again).status_code == 302
    assert client.post(address, data=again).status_code == 303
    assert Theme.select().count() == before + 1


def test_a_password_is_not_carried_along(
    app: Flask, world: World, sign_in: Callable, csrf_token: str
) -> None:
    with_password(world.manager)
    client = sign_in(world.manager)
    typed = {"csrf_token": csrf_token, "present_password": PASSWORD, "password": PASSWORD}
    with somebody_saves():
        answer = client.post("/account", data=typed)
        visitor = Visitor(app)
        signing_in = visitor.sign_in(world.manager.email)
    for each in (answer, signing_in):
        assert each.status_code == 503 and "has to wait a moment" in each.text
        assert PASSWORD not in each.text
    assert visitor.sign_in(world.manager.email).status_code == 302


def test_who_reads_does_not_wait_for_who_saves(world: World, sign_in: Callable) -> None:
    client = sign_in(world.manager)
    long_ago = clock.real_now() - timedelta(minutes=5)
    with database.writing(SignInSession):
        SignInSession.update(seen_at=long_ago).execute()
    with somebody_saves():
        for address in ("/", "/actions", "/reviews", "/audit"):
            assert client.get(address, follow_redirects=True).status_code == 200, address
        assert SignInSession.get().seen_at == long_ago
    client.get("/actions")
    assert SignInSession.get().seen_at > long_ago


def test_what_was_done_is_said_once_while_somebody_else_saves(
    monkeypatch: pytest.MonkeyPatch, sending: Sending
) -> None:
    monkeypatch.setattr(database, "BUSY_SECONDS", 10)
    person, address, fields = sending.form("reviews.themes")  # type: ignore[misc]
    client = sending.sign_in(getattr(sending.world, person))
    saved = client.post(address, data=fields)
    with ThreadPoolExecutor(1) as others:
        holding = threading.Event()
        others.submit(_saves_for_a_moment, holding)
        holding.wait()
        said = client.get(saved.headers["Location"]).text
    again = client.get(saved.headers["Location"]).text
    assert [text.count("govuk-notification-banner__heading") for text in (said, again)] == [1, 0]


def _saves_for_a_moment(holding: threading.Event) -> None:
    with somebody_saves():
        holding.set()
        time.sleep(0.3)


def test_who_saves_does_not_wait_for_who_reads(app: Flask, world: World, sending: Sending) -> None:
    with_password(world.manager)
    with connected() as run:
        run("BEGIN")
        run("SELECT COUNT(*) FROM action").fetchall()
        assert Visitor(app).sign_in(world.manager.email).status_code == 302
        form = sending.form("reviews.themes")
        assert sending.send(*form).status_code == 302  # type: ignore[misc]
        run("ROLLBACK")
