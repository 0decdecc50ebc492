"""What a manager reads of the sending itself: what ran, what waits, what failed, each in words."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import html

from kscb_actions import clock
from kscb_actions.audit.models import AuditEvent
from kscb_actions.chasing.providers import registered
from kscb_actions.chasing.service import chase
from kscb_actions.config import Settings
from kscb_actions.database import writing
from kscb_actions.jobs.lateness import late
from kscb_actions.jobs.scheduler import Jobs
from kscb_actions.mail import smtp
from kscb_actions.mail.models import OutboxMessage
from kscb_actions.people.models import User
from kscb_actions.settings.service import make_demonstration

from ..audit.test_chain import run_check
from ..factories import TODAY, World
from .peers import Peer, free_port, listening, silent, with_password, with_tls
from .sending import LEAD, logged, via, write

SignIn = Callable[[User | None], FlaskClient]
PASSWORD, LINK = "battery-staple-9", "https://tracker.example/password/only-once"


@contextmanager
def at_port(port: int) -> Iterator[int]:
    yield port


@contextmanager
def peer(manners: Peer, **options: Any) -> Iterator[int]:
    with listening(manners, **options) as there:
        yield there.port


# (the server, how it is reached, what becomes of the message, what a manager reads)
SERVERS: dict[str, tuple[Callable[[], Any], dict[str, str], str, str]] = {
    "refuses": (lambda: at_port(free_port()), {}, "Waiting", "The mail server cannot be reached"),
    "hangs": (silent, {}, "Waiting", "timed out"),
    "421": (
        lambda: peer(Peer(rcpt={LEAD: "421 Going down"})),
        {},
        "Waiting",
        "The mail server said: 421 Going",
    ),
    "451": (lambda: peer(Peer(rcpt={LEAD: "451 Later"})), {}, "Waiting", "The mail server said: 451 Later"),
    "451 data": (
        lambda: peer(Peer(data={LEAD: "451 Later"})),
        {},
        "Waiting",
        "The mail server said: 451 Later",
    ),
    "550": (
        lambda: peer(Peer(rcpt={LEAD: "550 Unknown"})),
        {},
        "Not delivered",
        "The mail server said: 550 Unknown",
    ),
    "550 data": (
        lambda: peer(Peer(data={LEAD: "550 Spam"})),
        {},
        "Not delivered",
        "The mail server said: 550 Spam",
    ),
    "drops": (lambda: peer(Peer(drops=(LEAD,))), {}, "Waiting", "The mail server went away"),
    "bad certificate": (lambda: peer(Peer(), **with_tls()), {"host": "localhost"}, "Waiting", "certificate"),
    "bad certificate first": (
        lambda: peer(Peer(), ssl_context=with_tls()["tls_context"]),
        {"host": "localhost", "scheme": "smtps"},
        "Waiting",
        "certificate",
    ),
    "no TLS for a password": (
        lambda: peer(Peer(), **with_password("board", PASSWORD), auth_require_tls=False),
        {"login": f"board:{PASSWORD}@"},
        "Waiting",
        "The mail server offers no TLS, so the password was not sent.",
    ),
}


@pytest.mark.filterwarnings("ignore:Requiring AUTH")
@pytest.mark.parametrize("manners", SERVERS)
def test_whatever_a_server_does_the_manager_reads_it_and_nobody_reads_a_secret(
    world: World,
    settings: Settings,
    sign_in: SignIn,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    manners: str,
) -> None:
    server, how, state, said = SERVERS[manners]
    monkeypatch.setattr(smtp, "TIMEOUT_SECONDS", 0.2)
    write(world.police_lead, body=LINK, secret=True)
    with server() as port:
        Jobs(via(settings, port, **how)).deliver()
    client = sign_in(world.manager)
    listed, page = client.get("/outbox").text, client.get("/outbox/1").text
    assert state in page and said in html.fromstring(page).text_content()
    assert state in listed
    if state == "Waiting":
        words = html.fromstring(listed).text_content()
        assert said in words and "1 message waits to be sent." in words
        (told,) = html.fromstring(listed).xpath("//main/p[contains(., 'last tried')]")
        assert told.text_content().endswith(".")
        assert "Next try" in page
    else:
        assert "1 message did not arrive" in listed
    for secret in (PASSWORD, LINK):
        assert secret not in listed + page + logged(caplog)
        assert not any(secret in str(row) for row in AuditEvent.select().tuples())


def standing(client: FlaskClient) -> str:
    (main,) = html.fromstring(client.get("/outbox").text).xpath("//main")
    return " ".join(main.text_content().split())


def test_the_outbox_says_what_ran_and_what_runs_next(world: World, sign_in: SignIn) -> None:
    client = sign_in(world.manager)
    assert "No reminders have been written yet. The next run is on 30 March 2012" in standing(client)
    assert "No message waits to be sent." in standing(client)
    for provider in registered():
        chase(provider, TODAY, "http://127.0.0.1:5000")
    told = standing(client)
    assert re.search(r"Reminders were last written on 30 March 2012.* The next run is on 2 April 2012", told)
    assert "LATE" not in told and "have not been written" not in told


def ran_on(day: date) -> None:
    with clock.at(day):
        for provider in registered():
            chase(provider, day, "http://127.0.0.1:5000")


@pytest.mark.parametrize(
    ("now", "is_late"),
    [
        (datetime(2012, 3, 30, 17, tzinfo=UTC), False),
        (datetime(2012, 4, 1, 17, tzinfo=UTC), False),
        (datetime(2012, 4, 2, 7, 30, tzinfo=UTC), False),
        (datetime(2012, 4, 2, 8, 1, tzinfo=UTC), True),
        (datetime(2012, 4, 5, 6, tzinfo=UTC), True),
    ],
)
def test_a_run_that_was_missed_for_an_hour_is_late(
    app: Flask, world: World, now: datetime, is_late: bool
) -> None:
    with clock.at(now):
        assert late(False) == []
    ran_on(TODAY)
    with clock.at(now):
        assert bool(late(False)) is is_late
        result = run_check(app)
    assert result.exit_code == int(is_late)
    assert ("LATE: The reminders of" in result.output) is is_late
    assert "whole" in result.output


def test_a_late_run_stands_on_the_outbox_page(world: World, sign_in: SignIn) -> None:
    ran_on(TODAY)
    client = sign_in(world.manager)
    with clock.at(date(2012, 4, 3)):
        told = standing(client)
    assert "The reminders of 3 April 2012 have not been written; the last were on 30 March 2012" in told


def test_mail_that_nobody_tries_is_late_where_a_server_is_set(app: Flask, world: World) -> None:
    write(world.reader)
    assert (late(False), late(True)) == (
        [],
        ["1 message has waited for more than an hour without being tried."],
    )
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], mail="smtp://127.0.0.1:9")
    assert run_check(app).exit_code == 1
    write_soon = clock.real_now() + timedelta(minutes=5)
    with writing(OutboxMessage):
        OutboxMessage.update(next_try_at=write_soon, attempts=2).execute()
    assert late(True) == []


def test_a_board_that_lives_on_one_day_is_never_late(world: World) -> None:
    ran_on(TODAY)
    make_demonstration(world.manager.viewer, TODAY, "x")
    with clock.at(date(2012, 4, 10)):
        assert late(False) == []
