"""A question that the Board asks before it decides is the agency's to answer: unanswered, it is chased."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from kscb_actions import clock
from kscb_actions.access.policy import SYSTEM
from kscb_actions.actions.models import Action
from kscb_actions.assurance.checking import answer_question, ask_question
from kscb_actions.assurance.models import CheckQuestion
from kscb_actions.assurance.queries import waiting_submission
from kscb_actions.assurance.service import decide
from kscb_actions.chasing.actions.provider import OPEN_ACTIONS
from kscb_actions.chasing.service import ChaseRun, chase
from kscb_actions.people.models import User
from kscb_actions.people.service import edit_person, facts_of
from kscb_actions.reviews.service import name_person, unname_person

from ..actions.stories import ask_for_more_time
from ..factories import World

URL = "https://board.example"
ASKED = date(2012, 4, 11)  # A Wednesday, and a week and its multiples later are working days.


@pytest.fixture(autouse=True)
def today(world: World) -> Iterator[None]:
    """Let it be the day on which the question is asked."""
    with clock.at(ASKED):
        yield


def run(days: int) -> ChaseRun:
    """Chase so many days after the question."""
    on = ASKED + timedelta(days=days)
    with clock.at(on):
        return chase(OPEN_ACTIONS, on, URL)


def ask(world: World, action: Action, to: User) -> CheckQuestion:
    """Ask one person about what was reported done."""
    submission = waiting_submission(action)
    assert submission is not None
    return ask_question(world.second_chair.viewer, submission, "Is the canary in?", to.id, URL)


@pytest.fixture
def reported(world: World) -> Action:
    """Return an action that has been reported done, due far from now."""
    action = world.action(date(2013, 3, 1))
    world.submission(action)
    return action


def test_who_was_asked_is_reminded_after_a_week_and_again_by_reference_and_link(
    world: World, reported: Action
) -> None:
    other = world.person("other-lead", *world.police_lead.role_set, agency=world.police)
    ask(world, reported, other)
    assert run(0).messages == run(6).messages == ()
    (message,) = run(7).messages
    assert message.to == other.email
    assert message.subject == f"1 action needs you: 1 question to answer ({reported.reference})"
    assert "The Board waits for your answer before it decides on these:" in message.body
    assert "The Board asked a question on 11 April 2012, 7 days ago" in message.body
    assert f"{URL}/reviews/{reported.review.reference}/actions/{reported.number}" in message.body
    assert "canary" not in message.body and "report them done" not in message.body
    assert run(7).messages == ()
    assert [len(run(days).messages) for days in (10, 14, 20, 35, 36)] == [0, 1, 0, 1, 0]


def test_where_who_was_asked_has_left_another_lead_is_reminded(world: World, reported: Action) -> None:
    other = world.person("other-lead", *world.police_lead.role_set, agency=world.police)
    ask(world, reported, other)
    edit_person(SYSTEM, other, facts_of(other), other.version, is_active=False)
    (message,) = run(7).messages
    assert message.to == world.police_lead.email


def test_a_question_comes_in_one_digest_with_what_is_overdue(world: World, reported: Action) -> None:
    ask(world, reported, world.police_lead)
    late = world.action(ASKED - timedelta(days=1))
    (message,) = run(7).messages
    assert message.subject == (
        f"2 actions need you: 1 overdue, 1 question to answer ({late.reference} first)"
    )
    assert message.body.index("waits for your answer") < message.body.index("report them done")


@pytest.mark.parametrize("ending", ["answered", "returned", "accepted"])
def test_what_does_not_wait_for_an_answer_any_more_is_not_chased(
    world: World, reported: Action, ending: str
) -> None:
    question = ask(world, reported, world.police_lead)
    if ending == "answered":
        answer_question(world.police_lead.viewer, question, "So.")
    else:
        decide(world.second_chair.viewer, question.submission, ending == "accepted", "As it stands.")
    assert run(7).messages == ()


def test_while_a_request_for_more_time_waits_for_the_board_the_question_is_not_chased(world: World) -> None:
    action = world.action(date(2013, 3, 1))
    ask_for_more_time(world, action, date(2013, 6, 1))
    world.submission(Action.get_by_id(action.id))
    ask(world, action, world.police_lead)
    # The Board is asked to decide, and the agency nothing.
    assert {message.to for message in run(7).messages} == {
        world.chair.email,
        world.second_chair.email,
        world.manager.email,
    }


def test_who_is_not_named_on_a_restricted_review_any_more_is_not_reminded(world: World) -> None:
    review = world.review(is_restricted=True)
    for person in (world.police_lead, world.second_chair):
        name_person(world.manager.viewer, review, person)
    hidden = world.action(date(2013, 3, 1), recommendation=world.recommendation(review))
    world.submission(hidden)
    ask(world, hidden, world.police_lead)
    unname_person(world.manager.viewer, review, world.police_lead)
    (message,) = run(7).messages
    assert message.to == world.manager.email
    assert "Nobody in the agency can be asked about these" in message.body
