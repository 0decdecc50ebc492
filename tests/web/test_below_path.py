"""The tracker below a path of a host that has other things too: every address begins with the path."""

import re
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.exceptions import HTTPException
from werkzeug.test import Client

from kscb_actions import create_app
from kscb_actions.chasing.actions.provider import OPEN_ACTIONS
from kscb_actions.chasing.providers import run_of
from kscb_actions.chasing.service import chase_together
from kscb_actions.config import UNREAD, BadSetting, Settings, read_settings
from kscb_actions.demo.content import AS_AT
from kscb_actions.mail.models import OutboxMessage
from kscb_actions.people.models import User

from ..conftest import CompiledTemplates, made, on_settings, signed_in_token
from ..demonstration import Demonstration
from ..factories import TODAY, World
from ..people.visitor import OURS, PASSWORD, token_in, with_password

HOST, PATH = "https://council.example", "/council/tracker"
BASE = f"{HOST}{PATH}"
# What a page's reader follows, sends to or loads.
ADDRESSES = re.compile(r'\s(?:href|action|src|formaction|poster)="([^"]*)"')


@pytest.fixture
def below(settings: Settings, compiled: CompiledTemplates) -> Iterator[Flask]:
    """Yield the application below a path."""
    settings = replace(settings, base_url=BASE)
    with on_settings(made(settings, compiled), settings) as app:
        yield app


def astray(page: str) -> list[str]:
    """Return the addresses of a page that begin at the root of the host and not with the path."""
    found = map(unescape, ADDRESSES.findall(page))
    return [each for each in found if each.startswith("/") and not each.startswith(f"{PATH}/")]


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("https://council.example/tracker", "https://council.example/tracker"),
        ("https://council.example/tracker/", "https://council.example/tracker"),
        ("http://[::1]:5000/a/b-c_d.e", "http://[::1]:5000/a/b-c_d.e"),
        ("https://tracker.example", "https://tracker.example"),
    ],
)
def test_a_base_url_may_have_a_path(tmp_path, given: str, kept: str) -> None:
    assert read_settings({"KSCB_INSTANCE": str(tmp_path), "KSCB_BASE_URL": given}).base_url == kept


@pytest.mark.parametrize(
    "tail", ["/a?b=c", "/a#b", "/a b", "/a//b", "/../a", "/%74", "/é", ":port", "@b.example"]
)
def test_a_base_url_with_anything_else_is_refused(tmp_path, tail: str) -> None:
    with pytest.raises(BadSetting, match="a host, with a port and a path"):
        read_settings({"KSCB_INSTANCE": str(tmp_path), "KSCB_BASE_URL": f"https://council.example{tail}"})


def test_a_path_that_begins_as_our_own_addresses_do_is_refused(settings: Settings) -> None:
    with pytest.raises(BadSetting, match="cannot begin with /reviews"):
        create_app(replace(settings, base_url="https://council.example/reviews/all"))


@pytest.mark.parametrize("taken_off", ["", PATH])
def test_signing_in_leads_where_one_was_going(below: Flask, taken_off: str) -> None:
    """A proxy may have taken the path off, or not."""
    with_password(World(below.config["SETTINGS"].evidence).reader)

    def proxy(environ: dict[str, Any], start_response: Callable) -> Iterable[bytes]:
        environ["PATH_INFO"] = environ["PATH_INFO"].removeprefix(taken_off)
        return below.wsgi_app(environ, start_response)

    client = Client(proxy)
    asked = client.get(f"{PATH}/actions?sort=due", base_url=HOST)
    assert asked.location == f"{PATH}/sign-in?next={PATH}/actions?sort%3Ddue"
    page = client.get(asked.location, base_url=HOST)
    fields = {"csrf_token": token_in(page.text), "email": "reader@board.example", "password": PASSWORD}
    done = client.post(asked.location, base_url=HOST, data=fields, headers=OURS)
    assert (done.status_code, done.location) == (302, f"{PATH}/actions?sort=due")
    for each in (*page.headers.getlist("Set-Cookie"), *done.headers.getlist("Set-Cookie")):
        assert each.startswith("__Secure-kscb"), "__Host- would be for the whole host"
        assert {"Secure", "HttpOnly", f"Path={PATH}"} <= set(each.split("; "))
    assert len(done.headers.getlist("Set-Cookie")) == 2
    assert done.headers["Strict-Transport-Security"] == "max-age=31536000", (
        "the host's subdomains are others'"
    )
    assert client.get(f"{PATH}/account", base_url=HOST).status_code == 200


@pytest.mark.parametrize("elsewhere", ["/", "/another", f"{PATH}er/", "//evil.example/council/tracker/"])
def test_signing_in_leads_to_no_other_thing_of_the_host(below: Flask, elsewhere: str) -> None:
    with_password(World(below.config["SETTINGS"].evidence).reader)
    client = below.test_client()
    address = f"{PATH}/sign-in"
    page = client.get(address, base_url=HOST)
    fields = {"csrf_token": token_in(page.text), "email": "reader@board.example", "password": PASSWORD}
    done = client.post(address, query_string={"next": elsewhere}, base_url=HOST, data=fields, headers=OURS)
    assert done.location == f"{PATH}/"


def test_a_form_is_ours_by_its_origin_alone(below: Flask) -> None:
    """Browsers say in Origin no path; the proxy may know us by another name."""
    address = f"{PATH}/forgotten-password"
    answer = below.test_client().post(address, data={"email": "a@b.example"}, headers={"Origin": HOST})
    assert (answer.status_code, answer.location) == (303, address)


def test_how_much_of_a_body_is_read_is_known_below_the_path(below: Flask) -> None:
    most_bytes = below.extensions["most_bytes"]
    for sent in ("", PATH):
        environ = {
            "REQUEST_METHOD": "POST",
            "SCRIPT_NAME": "",
            "PATH_INFO": f"{sent}/sign-in",
            "HTTP_HOST": "council.example",
            "wsgi.url_scheme": "http",
        }
        assert most_bytes(environ)[0] > 0
        assert (environ["SCRIPT_NAME"], environ["PATH_INFO"]) == (PATH, "/sign-in")
    assert UNREAD not in environ


def test_mail_leads_below_the_path(below: Flask, pictures: None) -> None:
    world = World(below.config["SETTINGS"].evidence)
    world.action(due_on=TODAY.replace(year=TODAY.year - 1))
    chase_together(run_of(OPEN_ACTIONS), TODAY, BASE)
    links = [
        link
        for each in OutboxMessage.select()
        for link in re.findall(r"https?://\S+", each.body + each.enclosed)
    ]
    assert len(links) > 3
    assert [each for each in links if not each.startswith(f"{BASE}/")] == []


ROLES = ("board.manager@kscb.example", "scr.chair@kent-probation.example", "cdop.coordinator@kscb.example")
# Where each of them begins, and so goes on to their own pages.
FIRST = {"home.index", "home.attention", "home.my_actions", "home.panel_work"}


def test_every_page_leads_below_the_path(
    demonstration: Demonstration, application: Flask, compiled: CompiledTemplates, tmp_path: Path
) -> None:
    """One page of every kind that links lead to, as three people: no address begins at the host's root."""
    file = shutil.copy(demonstration.instance / "kscb.db", tmp_path)
    settings = replace(application.config["SETTINGS"], base_url=BASE.replace("https", "http"))
    settings = replace(settings, database=f"sqlite:///{file}", evidence=demonstration.folder)
    app = made(settings, compiled)
    seen = set[str]()
    with on_settings(app, settings, AS_AT):
        for email in ROLES:
            client = app.test_client()
            token = signed_in_token(User.get(User.email == email))
            client.set_cookie(app.config["SESSION_COOKIE_NAME"], f"s.{token}", domain="council.example")
            walk(app, client, seen)
    assert len(seen) > 60, sorted(seen)


def walk(app: Flask, client: FlaskClient, seen: set[str]) -> None:
    """Follow the links of pages, to one page of each route that is not among those `seen`, and add it."""
    waiting, refused, visited = [f"{PATH}/"], {"static"}, set[str]()
    match = app.url_map.bind("council.example").match
    while waiting:
        address = waiting.pop()
        with suppress(HTTPException):
            endpoint = match(urlsplit(address).path.removeprefix(PATH) or "/")[0]
            if address in visited or endpoint in (seen | refused) - FIRST:
                continue
            visited.add(address)
            answer = client.get(address, base_url="http://council.example")
            (seen if answer.status_code < 400 else refused).add(endpoint)
            if answer.location:
                assert answer.location.startswith(f"{PATH}/"), address
                waiting.append(answer.location)
            elif answer.mimetype == "text/html":
                assert astray(answer.text) == [], address
                found = map(unescape, ADDRESSES.findall(answer.text))
                waiting += [each for each in found if each.startswith("/")]


def test_an_address_at_the_root_would_be_found() -> None:
    assert astray(f'<a href="/reviews">x</a><form action="{PATH}/a"><img src="/i.png">') == [
        "/reviews",
        "/i.png",
    ]
