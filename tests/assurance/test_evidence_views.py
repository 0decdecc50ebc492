"""The pages of evidence: attaching, fetching, withdrawing, reporting done."""

import io
import re
import resource
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from kscb_actions.actions.models import Action
from kscb_actions.actions.service import set_standing
from kscb_actions.assurance.download import disposition, headers_for
from kscb_actions.assurance.models import Evidence, EvidenceFile, Submission
from kscb_actions.assurance.service import withdraw_evidence
from kscb_actions.audit.models import AuditEvent
from kscb_actions.audit.service import change
from tests.factories import PDF, World

SignIn = Callable[..., FlaskClient]
TEXT = b"Ten of ten files show it.\n"


@pytest.fixture
def lead(world: World, sign_in: SignIn) -> FlaskClient:
    return sign_in(world.police_lead)


def at(action: Action, tail: str = "") -> str:
    return f"/reviews/{action.review.reference}/actions/{action.number}{tail}"


def file_address(file: EvidenceFile) -> str:
    action = file.evidence.action
    return at(action, f"/evidence/{file.evidence_id}/files/{file.id}")


def good(token: str, *files: tuple[bytes, str], **changes: Any) -> dict[str, Any]:
    """A right post, with `changes`; a change to None leaves the field out."""
    sent = [(io.BytesIO(data), name) for data, name in files or ((PDF, "policy.pdf"),)]
    data = {
        "csrf_token": token,
        "kind": "audit",
        "dated_on": ["1", "3", "2012"],
        "description": "Nine of ten.",
        "files": sent,
        **changes,
    }
    return {name: value for name, value in data.items() if value is not None}


def without_tokens(page: str) -> str:
    """The page without what is drawn anew for each answer."""
    return re.sub(r'(nonce|value)="[^"]*"', "", page)


def post(client: FlaskClient, action: Action, data: dict[str, Any], query: str = "") -> Any:
    return client.post(at(action, "/evidence/new") + query, data=data, content_type="multipart/form-data")


def files_in(app: Flask) -> list[Path]:
    root = app.config["SETTINGS"].evidence
    return [path for path in root.rglob("*") if path.is_file()] if root.exists() else []


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
    assert "Evidence attached to" in page and page.count("/evidence/1/files/") == 2


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
        ({"dated_on": ["31", "2", "2012"]}, ["not a real date"]),
        ({"dated_on": ["1", "x", "2012"]}, ["month must be a number"]),
        ({"dated_on": ["1"] * 9}, ["four digits"]),
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
    assert "Choose all the files again" in answer.text
    assert (Evidence.select().count(), files_in(app)) == (0, [])


def test_a_request_that_is_too_large_is_answered_with_the_form(
    app: Flask, world: World, lead: FlaskClient, sign_in: SignIn, csrf_token: str
) -> None:
    action = world.action()
    app.config["MAX_CONTENT_LENGTH"] = 2_000
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


def test_the_done_page_shows_exactly_what_will_be_bound(
    world: World, lead: FlaskClient, csrf_token: str
) -> None:
    action = world.action()
    gone = world.evidence(action, ("gone.pdf", PDF))
    withdraw_evidence(world.as_viewer(world.police_lead), gone, "Wrong.")
    kept = world.evidence(action, ("kept.pdf", PDF), ("too.txt", TEXT))
    page = lead.get(at(action, "/done")).text
    for text in ("kept.pdf", "too.txt", "The procedure as agreed.", "An audit shows it."):
        assert text in page
    assert "gone.pdf" not in page
    data = {"csrf_token": csrf_token, "version": "1", "seen": str(kept.id), "narrative": "It is in use."}
    answer = lead.post(at(action, "/done"), data=data)
    assert answer.location == at(action)
    assert [item.evidence_id for item in Submission.get().items] == [kept.id]


@pytest.mark.parametrize(
    ("changed", "status", "message"),
    [
        ({"narrative": " "}, 200, "Say what was done"),
        ({"narrative": "x" * 10_001}, 200, "at most 10,000"),
        ({"seen": ""}, 200, "The evidence has changed"),
        ({"seen": "1,99"}, 200, "The evidence has changed"),
        ({"seen": "²,x"}, 200, "The evidence has changed"),
        ({"version": "0"}, 409, "Somebody else changed this first"),
        ({"version": "x"}, 409, "Somebody else changed this first"),
    ],
)
def test_a_wrong_report_changes_nothing_and_keeps_what_was_typed(
    world: World, lead: FlaskClient, csrf_token: str, changed: dict[str, str], status: int, message: str
) -> None:
    action = world.action()
    evidence = world.evidence(action)
    data = {"csrf_token": csrf_token, "version": "1", "seen": str(evidence.id), "narrative": "In use."}
    data |= changed
    answer = lead.post(at(action, "/done"), data=data)
    assert answer.status_code == status and message in answer.text
    if "narrative" not in changed:
        assert "In use." in answer.text
    assert Submission.select().count() == 0 and Action.get_by_id(action.id).assurance == "none"


def test_a_report_after_a_colleagues_update_shows_it_and_goes_through_next_time(
    world: World, lead: FlaskClient, csrf_token: str
) -> None:
    action = world.action()
    evidence = world.evidence(action)
    world.progress(Action.get_by_id(action.id), narrative="One station is missing.")
    data = {"csrf_token": csrf_token, "version": "1", "seen": str(evidence.id), "narrative": "In use."}
    answer = lead.post(at(action, "/done"), data=data)
    assert answer.status_code == 409 and "One station is missing." in answer.text
    data["version"] = re.search(r'name="version" type="hidden" value="(\d+)"', answer.text)[1]  # type: ignore[index]
    assert lead.post(at(action, "/done"), data=data).status_code == 302


def test_done_without_evidence_leads_to_attaching_it(world: World, lead: FlaskClient) -> None:
    action = world.action()
    answer = lead.get(at(action, "/done"))
    assert answer.location == at(action, "/evidence/new")
    assert "Attach the evidence first" in lead.get(answer.location).text


def test_what_waits_for_the_board_is_not_reported_again(world: World, lead: FlaskClient) -> None:
    submission = world.submission(world.action())
    assert lead.get(at(submission.action, "/done")).status_code == 403


@pytest.mark.parametrize(
    ("who", "status"),
    [("health_lead", 404), ("manager", 403), ("chair", 403), ("reader", 403), ("cdop_member", 404)],
)
@pytest.mark.parametrize("tail", ["/evidence/new", "/done", "/evidence/1/withdraw"])
def test_only_the_agency_has_these_pages(
    world: World, sign_in: SignIn, csrf_token: str, who: str, status: int, tail: str
) -> None:
    action = world.action()
    world.evidence(action)
    client = sign_in(getattr(world, who))
    assert client.get(at(action, tail)).status_code == status
    assert client.post(at(action, tail), data={"csrf_token": csrf_token}).status_code == status
