"""Good files need not be chosen again after an error elsewhere on the form."""

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from kscb_actions import clock
from kscb_actions.assurance.models import Evidence, EvidenceFile
from kscb_actions.files.waiting.keeping import FOLDER, KEPT_SECONDS, WaitingFiles
from kscb_actions.people.models import User

from ..factories import World
from .test_evidence_views import PDF, files_in, good, post

SignIn = Callable[[User | None], FlaskClient]


@pytest.fixture
def lead(world: World, sign_in: SignIn) -> FlaskClient:
    return sign_in(world.police_lead)


def tokens(page: str) -> list[str]:
    """Return what a page would send for the files that it keeps, each with its tick."""
    return re.findall(r'name="kept" type="checkbox" value="([^"]+)" checked', page)


def waiting(app: Flask) -> list[Path]:
    """Return the files that wait for a form."""
    return [path for path in (app.config["SETTINGS"].instance / FOLDER).rglob("*") if path.is_file()]


def test_a_good_file_is_kept_while_a_date_is_put_right(
    app: Flask, world: World, lead: FlaskClient, csrf_token: str
) -> None:
    action = world.action()
    wrong = {"dated_on": ["31", "2", "2012"]}
    page = post(lead, action, good(csrf_token, (PDF, "policy.pdf"), **wrong)).text
    assert "policy.pdf" in page and len(tokens(page)) == 1 and "choose them again" not in page
    assert (Evidence.select().count(), files_in(app), len(waiting(app))) == (0, [], 1)
    # Another error: what was kept is kept on, and another file joins it.
    page = post(lead, action, good(csrf_token, (PDF, "b.pdf"), kept=tokens(page), **wrong)).text
    assert "policy.pdf" in page and "b.pdf" in page and len(tokens(page)) == 2
    done = post(lead, action, good(csrf_token, files=None, kept=tokens(page)))
    assert done.status_code == 302
    assert [file.shown_name for file in EvidenceFile.select().order_by(EvidenceFile.id)] == [
        "policy.pdf",
        "b.pdf",
    ]
    assert waiting(app) == []


def test_what_is_wrong_with_a_file_is_said_beside_a_wrong_date(
    world: World, lead: FlaskClient, csrf_token: str
) -> None:
    program, wrong = (b"MZ" + b"\0" * 99, "b.exe"), {"dated_on": ["31", "2", "2012"]}
    page = post(lead, world.action(), good(csrf_token, program, (PDF, "a.pdf"), **wrong)).text
    summary = page.split('class="govuk-error-summary"')[1].split("</ul>")[0]
    assert "b.exe" in summary and "Date it speaks of" in summary and "a.pdf" not in summary
    assert len(tokens(page)) == 1 and "a.pdf, " in page


def test_a_kept_file_may_be_left_out(world: World, lead: FlaskClient, csrf_token: str) -> None:
    action = world.action()
    page = post(lead, action, good(csrf_token, (PDF, "a.pdf"), (PDF, "b.pdf"), kind=None)).text
    first, _ = tokens(page)
    assert post(lead, action, good(csrf_token, files=None, kept=[first])).status_code == 302
    assert [file.shown_name for file in EvidenceFile.select()] == ["a.pdf"]


@pytest.mark.parametrize("change", ["another person", "another form", "changed", "old", "gone"])
def test_a_kept_file_is_for_its_person_and_form_and_for_a_while(
    app: Flask, world: World, lead: FlaskClient, sign_in: SignIn, csrf_token: str, change: str
) -> None:
    action, other = world.action(), world.action()
    [token] = tokens(post(lead, action, good(csrf_token, (PDF, "a.pdf"), kind=None)).text)
    client, to = lead, action
    if change == "another person":
        client = sign_in(world.person("second", *world.police_lead.role_set, agency=world.police))
    elif change == "another form":
        to = other
    elif change == "changed":
        token = token[:-2] + ("aa" if token[-2:] != "aa" else "bb")
    else:
        for path in waiting(app):
            os.utime(path, (0, 0))
        store = WaitingFiles(app.config["SETTINGS"].instance, app.config["SETTINGS"].secret)
        if change == "old":
            store.sweep()
        else:
            waiting(app)[0].unlink()
    answer = post(client, to, good(csrf_token, files=None, kept=[token]))
    assert answer.status_code == 200 and "is not kept any more. Choose it again." in answer.text
    assert Evidence.select().count() == 0


def test_what_nobody_comes_back_for_is_removed(
    app: Flask, world: World, lead: FlaskClient, csrf_token: str
) -> None:
    post(lead, world.action(), good(csrf_token, (PDF, "a.pdf"), kind=None))
    store = WaitingFiles(app.config["SETTINGS"].instance, app.config["SETTINGS"].secret)
    store.sweep()
    [path] = waiting(app)
    assert path.stat().st_mode & 0o077 == 0
    old = clock.real_now().timestamp() - KEPT_SECONDS - 60
    os.utime(path, (old, old))
    store.sweep()
    assert waiting(app) == []
