"""Reporting an action done: what is bound, and what stands in the way."""

import re

import pytest
from flask.testing import FlaskClient

from kscb_actions.actions.models import Action
from kscb_actions.assurance.models import Submission
from kscb_actions.assurance.service import withdraw_evidence

from ..factories import PDF, World
from .filing import TEXT, SignIn, at


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
