"""A file that was attached: who may open it, and how it is sent."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from kscb_actions.audit.models import AuditEvent
from kscb_actions.audit.service import change
from kscb_actions.web.assurance.evidence import disposition, headers_for

from ..factories import PDF, World
from .filing import SignIn, at, file_address, files_in, without_tokens

HOSTILE = [
    'a";filename="evil.exe.pdf',
    "a\r\nX-Evil: 1.pdf",
    'a\\";x=y.pdf',
    "../../etc/passwd.pdf",
    "Kursübersicht – März.pdf",
    "\u202efdp.exe.pdf",
    "😀 100%.pdf",
    "a;b=c,d'e.pdf",
    "x" * 400 + ".pdf",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_file_comes_as_an_attachment_whatever_it_is_called(
    world: World, lead: FlaskClient, csrf_token: str, name: str
) -> None:
    file = world.evidence(world.action(), (name, PDF)).files.get()
    answer = lead.get(file_address(file))
    assert (answer.status_code, answer.data) == (200, PDF)
    headers = answer.headers
    assert len(headers.getlist("Content-Disposition")) == 1 and "X-Evil" not in headers
    assert re.fullmatch(
        r"attachment; filename=\"[\w ().-]+\"; filename\*=UTF-8''[A-Za-z0-9%._~-]+",
        headers["Content-Disposition"],
        re.ASCII,
    )
    assert headers["Content-Type"] == "application/pdf"
    assert headers["Content-Length"] == str(len(PDF))
    assert headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"


@given(st.text(min_size=1, max_size=150))
def test_no_name_can_add_to_the_header(name: str) -> None:
    header = disposition(name)
    assert header.isascii() and header.isprintable()
    assert re.fullmatch(
        r"attachment; filename=\"[A-Za-z0-9 ._()-]*\"; filename\*=UTF-8''[A-Za-z0-9%._~-]*", header
    )


@pytest.mark.parametrize("stored", ["text/html", "image/svg+xml", "text/plain\r\nX: 1", ""])
def test_a_type_that_is_not_on_the_map_is_sent_as_plain_bytes(stored: str) -> None:
    assert headers_for("a.pdf", stored, 1)["Content-Type"] == "application/octet-stream"


def test_a_download_is_told_to_the_trail(world: World, sign_in: SignIn) -> None:
    file = world.evidence(world.action()).files.get()
    sign_in(world.chair).get(file_address(file))
    newest = AuditEvent.select().order_by(AuditEvent.id.desc()).first()
    assert (newest.event, newest.actor_name, newest.object_id) == ("evidence.opened", "Chair", file.id)


@pytest.mark.parametrize("how", ["flipped", "cut", "gone"])
def test_nothing_of_a_damaged_file_is_sent(app: Flask, world: World, sign_in: SignIn, how: str) -> None:
    file = world.evidence(world.action()).files.get()
    (path,) = files_in(app)
    path.chmod(0o600)
    if how == "gone":
        path.unlink()
    else:
        path.write_bytes(PDF.replace(b"Catalog", b"Catalox") if how == "flipped" else PDF[:-1])
    answer = sign_in(world.chair).get(file_address(file))
    assert answer.status_code == 410 and "This file is damaged" in answer.text
    assert b"%PDF" not in answer.data and "Content-Disposition" not in answer.headers
    newest = AuditEvent.select().order_by(AuditEvent.id.desc()).first()
    assert newest.event == "evidence.found-damaged"


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("police_lead", 200),
        ("manager", 200),
        ("chair", 200),
        ("reader", 404),
        ("health_lead", 404),
        ("cdop_member", 404),
        ("cdop_coordinator", 404),
    ],
)
def test_a_file_opens_for_those_permitted_and_is_absent_for_others(
    world: World, sign_in: SignIn, who: str, status: int
) -> None:
    file = world.evidence(world.action()).files.get()
    client = sign_in(getattr(world, who))
    answer = client.get(file_address(file))
    assert answer.status_code == status
    if status == 404:
        never = client.get(file_address(file).replace(f"/files/{file.id}", "/files/999999"))
        assert never.status_code == 404 and without_tokens(never.text) == without_tokens(answer.text)


def test_every_part_of_a_files_address_has_to_fit(world: World, lead: FlaskClient) -> None:
    mine, other = world.action(), world.action()
    first, second = world.evidence(mine), world.evidence(other)
    file = first.files.get()
    for address in (
        at(mine, f"/evidence/{second.id}/files/{file.id}"),
        at(other, f"/evidence/{first.id}/files/{file.id}"),
        at(mine, f"/evidence/{first.id}/files/{second.files.get().id}"),
    ):
        assert lead.get(address).status_code == 404


def test_a_restricted_review_hides_its_files_from_whoever_is_not_named(world: World, sign_in: SignIn) -> None:
    review = world.review()
    file = world.evidence(world.action(recommendation=world.recommendation(review))).files.get()
    review.is_restricted = True
    with change(world.as_viewer(world.manager)) as tx:
        tx.update(review, "review.changed")
    assert sign_in(world.manager).get(file_address(file)).status_code == 404
