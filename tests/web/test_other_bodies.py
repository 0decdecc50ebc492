"""JSON, files where a text is expected and odd names of files are answered as bad input."""

import io
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from kscb_actions.people.models import User

from ..access.test_matrix import ALLOWED, Things, address_of, things
from ..assurance.filing import PDF, at
from ..factories import World
from ..long import LONG
from ..pages import Page
from ..people.visitor import Visitor

__all__ = ["things"]

LINE = "multipart/form-data; boundary=line"


class Forms:
    """Every form of the application: its address, and somebody who may send it."""

    def __init__(
        self, app: Flask, world: World, sign_in: Callable[[User | None], FlaskClient], things: Things
    ) -> None:
        self.app, self.world, self.sign_in, self.things = app, world, sign_in, things

    def __iter__(self):  # type: ignore[no-untyped-def]
        """Yield (address, whether it can be opened, a signed-in client) of each."""
        for rule in list(self.app.url_map.iter_rules()):
            if "POST" not in (rule.methods or ()):
                continue
            allowed = sorted(ALLOWED.get(rule.endpoint, ()))
            person = getattr(self.world, allowed[0]) if allowed else None
            reference = self.things.action.review.reference
            address = address_of(self.app, rule.endpoint, self.things, reference)
            yield address, "GET" in (rule.methods or ()), self.sign_in(person)


@pytest.fixture
def forms(app: Flask, world: World, sign_in: Callable, things: Things) -> Forms:
    """Return every form."""
    return Forms(app, world, sign_in, things)


def names_on(client: FlaskClient, address: str) -> set[str]:
    """Return the names of all fields of the forms of a page."""
    page = client.get(address)
    if not page.get_data():
        return set()
    return set(map(str, Page(page).tree.xpath("//form[@method='post']//*[@name]/@name")))


JSON = ('{"email": ["x"], "password": 1}', "[1]", "{", '"x"', '{"name": {"a": 1}}')


@pytest.mark.parametrize("place", range(len(JSON)))
def test_json_is_no_form(forms: Forms, csrf_token: str, place: int) -> None:
    """Each form is sent one body, others the next; in a long run each all."""
    asked, body = 0, JSON[place]
    for number, (address, _, client) in enumerate(forms):
        if not LONG and number % len(JSON) != place:
            continue
        headers = {"X-CSRFToken": csrf_token}
        answer = client.post(address, data=body, headers=headers, content_type="application/json")
        assert answer.status_code == 400, (address, answer.status_code)
        assert "not one of ours" in answer.text
        asked += 1
    assert asked > 40


def test_a_file_is_no_text(forms: Forms, csrf_token: str) -> None:
    """All fields of each form at once, or every other one, as parts with a file name; in a long run both."""
    asked = 0
    for number, (address, opens, client) in enumerate(forms):
        fields = sorted((names_on(client, address) if opens else set()) - {"csrf_token"}) or [
            "version",
            "submit",
        ]
        ways = list(filter(None, (fields, fields[::2], fields[1::2])))
        for chosen in ways if LONG else [ways[number % len(ways)]]:
            data = {name: (io.BytesIO(b"x"), "x.txt", "text/plain") for name in chosen}
            answer = client.post(address, data={"csrf_token": csrf_token, **data})
            assert answer.status_code < 500, (address, chosen)
            answer.close()
            asked += 1
    assert asked > 120


@pytest.mark.parametrize("path", ["/sign-in", "/forgotten-password"])
def test_a_public_form_is_shown_again(app: Flask, world: World, path: str) -> None:
    visitor = Visitor(app)
    data = {"csrf_token": visitor.token(path), "email": (io.BytesIO(b"x"), "x.txt")}
    answer = visitor.client.post(path, data=data)
    assert (answer.status_code, "Enter your email address." in answer.text) == (200, True)
    token = visitor.token(path)
    answer = visitor.client.post(path, json={"email": "a"}, headers={"X-CSRFToken": token})
    assert answer.status_code == 400


def multipart(name: bytes, token: str) -> bytes:
    """Return evidence of one PDF whose name is said so."""
    texts = {"csrf_token": token, "kind": "policy", "description": "The procedure.", "dated_on": "1"}
    parts = [
        f'--line\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{text}' for key, text in texts.items()
    ]
    more = [
        '--line\r\nContent-Disposition: form-data; name="dated_on"\r\n\r\n' + each for each in ("3", "2012")
    ]
    file = b'\r\n--line\r\nContent-Disposition: form-data; name="files"; ' + name
    typed = "\r\n".join([*parts, *more]).encode()
    return (
        typed
        + file
        + b"\r\nContent-Type: application/pdf; charset=nosuch\r\n\r\n"
        + PDF
        + b"\r\n--line--\r\n"
    )


@pytest.mark.parametrize(
    "name",
    [
        b"filename*=nosuch''policy%E9.pdf",
        b"filename*=hex''policy.pdf",
        b"filename*=idna''policy%ff.pdf",
        b"filename*=undefined''policy.pdf",
        b"filename*=utf-8''policy%E9.pdf",
        b"filename*=utf-16''%00%d8.pdf",
        b"filename*=''.pdf",
        b"filename*=utf-8",
        b'filename="=?nosuch?Q?policy?=.pdf"',
        b'filename="policy\xe9.pdf"',
        b'filename="policy\x00.pdf"',
        b'filename=""',
        b"filename*0*=nosuch''pol; filename*1=icy.pdf",
    ],
)
def test_any_name_of_a_file_is_taken_or_refused(
    app: Flask, world: World, sign_in: Callable, csrf_token: str, name: bytes
) -> None:
    client, address = sign_in(world.police_lead), at(world.action(), "/evidence/new")
    answer = client.post(address, data=multipart(name, csrf_token), content_type=LINE)
    assert answer.status_code in (200, 302, 400), answer.status_code
    if answer.status_code == 200:
        assert Page(answer).errors
