"""Pictures, texts and mails shown in the check page: as words and pictures, never as anything that runs."""

import re
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient

from kscb_actions.actions.models import Action
from kscb_actions.assurance.models import EvidenceFile
from kscb_actions.audit.models import AuditEvent
from kscb_actions.text import InvalidInput

from ...factories import World
from ...files.corpus_mail import email, email_with
from ...files.corpus_pictures import JPEG, jpeg_of_size, png
from ...queries import counted
from ...reading import Seen, see, words_of
from ..filing import SignIn, at, file_address, files_in

DUE = date(2012, 5, 1)
USUAL = "Show “policy.pdf” here"
HOSTILE = b"Words first.\n<img src=http://evil.example/x onerror=alert(1)> <b>bold</b> {{ 7*7 }}\n"


@pytest.fixture
def chair(world: World, sign_in: SignIn) -> FlaskClient:
    """Return the chair, signed in."""
    return sign_in(world.chair)


def waiting(world: World, *files: tuple[str, bytes]) -> Action:
    """Return an action reported done with these files beside the usual PDF."""
    action = world.action(DUE)
    world.evidence(action, *files)
    world.submission(action)
    return action


def folds(page: Seen) -> dict[str, str]:
    """Return {summary: words} of the files that are shown, without the usual PDF."""
    found = {
        words_of(each.find("summary")): words_of(each.find("div"))
        for each in page.tree.find_class("app-reading")
    }
    assert found.pop(USUAL).startswith("Page by page")
    return found


def named(name: str) -> EvidenceFile:
    """Return the file of this name."""
    return EvidenceFile.get(EvidenceFile.shown_name == name)


def opened() -> list[int]:
    """Return the files that the trail says were opened."""
    events = AuditEvent.select().where(AuditEvent.event == "evidence.opened").order_by(AuditEvent.id)
    return [event.object_id for event in events]


def test_text_table_and_mail_are_folded_into_the_page(world: World, chair: FlaskClient) -> None:
    files = {"a.txt": HOSTILE, "b.csv": b"Name,Number\nAnn,1\n", "c.eml": email_with("d.txt", b"x\n")}
    action = waiting(world, *files.items())
    page = see(chair, at(action, "/check"))
    shown = folds(page)
    assert list(shown) == [f"Show “{name}” here" for name in files]
    assert shown["Show “a.txt” here"] == words_of_bytes(HOSTILE)
    assert shown["Show “b.csv” here"] == "Name,Number Ann,1"
    assert "From lead@health.example" in shown["Show “c.eml” here"]
    assert "See attached. Attached to it: d.txt" in shown["Show “c.eml” here"]
    assert opened() == [named(name).id for name in files]


def words_of_bytes(data: bytes) -> str:
    """Return bytes of a text on one line."""
    return " ".join(data.decode().split())


def test_nothing_of_a_file_becomes_part_of_the_page(world: World, chair: FlaskClient) -> None:
    body = '<p>Dear</p><img src="http://evil.example/pixel.png"><a href="javascript:alert(1)">go</a>'
    html = email(body, "Content-Type: text/html\r\n").replace(b"Dip sample", b"<script>alert(1)</script>")
    action = waiting(world, ("a.txt", HOSTILE), ("b.eml", html), ("<b>bold.txt", b"x\n"))
    page = see(chair, at(action, "/check"))
    assert "<img src=http://evil" not in page.body and "<b>bold" not in page.body
    assert "evil.example/pixel" not in page.body and "<script>alert" not in page.body
    assert (
        len(page.tree.xpath("//main//img")) == 1
        and page.tree.xpath("//*[contains(@href, 'javascript')]") == []
    )
    assert "49" not in folds(page)["Show “a.txt” here"]


def test_of_a_long_text_the_beginning_stands_and_the_whole_is_a_download(
    world: World, chair: FlaskClient
) -> None:
    action = waiting(world, ("long.txt", b"word " * 100_000))
    page = see(chair, at(action, "/check"))
    assert "This is the beginning: the whole file as a download" in folds(page)["Show “long.txt” here"]
    assert len(page.body) < 100_000
    address = file_address(named("long.txt"))
    assert page.links("app-reading")[0] == ("the whole file as a download, “long.txt”", address)


def test_a_picture_is_sent_to_the_page_as_nothing_but_that(world: World, chair: FlaskClient) -> None:
    pictures = {"a.png": (png(), "image/png"), "b\u202e é.jpg": (JPEG, "image/jpeg")}
    action = waiting(world, *[(name, data) for name, (data, _) in pictures.items()])
    page = see(chair, at(action, "/check"))
    assert opened() == []
    images = page.tree.xpath("//main//img[contains(@src, '/picture') and not(contains(@src, '/pages/'))]")
    assert [image.get("alt") for image in images] == ["Picture “a.png”", "Picture “b é.jpg”"]
    assert all(image.get("loading") == "lazy" for image in images)
    for image, (data, media_type) in zip(images, pictures.values(), strict=True):
        answer = chair.get(image.get("src"))
        assert (answer.status_code, answer.data) == (200, data)
        assert answer.headers["Content-Type"] == media_type
        assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Disposition"].startswith("inline; filename=")
        assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert opened() == [named("a.png").id, named("b é.jpg").id]
    policy = chair.get(at(action, "/check")).headers["Content-Security-Policy"]
    assert "img-src 'self' data:;" in policy and "frame-src" not in policy


@pytest.mark.parametrize("name", ["policy.pdf", "a.txt", "c.eml"])
def test_what_is_no_picture_is_never_sent_inline(world: World, chair: FlaskClient, name: str) -> None:
    waiting(world, ("a.txt", HOSTILE), ("c.eml", email()))
    address = file_address(named(name))
    answer = chair.get(f"{address}/picture")
    assert (answer.status_code, answer.headers["Location"]) == (302, address)
    assert chair.get(address).headers["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("page.txt", b"<html><script>alert(1)</script></html>"),
        ("drawing.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"),
        ("drawing.png", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        ("drawing.txt", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        ("picture.png", png() + b"<script>alert(1)</script>"),
    ],
)
def test_what_only_looks_like_a_text_or_a_picture_is_not_kept(world: World, name: str, data: bytes) -> None:
    with pytest.raises(InvalidInput, match=re.escape(name)):
        waiting(world, (name, data))


def test_a_picture_too_large_to_show_is_a_download(world: World, chair: FlaskClient) -> None:
    waiting(world, ("large.jpg", jpeg_of_size(30_000, 30_000)))
    address = file_address(named("large.jpg"))
    answer = chair.get(f"{address}/picture")
    assert answer.status_code == 413 and "too large to show" in answer.text
    assert chair.get(address).status_code == 200


def test_more_than_ten_texts_stay_downloads(world: World, chair: FlaskClient) -> None:
    action = world.action(DUE)
    world.evidence(action, *[(f"{n}.txt", b"Text %d\n" % n) for n in range(9)])
    world.evidence(action, ("9.txt", b"Text 9\n"), ("10.txt", b"Text 10\n"))
    world.submission(action)
    page = see(chair, at(action, "/check"))
    assert list(folds(page)) == [f"Show “{n}.txt” here" for n in range(10)]
    assert "10.txt" in page.text


@pytest.mark.parametrize("name", ["a.txt", "a.png"])
def test_a_damaged_file_is_said_and_not_shown(
    app: Flask, world: World, chair: FlaskClient, name: str
) -> None:
    action = waiting(world, (name, HOSTILE if name == "a.txt" else png()))
    path = next(each for each in files_in(app) if each.name == named(name).stored_name)
    path.chmod(0o600)
    path.write_bytes(b"Other words.\n")
    page = see(chair, at(action, "/check"))
    assert page.status == 200 and "Other words." not in page.text
    if name == "a.txt":
        assert "This file is damaged or missing." in folds(page)[f"Show “{name}” here"]
    else:
        assert chair.get(f"{file_address(named(name))}/picture").status_code == 410
    assert AuditEvent.select().order_by(AuditEvent.id.desc()).get().event == "evidence.found-damaged"


@pytest.mark.parametrize(
    ("who", "status"), [("chair", 200), ("police_lead", 200), ("reader", 404), ("health_lead", 404)]
)
def test_a_picture_is_for_who_may_open_the_file(world: World, sign_in: SignIn, who: str, status: int) -> None:
    waiting(world, ("a.png", png()))
    answer = sign_in(getattr(world, who)).get(f"{file_address(named('a.png'))}/picture")
    assert answer.status_code == status


def test_pictures_cost_the_page_no_query(world: World, chair: FlaskClient) -> None:
    few, many = waiting(world, ("a.png", png())), waiting(world, *[(f"{n}.png", png()) for n in range(6)])
    counts = []
    for action in (few, many):
        with counted() as count:
            assert see(chair, at(action, "/check")).status == 200
        counts.append(int(count))
    assert counts[0] == counts[1]
