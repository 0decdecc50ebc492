"""Attaching evidence and withdrawing it."""

import re
import resource
from datetime import date
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from kscb_actions.actions.service import set_standing
from kscb_actions.assurance.models import Evidence
from kscb_actions.audit.models import AuditEvent

from ..factories import PDF, World
from .filing import TEXT, SignIn, at, file_address, files_in, good, post


def test_several_files_are_attached_as_one_piece(world: World, lead: FlaskClient, csrf_token: str) -> None:
    action = world.action()
    assert "multiple" in lead.get(at(action, "/evidence/new")).text
    answer = post(lead, action, good(csrf_token, (PDF, "audit.pdf"), (TEXT, "notes.txt")))
    assert (answer.status_code, answer.location) == (302, at(action))
    (evidence,) = Evidence.select()
    assert (evidence.kind, evidence.description) == ("audit", "Nine of ten.")
    assert evidence.dated_on == date(2012, 3, 1)
    assert [file.shown_name for file in evidence.files] == ["audit.pdf", "notes.txt"]
    page = lead.get(at(action)).text
    assert "Evidence attached to" in page and len(re.findall(r'/evidence/1/files/\d+"', page)) == 2


@pytest.mark.parametrize(
    ("back", "target"),
    [("mine", "/my-actions#a1"), ("agency", "/my-actions?whose=agency#a1"), ("//evil.example", None)],
)
def test_whoever_came_from_the_list_goes_back_to_it(
    world: World, lead: FlaskClient, csrf_token: str, back: str, target: str | None
) -> None:
    action = world.action()
    assert post(lead, action, good(csrf_token), f"?back={back}").location == (target or at(action))


@pytest.mark.parametrize(
    ("changes", "messages"),
    [
        ({"kind": None}, ["Choose what kind"]),
        ({"kind": "rumour"}, ["Choose what kind"]),
        ({"dated_on": None}, ["Enter the date"]),
        ({"dated_on": ["", "", ""]}, ["Enter the date"]),
        ({"dated_on": ["31", "2", "2012"]}, ["Date it speaks of: There is no 31 February 2012."]),
        ({"dated_on": ["1", "x", "2012"]}, ["“x” is not a month."]),
        ({"dated_on": ["Oct 2011"]}, ["is read as 31 October 2011. Save again if that is right."]),
        ({"dated_on": ["1"] * 9}, ["“1” is not a year."]),
        ({"dated_on": ["31", "3", "2012"]}, ["today or in the past"]),
        ({"description": ""}, ["what the evidence shows"]),
        ({"description": "x" * 10_001}, ["at most 10,000"]),
        ({"files": None}, ["at least one file"]),
        ({"files": "not a file"}, ["at least one file"]),
        (
            {"files": None, "kind": None, "dated_on": None, "description": None},
            ["at least one file", "Choose what kind", "Enter the date", "what the evidence shows"],
        ),
    ],
)
def test_wrong_input_is_said_at_its_field_and_changes_nothing(
    app: Flask, world: World, lead: FlaskClient, csrf_token: str, changes: dict[str, Any], messages: list[str]
) -> None:
    action = world.action()
    before = AuditEvent.select().count()
    answer = post(lead, action, good(csrf_token, **changes))
    summary = answer.text.split('class="govuk-error-summary"')[1].split("</ul>")[0]
    assert answer.status_code == 200
    for message in messages:
        assert message in summary and answer.text.count(message) >= 2
    assert summary.count("<li>") == len(messages)
    for link in re.findall(r'href="#([^"]+)"', summary):
        assert f'id="{link}"' in answer.text
    if "description" not in changes:
        assert "Nine of ten." in answer.text
    assert (AuditEvent.select().count(), Evidence.select().count(), files_in(app)) == (before, 0, [])


def test_each_refused_file_has_its_own_line_in_the_summary(
    app: Flask, world: World, lead: FlaskClient, csrf_token: str
) -> None:
    action = world.action()
    program = (b"MZ" + b"\0" * 99, "b.exe")
    answer = post(lead, action, good(csrf_token, (PDF, "a.pdf"), program, (b"", "c.pdf")))
    summary = answer.text.split('class="govuk-error-summary"')[1].split("</ul>")[0]
    first, second = re.findall(r"<li>(.*?)</li>", summary, re.DOTALL)
    assert "b.exe" in first and "c.pdf" in second and "a.pdf" not in summary
    assert "checked>" in answer.text and "a.pdf, " in answer.text
    assert (Evidence.select().count(), files_in(app)) == (0, [])


def test_a_request_that_is_too_large_is_answered_with_the_form(
    app: Flask, world: World, lead: FlaskClient, sign_in: SignIn, csrf_token: str
) -> None:
    action = world.action()
    app.config["FILES_LENGTH"] = app.config["MAX_CONTENT_LENGTH"] = 2_000
    answer = post(lead, action, good(csrf_token, (b"x" * 5_000, "big.txt")))
    assert answer.status_code == 413
    assert "too large to take in" in answer.text and 'type="file"' in answer.text
    assert answer.headers["Content-Security-Policy"]
    for who, status in (("health_lead", 404), ("manager", 403)):
        stranger = post(sign_in(getattr(world, who)), action, good(csrf_token, (b"x" * 5_000, "big.txt")))
        assert stranger.status_code == status and "Attach evidence" not in stranger.text
    assert post(sign_in(None), action, good(csrf_token, (b"x" * 5_000, "big.txt"))).status_code == 302
    assert (Evidence.select().count(), files_in(app)) == (0, [])


def test_a_full_disk_is_said_beside_the_form(
    app: Flask, world: World, lead: FlaskClient, csrf_token: str
) -> None:
    action = world.action()
    old = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, old[1]))
    try:
        answer = post(lead, action, good(csrf_token, (b"word " * 80_000, "long.txt")))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, old)
    assert answer.status_code == 507
    assert "the server&#39;s disk is full" in answer.text and "Nine of ten." in answer.text
    assert (Evidence.select().count(), files_in(app)) == (0, [])


def test_a_closed_action_keeps_what_was_typed_when_it_closed_meanwhile(
    world: World, lead: FlaskClient, csrf_token: str
) -> None:
    action = world.action()
    set_standing(world.as_viewer(world.manager), action, "on_hold", "Trial.")
    assert lead.get(at(action, "/evidence/new")).status_code == 403
    answer = post(lead, action, good(csrf_token))
    assert answer.status_code == 200 and "on hold" in answer.text and "Nine of ten." in answer.text
    assert Evidence.select().count() == 0


def test_evidence_is_withdrawn_with_a_reason_and_stays_readable(
    world: World, lead: FlaskClient, csrf_token: str
) -> None:
    evidence = world.evidence(world.action())
    address = at(evidence.action, f"/evidence/{evidence.id}/withdraw")
    assert "policy.pdf" in lead.get(address).text
    empty = lead.post(address, data={"csrf_token": csrf_token, "version": "1", "reason": " "})
    assert "Say why the evidence is withdrawn." in empty.text
    answer = lead.post(address, data={"csrf_token": csrf_token, "version": "1", "reason": "Wrong file."})
    assert answer.location == at(evidence.action)
    page = lead.get(at(evidence.action)).text
    assert "Withdrawn on" in page and "Wrong file." in page and "/withdraw" not in page
    assert lead.get(file_address(evidence.files.get())).status_code == 200
    assert lead.get(address).status_code == 403


def test_withdrawing_is_offered_only_while_the_board_does_not_hold_the_evidence(
    world: World, lead: FlaskClient
) -> None:
    free, waiting = world.evidence(world.action()).action, world.submission(world.action()).action
    accepted = world.decision(world.action())
    returned = world.decision(world.action(), accepted=False)
    offered = ["/withdraw" in lead.get(at(each)).text for each in (free, waiting, accepted, returned)]
    assert offered == [True, False, False, True]


@pytest.mark.parametrize("version", ["", "0", "2", "x"])
def test_a_withdrawal_from_an_old_page_withdraws_nothing(
    world: World, lead: FlaskClient, csrf_token: str, version: str
) -> None:
    evidence = world.evidence(world.action())
    address = at(evidence.action, f"/evidence/{evidence.id}/withdraw")
    answer = lead.post(address, data={"csrf_token": csrf_token, "version": version, "reason": "Wrong."})
    assert answer.status_code in (200, 409) and "Wrong." in answer.text
    assert Evidence.get_by_id(evidence.id).withdrawn_at is None
