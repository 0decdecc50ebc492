"""The page on which a decision is taken back, who else sees it, and what is said where it stays."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from kscb_actions import clock
from kscb_actions.actions.models import Action
from kscb_actions.assurance.models import DecisionTakenBack
from kscb_actions.assurance.queries import waiting_submission
from kscb_actions.assurance.service import decide
from kscb_actions.assurance.taking_back.rules import HOW_LONG
from kscb_actions.assurance.taking_back.service import take_decision_back

from ...factories import TODAY, World
from ...reading import see, send
from ..filing import SignIn, at

BACK = "/take-decision-back"


@pytest.fixture
def waiting(world: World) -> Action:
    action = world.action(TODAY + timedelta(days=30))
    world.submission(action)
    return Action.get_by_id(action.id)


@pytest.fixture
def chair(world: World, sign_in: SignIn) -> FlaskClient:
    return sign_in(world.chair)


def test_a_return_by_mistake_is_taken_back_where_it_was_made_and_checked_again(
    world: World, lead: FlaskClient, chair: FlaskClient, csrf_token: str, waiting: Action
) -> None:
    page = see(chair, at(waiting, "/check"))
    assert str(HOW_LONG) in page.text
    typed = {"decision": "return", "reason": "Meant for the hospital."}
    send(chair, at(waiting, "/check"), csrf_token, version=page.value("version"), **typed)
    page = see(chair, at(waiting, "/check"))
    assert page.h1 == "This has been decided already" and str(HOW_LONG) in page.text
    assert ("Take it back", at(waiting, BACK)) in page.links()
    assert ("Take the return back", at(waiting, BACK)) in see(chair, at(waiting)).links()
    assert at(waiting, BACK) not in dict(map(reversed, see(lead, at(waiting)).links()))  # type: ignore[arg-type]
    page = see(chair, at(waiting, BACK))
    assert page.h1 == "Take the Board’s return back" and str(HOW_LONG) in page.text
    assert "Meant for the hospital." in page.text
    version = page.value("version")
    assert send(chair, at(waiting, BACK), csrf_token, version=version).errors == {
        "reason": "Say why it is taken back."
    }
    done = send(chair, at(waiting, BACK), csrf_token, version=version, reason="The wrong one.")
    assert (done.status, done.location) == (302, at(waiting))
    for client in (chair, lead):
        page = see(client, at(waiting))
        assert "Return by the Board taken back" in page.text and "The wrong one." in page.text
        assert "Meant for the hospital." not in page.text
        assert "Waits for the Board since 30 March 2012" in page.text
    page = see(chair, at(waiting, "/check"))
    assert page.h1 == "Check what was reported done" and "Meant for the hospital." not in page.text
    assert waiting.reference in see(chair, "/attention").text


def test_the_second_of_two_sees_what_the_first_did_and_keeps_the_text(
    world: World, chair: FlaskClient, sign_in: SignIn, csrf_token: str, waiting: Action
) -> None:
    submission = waiting_submission(waiting)
    assert submission is not None
    decide(world.chair.viewer, submission, False, "Meant for the hospital.")
    manager = sign_in(world.manager)
    version = see(manager, at(waiting, BACK)).value("version")
    take_decision_back(world.chair.viewer, Action.get_by_id(waiting.id), "The wrong one.")
    page = send(manager, at(waiting, BACK), csrf_token, version=version, reason="It was for another.")
    assert page.status == 409 and page.value("reason") == "It was for another."
    assert "decided or asked nothing" in page.text and "Return by the Board taken back" in page.text
    assert DecisionTakenBack.select().count() == 1


def test_afterwards_the_pages_say_what_is_done_instead(
    world: World, chair: FlaskClient, waiting: Action
) -> None:
    submission = waiting_submission(waiting)
    assert submission is not None
    decide(world.chair.viewer, submission, True, "Seen.")
    with clock.at(TODAY + timedelta(days=1)):
        for tail, status in (("/check", 200), (BACK, 403)):
            page = see(chair, at(waiting, tail))
            assert page.status == status
            assert f"{HOW_LONG} That day is over. The Board can reopen the action." in page.text
        assert "Take the acceptance back" not in see(chair, at(waiting)).text
