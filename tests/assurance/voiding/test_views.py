"""The pages: who marks what, what an address answers then, and what somebody had written is kept."""

from collections.abc import Callable
from datetime import date

import pytest

from kscb_actions.actions.models import Action
from kscb_actions.assurance.challenges.service import Subject, raise_challenge
from kscb_actions.assurance.voiding.service import void
from kscb_actions.people.models import User
from kscb_actions.reviews.models import Recommendation, Review

from ...factories import TODAY, World
from ...pages import Visitor
from ..filing import at

Visit = Callable[[User | None], Visitor]
TAIL = "/recorded-in-error"


def mark(world: World, row: Action | Recommendation | Review) -> None:
    void(world.as_viewer(world.manager), type(row).get_by_id(row.id), "A double.", row.version)


def test_the_manager_marks_an_action_and_brings_it_back(world: World, visit: Visit) -> None:
    action, visitor = world.action(text="Ask the herons."), visit(world.manager)
    assert at(action, TAIL) in visitor.get(at(action)).links()
    page = visitor.get(at(action, TAIL))
    assert "Ask the herons." in page.text and "Nobody has acted on it" in page.text
    sent = visitor.send(at(action, TAIL), then="void")
    assert (sent.status, sent.leads_to) == (302, f"/reviews/{action.review.reference}")
    led = visitor.get(at(action))
    assert (led.status, led.leads_to) == (302, at(action, TAIL))
    told = visitor.get(at(action, TAIL))
    assert "Recorded in error" in told.text and "Marked by Manager" in told.text
    assert "Ask the herons." not in told.text
    refused = visitor.send(at(action, TAIL), then="restore", reason="")
    assert refused.errors["reason"] == "Say why it is brought back."
    assert visitor.send(at(action, TAIL), then="restore", reason="It is none.").leads_to == at(action)
    story = visitor.get(at(action))
    assert story.status == 200
    assert "Marked as recorded in error" in story.text and "Brought back" in story.text


def test_a_reason_is_asked_for_beside_what_happened_since(world: World, visit: Visit) -> None:
    action, visitor = world.progress(world.action()), visit(world.manager)
    page = visitor.get(at(action, TAIL))
    assert "An agency has reported progress." in page.text
    refused = visitor.send(at(action, TAIL), then="void")
    assert refused.errors["reason"].startswith("Say why")
    assert Action.get_by_id(action.id).standing == "active"


@pytest.mark.parametrize("kind", ["recommendation", "review"])
def test_the_manager_marks_what_holds_actions(world: World, visit: Visit, kind: str) -> None:
    action, visitor = world.action(), visit(world.manager)
    review = f"/reviews/{action.review.reference}"
    address = f"{review}/recommendations/1{TAIL}" if kind == "recommendation" else f"{review}{TAIL}"
    assert address in visitor.get(review).links()
    assert visitor.send(address, then="void").status == 302
    assert visitor.get(at(action)).leads_to == at(action, TAIL)
    assert visitor.get(f"{review}/recommendations/1/edit").leads_to == f"{review}/recommendations/1{TAIL}"
    refused = visitor.send(at(action, TAIL), then="restore", reason="It is none.")
    assert f"Its {kind} is marked as recorded in error" in refused.source
    assert visitor.send(address, then="restore", reason="It is none.").status == 302
    assert visitor.get(at(action)).status == 200


@pytest.mark.parametrize("who", ["chair", "reader", "police_lead", "health_lead", "subgroup_member"])
def test_to_everybody_else_the_address_is_one_that_never_was(world: World, visit: Visit, who: str) -> None:
    action, visitor = world.action(), visit(getattr(world, who))
    world.action(recommendation=action.recommendation)
    mark(world, action)
    for tail in ("", "/update", "/edit", "/check", TAIL):
        there, nowhere = visitor.get(at(action, tail)), visitor.get(f"/reviews/SCR-1999-09/actions/99{tail}")
        assert (there.status, there.text) == (nowhere.status, nowhere.text) == (404, nowhere.text), tail


def test_what_the_agency_wrote_meanwhile_is_kept_and_it_is_told_why(world: World, visit: Visit) -> None:
    action, visitor = world.action(date(2012, 5, 1)), visit(world.police_lead)
    mark(world, action)
    said = {"progress": "in_progress", "narrative": "Half of the herons have answered.", "version": "1"}
    page = visitor.post(at(action, "/update"), said)
    assert page.status == 409 and "recorded in error" in page.text
    assert "Half of the herons have answered." in page.text and "in_progress" not in page.source
    own = visitor.post("/my-actions", {f"a{action.id}-narrative": "Half.", f"a{action.id}-version": "1"})
    assert "Half." in own.text
    assert any("1 was marked as recorded in error" in each for each in own.errors.values())
    for other in (world.health_lead, world.cdop_member):
        answer = visit(other).post(at(action, "/update"), said)
        assert answer.status in (403, 404) and "herons" not in answer.text


def test_an_answer_to_a_challenge_is_kept_too(world: World, visit: Visit) -> None:
    action = world.action(date(2012, 2, 1))
    subject = Subject(world.police, action, action.recommendation)
    due_on = TODAY.replace(month=4, day=20)
    raised = raise_challenge(world.as_viewer(world.second_chair), subject, "lead", "Why?", due_on, "")
    mark(world, action)
    answer = {"text": "Because of the herons.", "version": "1"}
    page = visit(world.police_lead).post(f"/challenges/{raised.id}/answer", answer)
    assert page.status == 409 and "Because of the herons." in page.text
    assert visit(world.health_lead).post(f"/challenges/{raised.id}/answer", answer).status == 404


def test_two_managers_at_once_the_second_is_told(world: World, visit: Visit) -> None:
    action, visitor = world.action(), visit(world.manager)
    mark(world, action)
    page = visitor.post(at(action, TAIL), {"version": "1", "then": "void", "reason": "A double."})
    assert "This has been marked as recorded in error" in page.text
    page = visitor.post(at(action, TAIL), {"version": "1", "then": "restore", "reason": "It is none."})
    assert page.status == 409


def test_a_wrong_agency_is_put_right_on_its_page(world: World, visit: Visit) -> None:
    action, visitor = world.action(), visit(world.manager)
    assert at(action, "/wrong-agency") in visitor.get(at(action, "/edit")).links()
    assert visitor.send(at(action, "/wrong-agency")).errors["agency"] == "Choose the right agency."
    chosen = {"agency": "NHSK", "lead": str(world.health_lead.id)}
    assert visitor.send(at(action, "/wrong-agency"), chosen).leads_to == at(action)
    story = visitor.get(at(action)).source
    assert "NHS Kent and Medway" in story and "Agency put right" in story
    assert visit(world.police_lead).get(at(action)).status == 404
    assert visit(world.health_lead).get(at(action)).status == 200
    world.progress(Action.get_by_id(action.id))
    page = visitor.get(at(action, "/edit"))
    assert at(action, "/wrong-agency") not in page.links() and "hand the action to that one" in page.text
    refused = visitor.get(at(action, "/wrong-agency"))
    assert refused.status == 403 and "hand the action to that one" in refused.text


def test_the_trail_tells_of_it_and_leads_nowhere(world: World, visit: Visit) -> None:
    action = world.action()
    mark(world, action)
    page = visit(world.chair).get("/audit")
    assert "Action recorded in error" in page.text and "A double." in page.text
    assert action.reference in page.text and at(action) not in page.links()
    assert f"/reviews/{action.review.reference}" in page.links()
