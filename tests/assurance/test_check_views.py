"""The Board's check: evidence beside the measure, a decision with its reason, by somebody from outside."""

import re
from collections.abc import Callable
from datetime import date

import pytest
from flask.testing import FlaskClient

from kscb_actions import database
from kscb_actions.access.policy import Role
from kscb_actions.actions.models import Action
from kscb_actions.actions.service import ActionFacts, edit_action
from kscb_actions.assurance.models import AssuranceDecision, Submission
from kscb_actions.assurance.queries import waiting_submission
from kscb_actions.assurance.service import decide

from ..factories import PDF, World
from ..queries import counted
from ..reading import see, send, words_of

DUE = date(2012, 5, 1)


def address(action: Action) -> str:
    """Return the address of the check of an action."""
    return f"/reviews/{action.review.reference}/actions/{action.number}/check"


def submitted(action: Action) -> Submission:
    """Return what of an action waits for the check."""
    found = waiting_submission(action)
    assert found is not None
    found.action = kept(action)
    return found


def kept(action: Action) -> Action:
    """Return the action as it is in the database."""
    return Action.get_by_id(action.id)


@pytest.fixture
def chair(world: World, sign_in: Callable) -> FlaskClient:
    """Return the chair, signed in."""
    client: FlaskClient = sign_in(world.chair)
    return client


NAMES = ("minutes.pdf", "list of staff.pdf", "policy.pdf")


@pytest.fixture
def waiting(world: World) -> Action:
    """Return an action with two pieces of evidence, reported done."""
    action = world.action(DUE)
    world.evidence(action, ("minutes.pdf", PDF), ("list of staff.pdf", PDF))
    world.submission(action)
    return action


def test_the_evidence_stands_beside_what_it_is_to_show(
    world: World, chair: FlaskClient, waiting: Action
) -> None:
    page = see(chair, address(waiting))
    assert page.h1 == "Check what was reported done"
    for words in ("An audit shows it.", "Risk is seen.", "It is done.", "The procedure as agreed."):
        assert words in page.text
    files = [(words, href) for words, href in page.links() if "/files/" in href and words in NAMES]
    assert [words for words, _ in files] == list(NAMES)
    for _, href in files:
        answer = chair.get(href)
        assert answer.status_code == 200 and answer.headers["Content-Disposition"].startswith("attachment")


def test_evidence_that_was_not_submitted_is_not_judged(
    world: World, chair: FlaskClient, waiting: Action
) -> None:
    decide(
        world.as_viewer(world.second_chair),
        submitted(waiting),
        False,
        "The minutes are not signed.",
    )
    world.evidence(kept(waiting), ("signed minutes.pdf", PDF))
    page = see(chair, address(waiting))
    assert "signed minutes.pdf" not in page.text
    world.submission(kept(waiting))
    page = see(chair, address(waiting))
    assert "signed minutes.pdf" in page.text
    assert "by Second chair: The minutes are not signed." in page.text
    assert "What was said when it was last reported done It is done. Police lead" in page.text
    assert "What is said now It is done, and 1 times more than before. Police lead" in page.text
    assert "2 pieces of evidence the Board has not seen" in page.text
    titles = [words_of(title) for title in page.tree.find_class("app-evidence__title")]
    assert [title.endswith("New") for title in titles] == [False, False, True, True]


@pytest.mark.parametrize(
    ("decision", "assurance", "colour"), [("accept", "accepted", "blue"), ("return", "returned", "amber")]
)
def test_it_is_accepted_or_returned_with_the_reason(
    chair: FlaskClient, waiting: Action, csrf_token: str, decision: str, assurance: str, colour: str
) -> None:
    version = see(chair, address(waiting)).value("version")
    page = send(
        chair, address(waiting), csrf_token, version=version, decision=decision, reason="Twenty records."
    )
    assert (page.status, page.location) == (302, "/attention")
    assert kept(waiting).assurance == assurance
    told = AssuranceDecision.get(AssuranceDecision.action == waiting)
    assert (told.decision, told.reason) == (assurance, "Twenty records.")
    assert f"{waiting.reference} is {assurance}." in see(chair, "/attention").text
    (row,) = see(chair, f"/actions?rating={colour}").rows("Actions")
    assert row["Reference"] == waiting.reference


@pytest.mark.parametrize(
    ("fields", "errors"),
    [
        (
            {},
            {
                "decision": "Choose whether to accept or return it, or to ask.",
                "reason": "Say what convinced you, or what is missing.",
            },
        ),
        ({"decision": "accept"}, {"reason": "Say what convinced you."}),
        ({"decision": "accept", "reason": " \n "}, {"reason": "Say what convinced you."}),
        ({"decision": "return"}, {"reason": "Say what is missing, so that it can be put right."}),
        (
            {"decision": "maybe", "reason": "Kept."},
            {"decision": "Choose whether to accept or return it, or to ask."},
        ),
        ({"reason": "Kept \U0001f600."}, {"decision": "Choose whether to accept or return it, or to ask."}),
    ],
)
def test_a_decision_needs_a_choice_and_its_reason(
    chair: FlaskClient, waiting: Action, csrf_token: str, fields: dict[str, str], errors: dict[str, str]
) -> None:
    version = str(kept(waiting).version)
    page = send(chair, address(waiting), csrf_token, version=version, **fields)
    assert (page.status, page.errors) == (200, errors)
    assert page.tree.xpath("//title")[0].text.strip().startswith("Error: ")
    assert page.value("reason") == fields.get("reason", "").strip()
    assert kept(waiting).assurance == "submitted"


def test_nobody_decides_for_their_own_agency_and_is_told_why(
    world: World, sign_in: Callable, csrf_token: str, waiting: Action
) -> None:
    own = sign_in(world.person("police-chair", Role.CHAIR, agency=world.police))
    for page in (
        see(own, address(waiting)),
        send(own, address(waiting), csrf_token, decision="accept", reason="x"),
    ):
        assert page.status == 403
        assert "Somebody outside the agency has to decide this; it belongs to your agency." in page.text
    assert kept(waiting).assurance == "submitted"


def test_who_comes_second_is_shown_the_decision_and_what_they_typed(
    world: World, chair: FlaskClient, csrf_token: str, waiting: Action
) -> None:
    version = see(chair, address(waiting)).value("version")
    decide(world.as_viewer(world.second_chair), submitted(waiting), False, "Nothing is signed.")
    page = send(
        chair, address(waiting), csrf_token, version=version, decision="accept", reason="I was convinced."
    )
    assert (page.status, page.h1) == (409, "This has been decided already")
    assert "Second chair returned it on 30 March 2012 at midday." in page.text
    assert "Nothing is signed." in page.text
    assert "What you typed was not saved I was convinced." in page.text
    assert kept(waiting).assurance == "returned"
    assert see(chair, address(waiting)).status == 200


def test_a_decision_is_about_what_was_on_the_page(
    world: World, chair: FlaskClient, csrf_token: str, waiting: Action
) -> None:
    version = see(chair, address(waiting)).value("version")
    now = kept(waiting)
    edit_action(
        world.as_viewer(world.manager),
        now,
        ActionFacts(now.text, "Forty records, not twenty.", now.current_due_on),
        now.lead,
        now.version,
    )
    typed = {"decision": "accept", "reason": "Twenty records."}
    page = send(chair, address(waiting), csrf_token, version=version, **typed)
    assert page.status == 409
    assert "Since you opened this page Action edited" in page.text
    assert "Forty records, not twenty." in page.text
    assert page.value("reason") == "Twenty records."
    assert kept(waiting).assurance == "submitted"
    assert send(chair, address(waiting), csrf_token, version=page.value("version"), **typed).status == 302


def test_an_action_not_reported_done_has_nothing_to_check(
    world: World, chair: FlaskClient, csrf_token: str
) -> None:
    action = world.action(DUE)
    page = see(chair, address(action))
    assert (page.status, page.h1) == (200, "Nothing waits for a check")
    page = send(chair, address(action), csrf_token, version="1", decision="accept", reason="Words.")
    assert page.status == 409 and "Words." in page.text


def test_any_text_of_the_agency_is_shown_as_text(world: World, chair: FlaskClient) -> None:
    action = world.action(DUE, text="<script>alert(1)</script> & 'quoted'")
    world.submission(action)
    page = see(chair, address(action))
    assert "<script>alert(1)</script> & 'quoted'" in page.text
    assert not re.search(r"<script>alert", page.body)


def test_the_number_of_queries_does_not_grow_with_the_evidence(world: World, chair: FlaskClient) -> None:
    few, many = world.action(DUE), world.action(DUE)
    for _ in range(8):
        world.evidence(many, ("a.pdf", PDF), ("b.pdf", PDF))
    counts = []
    for action in (few, many):
        world.submission(action)
        with counted() as count:
            assert see(chair, address(action)).status == 200
        counts.append(int(count))
    # Opening it is recorded, and PostgreSQL asks twice for the lock of whoever writes.
    assert counts[0] == counts[1] == (30 if database.is_sqlite() else 32)
