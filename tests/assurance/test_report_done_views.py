"""Reporting an action done: what is bound, and what stands in the way."""

import re

import pytest
from flask.testing import FlaskClient

from kscb_actions.actions.models import Action
from kscb_actions.assurance.models import Submission
from kscb_actions.assurance.rules import SAY_WHAT_IS_NEW
from kscb_actions.assurance.service import withdraw_evidence

from ..factories import PDF, World
from ..reading import see, send
from ..web.home.sheet import filled
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
    data["chosen"] = str(kept.id)
    answer = lead.post(at(action, "/done"), data=data)
    assert answer.location == at(action)
    assert [item.evidence_id for item in Submission.get().items] == [kept.id]


@pytest.mark.parametrize(
    ("changed", "status", "message"),
    [
        ({"narrative": " "}, 200, "Say what was done"),
        ({"narrative": "x" * 10_001}, 200, "at most 10,000"),
        ({"chosen": ""}, 200, "Choose from the list"),
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
    data |= {"chosen": str(evidence.id), **changed}
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
    data["chosen"] = str(evidence.id)
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


def test_only_the_evidence_that_is_chosen_goes_with_the_report(
    world: World, lead: FlaskClient, csrf_token: str
) -> None:
    action = world.action()
    first, second = world.evidence(action), world.evidence(action)
    page = see(lead, at(action, "/done"))
    data = {"version": page.value("version"), "seen": page.value("seen"), "narrative": "In use."}
    assert page.tree.xpath("//input[@name='chosen'][@checked]/@value") == [str(first.id), str(second.id)]
    refused = send(lead, at(action, "/done"), csrf_token, **data)
    assert refused.errors == {"chosen": "Choose the evidence that goes with your report."}
    assert send(lead, at(action, "/done"), csrf_token, **data, chosen=str(second.id)).status == 302
    assert [item.evidence_id for item in Submission.get().items] == [second.id]


def test_what_was_returned_is_not_taken_again_as_it_was_and_new_words_are(
    world: World, lead: FlaskClient, csrf_token: str
) -> None:
    action = world.decision(world.action(), accepted=False)
    page = see(lead, at(action, "/done"))
    for words in ("Seen and judged.", "What was said when it was last reported done It is done."):
        assert words in page.text
    data = {"version": page.value("version"), "seen": page.value("seen"), "chosen": page.value("seen")}
    for same in ("It is done.", " it is  DONE "):
        refused = send(lead, at(action, "/done"), csrf_token, **data, narrative=same)
        assert refused.errors == {"narrative": str(SAY_WHAT_IS_NEW)} and refused.status == 200
    assert Submission.select().count() == 1
    assert send(lead, at(action, "/done"), csrf_token, **data, narrative="Ward 2 has it too.").status == 302
    assert Submission.select().count() == 2


def test_a_row_of_my_actions_is_refused_what_was_returned_too(
    world: World, lead: FlaskClient, csrf_token: str
) -> None:
    action = world.decision(world.action(), accepted=False)
    fields = filled(see(lead, "/my-actions").body, action, "It is done.", "done")
    page = send(lead, "/my-actions", csrf_token, **fields)
    assert str(SAY_WHAT_IS_NEW) in page.text and Submission.select().count() == 1
