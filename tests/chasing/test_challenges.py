"""Unanswered challenges are chased: who is reminded, how often, and of nothing that is answered."""

from datetime import date

import pytest

from kscb_actions.access.policy import SYSTEM
from kscb_actions.chasing.challenges.models import ChallengeChase
from kscb_actions.chasing.challenges.provider import UNANSWERED_CHALLENGES
from kscb_actions.chasing.service import ChaseRun, chase
from kscb_actions.mail.models import OutboxItem, OutboxMessage
from kscb_actions.people.service import edit_person, facts_of

from ..assurance.challenges.asking import REPLY_BY, answered, escalated, raised
from ..factories import World

URL = "https://board.example"
AGENCY = {"police-lead@board.example", "police-member@board.example"}
LATER = date(2012, 5, 31)
# The last rung, on which others have a copy.
LONG_AFTER = date(2012, 6, 15)


def run(on: date) -> ChaseRun:
    """Chase on a day."""
    return chase(UNANSWERED_CHALLENGES, on, URL)


def test_an_unanswered_challenge_is_chased_once_a_stage_by_reference_and_link(world: World) -> None:
    challenge = raised(world)
    (message,) = run(REPLY_BY).messages
    assert message.to == "police-lead@board.example"
    assert message.subject == f"1 challenge waits for an answer (C{challenge.id})"
    assert f"{URL}/challenges/{challenge.id}" in message.body and "Due today" in message.body
    assert "nothing been heard" not in message.body and challenge.review.reference not in message.body
    assert run(REPLY_BY).messages == ()
    row = ChallengeChase.get()
    assert (row.challenge_id, row.due_on, row.review_id) == (challenge.id, REPLY_BY, challenge.review_id)
    item = OutboxItem.select().join(OutboxMessage).where(OutboxMessage.id == row.message_id).get()
    assert (item.review_id, item.action_id) == (challenge.review_id, challenge.action_id)
    assert len(run(date(2012, 5, 8)).messages) == 1


def test_what_is_answered_is_not_chased_and_a_higher_level_asks_its_own_people(world: World) -> None:
    challenge = answered(world, raised(world))
    assert {message.to for message in run(REPLY_BY).messages}.isdisjoint(AGENCY)
    escalated(world, challenge, LATER)
    (message,) = run(LATER).messages
    assert message.to == "police-member@board.example"
    assert "Agency’s Board member" in message.body


@pytest.mark.parametrize(
    ("level", "copied"),
    [
        ("lead", ["chair", "second-chair"]),
        ("board_member", ["chair", "second-chair"]),
        ("independent_chair", ["independent-chair"]),
        ("full_board", ["independent-chair"]),
    ],
)
def test_what_goes_to_the_chair_in_copy_goes_to_who_decides_at_its_level(
    world: World, level: str, copied: list[str]
) -> None:
    raised(world, level=level)
    asked = "police-lead" if level == "lead" else "police-member"
    told = {message.to.split("@")[0] for message in run(LONG_AFTER).messages}
    assert told == {asked, *copied}


def test_where_nobody_decides_at_its_level_the_chairs_have_the_copy(world: World) -> None:
    person = world.independent_chair
    raised(world, level="full_board")
    edit_person(SYSTEM, person, facts_of(person), person.version, is_active=False)
    told = {message.to.split("@")[0] for message in run(LONG_AFTER).messages}
    assert told == {"police-member", "chair", "second-chair"}


def test_where_the_agency_has_nobody_left_the_managers_are_told(world: World) -> None:
    raised(world)
    for person in (world.police_lead, world.police_member):
        edit_person(SYSTEM, person, facts_of(person), person.version, is_active=False)
    (message,) = run(REPLY_BY).messages
    assert message.to == "manager@board.example"
    assert "Nobody in the agency can answer these any more" in message.body
