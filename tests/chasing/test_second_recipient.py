"""Whoever was told beside the first is treated as the first: of what fell away, was lost or has come."""

from datetime import timedelta

import pytest

from kscb_actions import clock
from kscb_actions.access.policy import Role
from kscb_actions.assurance.challenges.models import Challenge
from kscb_actions.assurance.challenges.queries import get_challenge
from kscb_actions.assurance.challenges.service import Subject, answer_challenge, raise_challenge
from kscb_actions.chasing.anew import give_again
from kscb_actions.chasing.challenges.models import ChallengeChase
from kscb_actions.chasing.challenges.provider import UNANSWERED_CHALLENGES
from kscb_actions.chasing.news.service import count_as_told
from kscb_actions.chasing.providers import run_of
from kscb_actions.chasing.service import chase_together
from kscb_actions.config import Settings
from kscb_actions.mail.delivery import Delivered
from kscb_actions.mail.models import OutboxMessage
from kscb_actions.people.models import User
from kscb_actions.people.service import edit_person, facts_of

from ..factories import TODAY, World
from .test_anew import LEAD, NEW, URL, deliver, moved

FIRST = "a-lead@board.example"
pytestmark = pytest.mark.usefixtures("app")


def told_two(world: World, settings: Settings, count: int = 1) -> list[Challenge]:
    """Return challenges about no review, of which two leads were told today in messages that wait."""
    world.person("a-lead", Role.AGENCY_LEAD, agency=world.police)
    with clock.at(TODAY - timedelta(days=9)):
        found = [
            raise_challenge(world.chair.viewer, Subject(world.police), "lead", "Why?", TODAY, URL)
            for _ in range(count)
        ]
    deliver(settings)
    count_as_told()
    run = chase_together(run_of(UNANSWERED_CHALLENGES), TODAY, URL)
    assert [message.to for message in run.messages] == [FIRST, LEAD]
    return found


def answered(world: World, challenge: Challenge) -> None:
    now = get_challenge(world.police_lead.viewer, challenge.id)
    assert now is not None
    answer_challenge(world.police_lead.viewer, now, "It slipped.", now.version, URL)
    count_as_told()


def digests() -> dict[str, tuple[str, str]]:
    """Return {address: (state, text)} of the digests."""
    rows = OutboxMessage.select().where(OutboxMessage.digest_on.is_null(False))
    return {row.to_address: (row.state, row.body) for row in rows}


def test_what_is_about_no_review_and_was_answered_goes_to_neither(world: World, settings: Settings) -> None:
    answered(world, *told_two(world, settings))
    deliver(settings)
    assert {to: state for to, (state, _) in digests().items()} == {FIRST: "dropped", LEAD: "dropped"}


def test_of_two_about_no_review_what_still_waits_goes_to_both(world: World, settings: Settings) -> None:
    first, second = told_two(world, settings, 2)
    answered(world, first)
    deliver(settings)
    for state, body in digests().values():
        assert state == "sent"
        assert f"/challenges/{first.id}" not in body and f"/challenges/{second.id}" in body


def test_what_a_second_person_had_is_not_given_again_for_the_first_who_was_switched_off(
    world: World, settings: Settings
) -> None:
    told_two(world, settings)
    first = User.get(User.email == FIRST)
    edit_person(world.manager.viewer, first, facts_of(first), first.version, is_active=False)
    deliver(settings)
    assert {to: state for to, (state, _) in digests().items()} == {FIRST: "dropped", LEAD: "sent"}
    later = TODAY + timedelta(days=3)
    assert chase_together(run_of(UNANSWERED_CHALLENGES), later, URL).messages == ()


def test_a_second_person_whom_it_did_not_reach_is_given_it_again_once(
    world: World, settings: Settings
) -> None:
    told_two(world, settings)
    assert deliver(settings, rcpt={LEAD: "550 No such person"})[0] == Delivered(sent=1, failed=1)
    moved(world, world.police_lead)
    assert (give_again(URL), give_again(URL)) == (1, 0)
    _, peer = deliver(settings)
    assert [message["To"] for message in peer.received] == [NEW]
    assert ChallengeChase.select().count() == 2
