"""The log says of each kind of thing that it was taken out of its message, where it had changed meanwhile."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient
from lxml import html

from kscb_actions import clock
from kscb_actions.chasing.actions.provider import OPEN_ACTIONS
from kscb_actions.chasing.answers.provider import AWAITED_ANSWERS
from kscb_actions.chasing.challenges.provider import UNANSWERED_CHALLENGES
from kscb_actions.chasing.clocks.provider import UNMET_CLOCKS
from kscb_actions.chasing.log.rules import TAKEN_OUT
from kscb_actions.chasing.models import TakenOut
from kscb_actions.chasing.providers import Provider, Run, registered
from kscb_actions.chasing.referred.provider import UNANSWERED_REFERRALS
from kscb_actions.chasing.service import chase_together
from kscb_actions.config import Settings
from kscb_actions.impact.provider import RECOMMENDATIONS_BACK
from kscb_actions.measures.provider import AWAITED_READINGS
from kscb_actions.meetings.deciding.provider import OPEN_TASKS
from kscb_actions.meetings.deciding.service import end_decision
from kscb_actions.people.models import User
from kscb_actions.reviews.guidance.rules import decision_due_on
from kscb_actions.reviews.referring.rules import AnswerFacts
from kscb_actions.reviews.referring.service import answer_case

from ...assurance.challenges.asking import REPLY_BY, answered, raised
from ...factories import TODAY, World
from ...impact.making import came_back, said_and_judged
from ...mail.peers import Peer
from ...mail.sending import deliver_to
from ...measures.making import ASKED_ON, measure, readings
from ...meetings.planned import a_body, a_decision
from ...reviews.answers.asking import ANSWER_BY, asked, planned
from ...reviews.answers.asking import answered as answer
from ...reviews.referring.making import case_referral
from ..test_clocks import recorded, set_hold
from ..test_held_reviews import hold

SignIn = Callable[[User | None], FlaskClient]
URL = "https://tracker.example"


def of_action(world: World) -> Callable[[], object]:
    action = world.action(due_on=TODAY)
    return lambda: hold(world, action, "inquest")


def of_clock(world: World) -> Callable[[], object]:
    review = recorded(world)
    return lambda: set_hold(world.manager.viewer, review, "inquest", "The coroner.")


def of_challenge(world: World) -> Callable[[], object]:
    challenge = raised(world)
    return lambda: answered(world, challenge)


def of_answer(world: World) -> Callable[[], object]:
    review = planned(world)
    asked(world, review, "KPOL")
    return lambda: [answer(world, review, number, "accepted") for number in (1, 2)]


def of_referral(world: World) -> Callable[[], object]:
    referral = case_referral(world)
    no = AnswerFacts("none", "The criteria are not met.", TODAY)
    return lambda: answer_case(world.chair.viewer, referral, no, None, 0, URL)


def of_reading(world: World) -> Callable[[], object]:
    asked_for = measure(world)
    return lambda: readings(world, asked_for, y2012="15.1")


def of_task(world: World) -> Callable[[], object]:
    _, decision = a_decision(world, a_body(world))
    return lambda: end_decision(world.police_lead.viewer, decision, "Written.")


def of_impact(world: World) -> Callable[[], object]:
    recommendation = came_back(world)
    return lambda: said_and_judged(world, recommendation)


KINDS: dict[Provider, tuple[date, Callable[[World], Callable[[], object]]]] = {
    OPEN_ACTIONS: (TODAY, of_action),
    UNMET_CLOCKS: (TODAY, of_clock),
    UNANSWERED_CHALLENGES: (REPLY_BY, of_challenge),
    AWAITED_ANSWERS: (ANSWER_BY, of_answer),
    OPEN_TASKS: (TODAY + timedelta(days=21), of_task),
    RECOMMENDATIONS_BACK: (TODAY, of_impact),
    AWAITED_READINGS: (ASKED_ON, of_reading),
    UNANSWERED_REFERRALS: (decision_due_on(TODAY), of_referral),
}


def test_each_kind_about_a_review_is_here(world: World) -> None:
    assert {each for each in registered() if each.room == "chasing"} == set(KINDS)


@pytest.mark.parametrize("provider", KINDS, ids=lambda each: each.name)
def test_what_changed_before_its_message_went_is_said_to_be_taken_out(
    world: World, settings: Settings, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch, provider: Provider
) -> None:
    on, made = KINDS[provider]
    change = made(world)
    at = clock.start_of(on) + timedelta(hours=9)
    monkeypatch.setattr(clock, "real_now", lambda: at)
    with clock.at(at):
        chase_together(Run((provider,)), on, URL)
        change()
        deliver_to(settings, Peer())
        page = html.fromstring(sign_in(world.manager).get("/reminders/log").text)
    cells = [" ".join(cell.text_content().split()) for cell in page.xpath("//tbody/tr/td[last()]")]
    assert TakenOut.select().exists() and cells and all(TAKEN_OUT in each for each in cells)
