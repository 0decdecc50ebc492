"""All files of a submission as one ZIP: what is in it, who may have it, and what the trail is told."""

import io
import zipfile
from datetime import date
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from kscb_actions.actions.models import Action
from kscb_actions.assurance.erasing import ask_to_erase, decide_erasure
from kscb_actions.assurance.models import EvidenceFile, Submission
from kscb_actions.assurance.opening import service
from kscb_actions.assurance.service import decide, withdraw_evidence
from kscb_actions.audit.models import AuditEvent
from kscb_actions.audit.service import change

from ...factories import PDF, World
from ...queries import counted
from ...reading import see
from ..filing import SignIn, at, files_in

DUE = date(2012, 5, 1)
WORDS = b"Ten of ten files show it.\n"


@pytest.fixture
def chair(world: World, sign_in: SignIn) -> FlaskClient:
    """Return the chair, signed in."""
    return sign_in(world.chair)


def submitted(world: World, *files: tuple[str, bytes]) -> Submission:
    """Return the submission of an action with these files beside the usual one."""
    action = world.action(DUE)
    if files:
        world.evidence(action, *files)
    return world.submission(action)


def address(submission: Submission) -> str:
    """Return where all files of a submission are fetched."""
    return at(submission.action, f"/submissions/{submission.id}/files.zip")


def unpacked(answer: Any) -> dict[str, bytes]:
    """Return {path: content} of a ZIP that was sent, and that is whole."""
    assert answer.status_code == 200 and answer.headers["Content-Type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def contents(found: dict[str, bytes]) -> str:
    """Return the list inside a ZIP."""
    return found["Contents.txt"].decode("utf-8-sig").replace("\r\n", "\n")


def opened_since(event_id: int) -> list[tuple[str, int]]:
    """Return (event, id of the file) of what the trail was told of files after an event."""
    events = AuditEvent.select().where(AuditEvent.id > event_id, AuditEvent.kind == "evidence_file")
    return [(event.event, event.object_id) for event in events.order_by(AuditEvent.id)]


def newest() -> int:
    """Return the newest event's id."""
    return AuditEvent.select().order_by(AuditEvent.id.desc()).get().id


def test_every_file_is_in_it_with_a_folder_for_each_piece(world: World, chair: FlaskClient) -> None:
    submission = submitted(world, ("same.txt", WORDS), ("Same.txt", WORDS), ("../../up\r\n.pdf", PDF))
    before = newest()
    answer = chair.get(address(submission))
    found = unpacked(answer)
    first, second = "01 Policy or procedure 2012-03-30", "02 Policy or procedure 2012-03-30"
    assert list(found) == [
        "Contents.txt",
        f"{first}/same.txt",
        f"{first}/Same (2).txt",
        f"{first}/up.pdf",
        f"{second}/policy.pdf",
    ]
    assert found[f"{first}/same.txt"] == WORDS and found[f"{second}/policy.pdf"] == PDF
    files = list(EvidenceFile.select().order_by(EvidenceFile.id))
    told = contents(found)
    for file, path in zip(files, list(found)[1:], strict=True):
        assert f"  {path}\n    {file.size:,} bytes, SHA-256 {file.sha256}\n" in told
    assert told.startswith(f"{submission.action.reference}: files of the report by Police lead, ")
    assert opened_since(before) == [("evidence.opened", file.id) for file in files]
    headers = answer.headers
    assert (
        headers["Content-Disposition"].startswith("attachment; ") and headers["Cache-Control"] == "no-store"
    )
    assert headers["Content-Security-Policy"] == "default-src 'none'; sandbox"


def erase(world: World, file: EvidenceFile) -> None:
    """Erase a file, by two people."""
    (asked,) = ask_to_erase(world.as_viewer(world.manager), [file], "Another child.", "")
    decide_erasure(world.as_viewer(world.chair), world.store, [asked], True, "", "")


def test_erased_and_withdrawn_files_are_named_and_left_out(
    app: Flask, world: World, chair: FlaskClient
) -> None:
    submission = submitted(world, ("of another child.txt", WORDS), ("kept.txt", WORDS + b"More.\n"))
    action = Action.get_by_id(submission.action_id)
    wrong = EvidenceFile.get(EvidenceFile.shown_name == "of another child.txt")
    erase(world, wrong)
    found = unpacked(chair.get(address(submission)))
    assert [path.rpartition("/")[2] for path in found] == ["Contents.txt", "kept.txt", "policy.pdf"]
    assert "Not in this ZIP: Erased file (its name had 20 characters), erased on 30 March 2012" in contents(
        found
    )
    assert "another child" not in contents(found)
    # Returned, so that its agency may withdraw what went with it.
    submission.action = action
    decide(world.as_viewer(world.second_chair), submission, False, "Not signed.")
    policy = EvidenceFile.get(EvidenceFile.shown_name == "policy.pdf")
    withdraw_evidence(world.as_viewer(world.police_lead), policy.evidence, "The wrong one.")
    before = newest()
    found = unpacked(chair.get(address(submission)))
    assert [path.rpartition("/")[2] for path in found] == ["Contents.txt", "kept.txt"]
    assert "Not in this ZIP: policy.pdf, withdrawn on 30 March 2012" in contents(found)
    assert [event for event, _ in opened_since(before)] == ["evidence.opened"]


def test_of_no_file_there_is_the_list_alone(world: World, chair: FlaskClient) -> None:
    submission = submitted(world)
    erase(world, EvidenceFile.get())
    found = unpacked(chair.get(address(submission)))
    assert list(found) == ["Contents.txt"] and "No file of this report is left." in contents(found)


@pytest.mark.parametrize("how", ["flipped", "gone"])
def test_a_damaged_file_is_said_in_words_and_nothing_is_sent(
    app: Flask, world: World, chair: FlaskClient, how: str
) -> None:
    submission = submitted(world, ("good.txt", WORDS))
    damaged = EvidenceFile.get(EvidenceFile.shown_name == "policy.pdf")
    path = next(each for each in files_in(app) if each.name == damaged.stored_name)
    path.chmod(0o600)
    path.unlink() if how == "gone" else path.write_bytes(PDF.replace(b"Catalog", b"Catalox"))
    before = newest()
    answer = chair.get(address(submission))
    assert answer.status_code == 410 and not answer.data.startswith(b"PK")
    assert (
        "1 file is damaged" in answer.text and "policy.pdf" in answer.text and "good.txt" not in answer.text
    )
    assert opened_since(before) == [("evidence.found-damaged", damaged.id)]


def test_too_much_for_one_zip_is_said_in_words(
    world: World, chair: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    submission = submitted(world, ("good.txt", WORDS))
    monkeypatch.setattr(service, "PACK_LIMIT", len(PDF) + len(WORDS) - 1)
    before = newest()
    answer = chair.get(address(submission))
    assert answer.status_code == 413 and "too large for one ZIP" in answer.text
    assert opened_since(before) == []
    monkeypatch.setattr(service, "PACK_LIMIT", len(PDF) + len(WORDS))
    assert len(unpacked(chair.get(address(submission)))) == 3


@pytest.mark.parametrize(
    ("who", "status"),
    [("police_lead", 200), ("manager", 200), ("subgroup_member", 200), ("reader", 404), ("health_lead", 404)],
)
def test_it_opens_for_who_may_open_the_files_and_is_absent_for_others(
    world: World, sign_in: SignIn, who: str, status: int
) -> None:
    submission = submitted(world)
    assert sign_in(getattr(world, who)).get(address(submission)).status_code == status


def test_every_part_of_its_address_has_to_fit(world: World, chair: FlaskClient) -> None:
    first, second = submitted(world), submitted(world)
    assert chair.get(at(first.action, f"/submissions/{second.id}/files.zip")).status_code == 404
    assert chair.get(at(first.action, "/submissions/999999/files.zip")).status_code == 404


def test_a_restricted_review_hides_it(world: World, sign_in: SignIn) -> None:
    submission = submitted(world)
    review = submission.action.review
    review.is_restricted = True
    with change(world.as_viewer(world.manager)) as tx:
        tx.update(review, "review.changed")
    assert sign_in(world.manager).get(address(submission)).status_code == 404


def test_the_check_and_the_action_lead_to_it(world: World, sign_in: SignIn) -> None:
    submission = submitted(world)
    checks, chair = at(submission.action, "/check"), sign_in(world.chair)
    assert ("All files as one ZIP", address(submission)) in see(chair, checks).links()
    whole = ("All files of the last report as one ZIP", address(submission))
    assert whole in see(chair, at(submission.action)).links()
    assert whole not in see(sign_in(world.reader), at(submission.action)).links()
    nothing = world.action(DUE)
    assert "as one ZIP" not in see(chair, at(nothing)).text


def test_the_queries_before_the_trail_do_not_grow_with_the_files(world: World, chair: FlaskClient) -> None:
    few, many = submitted(world), submitted(world, *[(f"{n}.txt", WORDS + b"%d" % n) for n in range(6)])
    counts = []
    for submission in (few, many):
        with counted() as count:
            unpacked(chair.get(address(submission)))
        counts.append(
            len([each for each in count.queries if each.startswith("SELECT") and "audit" not in each])
        )
    assert counts[0] == counts[1]
