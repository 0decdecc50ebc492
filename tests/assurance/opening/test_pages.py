"""A PDF read page by page: who sees it, what stands there, and what is said instead."""

import base64
import io
import sys
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from kscb_actions import clock
from kscb_actions.access.policy import SYSTEM
from kscb_actions.actions.models import Action
from kscb_actions.assurance.erasing import ask_to_erase, decide_erasure
from kscb_actions.assurance.models import EvidenceFile
from kscb_actions.assurance.service import withdraw_evidence
from kscb_actions.audit.models import AuditEvent
from kscb_actions.audit.service import change
from kscb_actions.reviews.models import Review

from ...factories import PDF, World
from ...files.pdfs import LOCKED, pdf
from ...queries import counted
from ...reading import Seen, see
from ..filing import SignIn, at, file_address, files_in
from .test_reading import DUE, HOSTILE, chair, named, opened, waiting

__all__ = ["chair"]
NAME = "Plan of <b>Zebedee.pdf"
THREE = pdf("First page", "Second <script>alert\\(1\\)</script> page", "")


@pytest.fixture
def file(world: World) -> EvidenceFile:
    """Return a PDF of three pages that waits for a check."""
    waiting(world, (NAME, THREE))
    return named(NAME)


def page_of(client: FlaskClient, file: EvidenceFile, number: int) -> Seen:
    """Return a page of a file as somebody sees it."""
    return see(client, f"{file_address(file)}/pages/{number}")


def image_of(page: Seen) -> tuple[str, bytes]:
    """Return what is said for the one picture of a page, and the picture."""
    (image,) = page.tree.xpath("//main//img")
    kind, _, data = image.get("src").partition(",")
    assert kind == "data:image/jpeg;base64"
    return image.get("alt"), base64.b64decode(data)


def test_the_check_folds_the_first_page_and_leads_to_all(
    world: World, chair: FlaskClient, file: EvidenceFile
) -> None:
    page = see(chair, at(file.evidence.action, "/check"))
    assert opened() == []
    image = page.tree.xpath("//main//img")[0]
    assert image.get("alt") == f"First page of “{NAME}”" and image.get("loading") == "lazy"
    assert image.get("src") == f"{file_address(file)}/pages/1/picture"
    (words, address), (_, whole) = page.links("app-reading")[:2]
    assert words == f"Page by page, with its words, “{NAME}” (opens in a new tab)"
    assert (address, whole) == (f"{file_address(file)}/pages/1", file_address(file))


def test_a_page_has_its_picture_its_words_and_ways_on(chair: FlaskClient, file: EvidenceFile) -> None:
    pages = {number: page_of(chair, file, number) for number in (1, 2, 3)}
    for number, page in pages.items():
        assert (page.status, page.h1) == (200, f"Page {number} of 3")
        alt, data = image_of(page)
        assert alt == f"Page {number} of 3 of “{NAME}”"
        assert Image.open(io.BytesIO(data)).size == (1000, 1416)
        ways = [href.rsplit("/", 1)[1] for words, href in page.links() if words.endswith(" page")]
        assert ways == 2 * [str(other) for other in (number - 1, number + 1) if other in (1, 2, 3)]
        assert file_address(file) in [href for _, href in page.links()]
        assert "Zebedee" not in "".join(href for _, href in page.links())
    assert "Second <script>alert(1)</script> page" in pages[2].text
    assert "<script>alert" not in pages[2].body and "<b>Zebedee" not in pages[2].body
    assert "may have been scanned" in pages[3].text


def test_the_picture_alone_is_sent_as_nothing_but_that(chair: FlaskClient, file: EvidenceFile) -> None:
    answer = chair.get(f"{file_address(file)}/pages/2/picture")
    assert answer.status_code == 200
    assert answer.data == image_of(page_of(chair, file, 2))[1]
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert answer.headers["Content-Disposition"] == "inline"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert answer.headers["Cache-Control"] == "no-store"


def test_pages_within_the_hour_are_one_opening_of_one_person(
    world: World, chair: FlaskClient, file: EvidenceFile, sign_in: SignIn
) -> None:
    for address in ("pages/1/picture", "pages/1", "pages/2"):
        assert chair.get(f"{file_address(file)}/{address}").status_code == 200
    assert opened() == [file.id]
    assert sign_in(world.police_lead).get(f"{file_address(file)}/pages/1").status_code == 200
    assert opened() == 2 * [file.id]
    with clock.at(clock.now() + timedelta(minutes=61)):
        assert sign_in(world.chair).get(f"{file_address(file)}/pages/3").status_code == 200
    assert opened() == 3 * [file.id]
    chair.get(file_address(file))
    assert len(opened()) == 4


@pytest.mark.parametrize(
    ("who", "status"), [("chair", 200), ("police_lead", 200), ("reader", 404), ("health_lead", 404)]
)
@pytest.mark.parametrize("tail", ["", "/picture"])
def test_a_page_is_for_who_may_open_the_file(
    world: World, sign_in: SignIn, file: EvidenceFile, who: str, status: int, tail: str
) -> None:
    answer = sign_in(getattr(world, who)).get(f"{file_address(file)}/pages/1{tail}")
    assert answer.status_code == status
    assert len(opened()) == (status == 200)


def test_in_a_restricted_review_no_page_is_there(
    world: World, chair: FlaskClient, file: EvidenceFile
) -> None:
    review = Review.get_by_id(file.evidence.action.review_id)
    review.is_restricted = True
    with change(SYSTEM) as tx:
        tx.update(review, "review.changed")
    assert page_of(chair, file, 1).status == 404
    assert chair.get(f"{file_address(file)}/pages/1/picture").status_code == 404
    assert opened() == []


@pytest.mark.parametrize(
    ("data", "number", "status", "told"),
    [
        (LOCKED, 1, 422, "It is locked with a password."),
        (PDF, 1, 422, "It is damaged, cut short or without pages."),
        (THREE, 4, 404, "There is no page 4: it has 3 pages. Page 3 is the last that can be shown."),
        (THREE, 0, 404, "Only the first 100 pages are shown here."),
        (THREE, 10**6, 404, "Only the first 100 pages are shown here."),
    ],
)
def test_what_cannot_be_shown_is_said_beside_the_download(
    world: World, chair: FlaskClient, data: bytes, number: int, status: int, told: str
) -> None:
    waiting(world, ("a.pdf", data))
    address = file_address(named("a.pdf"))
    for tail in ("", "/picture"):
        page = see(chair, f"{address}/pages/{number}{tail}")
        assert (page.status, page.h1) == (status, "This page cannot be shown here")
        assert told in page.text
        assert ("Download “a.pdf”", address) in page.links()


def test_of_what_is_no_pdf_no_page_is_drawn(world: World, chair: FlaskClient) -> None:
    waiting(world, ("a.txt", HOSTILE))
    address = file_address(named("a.txt"))
    for tail in ("", "/picture"):
        answer = chair.get(f"{address}/pages/1{tail}")
        assert (answer.status_code, answer.headers["Location"]) == (302, address)


def test_a_withdrawn_file_is_not_shown_in_pages(world: World, sign_in: SignIn) -> None:
    evidence = world.evidence(world.action(DUE), (NAME, THREE))
    withdraw_evidence(world.as_viewer(world.police_lead), evidence, "The wrong plan.")
    page = page_of(sign_in(world.police_lead), named(NAME), 1)
    assert page.status == 422 and "It was withdrawn by its agency" in page.text
    assert opened() == []


def test_an_erased_file_is_gone(world: World, sign_in: SignIn) -> None:
    world.evidence(world.action(DUE), (NAME, THREE))
    file = named(NAME)
    (erasure,) = ask_to_erase(world.manager.viewer, [file], "Another child.", "")
    decide_erasure(world.chair.viewer, world.store, [erasure], True, "", "")
    client = sign_in(world.police_lead)
    answer = client.get(f"{file_address(file)}/pages/1", follow_redirects=True)
    assert answer.status_code == 410 and "Zebedee" not in answer.text
    assert opened() == []


def test_a_damaged_file_is_said_and_the_trail_is_told(
    app: Flask, chair: FlaskClient, file: EvidenceFile
) -> None:
    path = next(each for each in files_in(app) if each.name == file.stored_name)
    path.chmod(0o600)
    path.write_bytes(pdf("Other words"))
    page = page_of(chair, file, 1)
    assert page.status == 410 and "Other words" not in page.text
    assert AuditEvent.select().order_by(AuditEvent.id.desc()).get().event == "evidence.found-damaged"


def test_a_page_costs_the_same_queries_wherever_it_stands(chair: FlaskClient, file: EvidenceFile) -> None:
    page_of(chair, file, 1)
    counts = []
    for number in (2, 3):
        with counted() as count:
            assert page_of(chair, file, number).status == 200
        counts.append(int(count))
    assert counts[0] == counts[1] <= 7


def test_folded_pdfs_cost_the_check_no_query(world: World, chair: FlaskClient) -> None:
    few, many = waiting(world), waiting(world, *[(f"{n}.pdf", THREE) for n in range(6)])
    counts = []
    for action in (few, many):
        with counted() as count:
            assert see(chair, at(Action.get_by_id(action.id), "/check")).status == 200
        counts.append(int(count))
    assert counts[0] == counts[1]


def test_what_draws_is_not_loaded_where_pages_are_served(chair: FlaskClient, file: EvidenceFile) -> None:
    assert page_of(chair, file, 1).status == 200
    assert not [name for name in sys.modules if name.startswith("pypdfium2")]
