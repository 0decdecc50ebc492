"""Who hears that a decision of the Board was taken back: whoever had been told of it, and nobody else."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from kscb_actions.access.policy import SYSTEM, Role
from kscb_actions.actions.models import Action
from kscb_actions.actions.owners.service import share
from kscb_actions.assurance.checking import ask_question
from kscb_actions.assurance.queries import waiting_submission
from kscb_actions.assurance.service import decide
from kscb_actions.assurance.taking_back.service import take_decision_back
from kscb_actions.audit.service import change
from kscb_actions.chasing.news.models import News
from kscb_actions.chasing.news.rules import Kind
from kscb_actions.chasing.news.service import see_action, tell_at_once
from kscb_actions.database import writing
from kscb_actions.mail.models import OutboxMessage
from kscb_actions.mail.rules import State
from kscb_actions.people.absences.service import enter
from kscb_actions.people.models import User

from ...factories import TODAY, World

URL = "https://tracker.example"
FAR = TODAY + timedelta(days=900)


@pytest.fixture
def waiting(world: World) -> Iterator[Action]:
    action = world.action(FAR)
    world.submission(action)
    with writing(News):
        News.delete().execute()
    yield Action.get_by_id(action.id)


def kinds_for(person: User) -> list[str]:
    return [row.kind for row in News.select().where(News.person == person).order_by(News.id)]


def give_back(world: World, action: Action, accepted: bool = False) -> None:
    submission = waiting_submission(action)
    assert submission is not None
    submission.action = Action.get_by_id(action.id)
    decide(world.second_chair.viewer, submission, accepted, "For another action.")


def undo(action: Action, by: User) -> None:
    take_decision_back(by.viewer, Action.get_by_id(action.id), "The wrong one.")


def states() -> list[str]:
    return [row.state for row in OutboxMessage.select().order_by(OutboxMessage.id)]


def sent() -> None:
    with change(SYSTEM) as tx:
        for message in OutboxMessage.select().where(OutboxMessage.state == State.QUEUED):
            message.state, message.attempts = State.SENT.value, 1
            tx.update(message, "mail.sent")


@pytest.mark.parametrize("accepted", [True, False])
def test_of_what_no_message_has_told_and_nobody_has_seen_nothing_is_told(
    world: World, waiting: Action, accepted: bool
) -> None:
    give_back(world, waiting, accepted)
    assert len(kinds_for(world.police_lead)) == 1
    undo(waiting, world.second_chair)
    assert News.select().count() == 0
    assert tell_at_once(URL) == 0 and states() == []


def test_a_message_that_waits_is_withheld_and_one_that_went_is_taken_back_at_once(
    world: World, waiting: Action
) -> None:
    lead = world.police_lead
    give_back(world, waiting)
    assert tell_at_once(URL) == 1
    undo(waiting, world.second_chair)
    assert states() == [State.DROPPED] and News.select().count() == 0
    give_back(world, waiting)
    tell_at_once(URL)
    sent()
    undo(waiting, world.second_chair)
    assert kinds_for(lead) == [Kind.RETURNED, Kind.DECISION_TAKEN_BACK]
    assert tell_at_once(URL) == 1
    newest = OutboxMessage.select().order_by(OutboxMessage.id.desc()).get()
    assert newest.to_user_id == lead.id and "For another action" not in newest.body
    assert (
        "1 decision or question of the Board taken back" in newest.body and waiting.reference in newest.body
    )


def test_a_message_that_tells_of_more_goes_and_so_its_reader_is_told(world: World, waiting: Action) -> None:
    other = world.action(FAR, recommendation=waiting.recommendation)
    world.submission(other)
    with writing(News):
        News.delete().execute()
    give_back(world, waiting)
    give_back(world, other)
    assert tell_at_once(URL) == 1
    undo(waiting, world.second_chair)
    assert states() == [State.QUEUED]
    assert kinds_for(world.police_lead) == [Kind.RETURNED, Kind.RETURNED, Kind.DECISION_TAKEN_BACK]


def test_who_saw_it_on_its_page_is_told_and_who_decided_where_another_takes_it_back(
    world: World, waiting: Action
) -> None:
    give_back(world, waiting)
    see_action(world.police_lead.viewer, waiting.review.reference, waiting.number)
    undo(waiting, world.manager)
    assert kinds_for(world.police_lead) == [Kind.RETURNED, Kind.DECISION_TAKEN_BACK]
    assert kinds_for(world.second_chair) == [Kind.DECISION_TAKEN_BACK]
    assert kinds_for(world.manager) == []


def test_a_joint_owner_who_was_told_is_told_too(world: World, waiting: Action) -> None:
    share(world.manager.viewer, waiting, world.health, world.health_lead)
    give_back(world, waiting)
    tell_at_once(URL)
    sent()
    undo(waiting, world.second_chair)
    assert kinds_for(world.health_lead)[-1] == kinds_for(world.police_lead)[-1] == Kind.DECISION_TAKEN_BACK


@pytest.mark.parametrize("is_sent", [True, False])
def test_the_letter_of_a_question_is_withheld_while_it_waits(
    world: World, waiting: Action, is_sent: bool
) -> None:
    submission = waiting_submission(waiting)
    assert submission is not None
    submission.action = waiting
    ask_question(world.second_chair.viewer, submission, "Nights?", world.police_lead.id, URL)
    if is_sent:
        sent()
    undo(waiting, world.second_chair)
    assert states() == [State.SENT if is_sent else State.DROPPED]
    told = [Kind.ASKED, Kind.DECISION_TAKEN_BACK] if is_sent else []
    assert kinds_for(world.police_lead) == told and tell_at_once(URL) == len(told) // 2


@pytest.mark.parametrize("is_sent", [True, False])
def test_who_stands_in_hears_of_it_where_they_had_the_message(
    world: World, waiting: Action, is_sent: bool
) -> None:
    other = world.person("second-lead", Role.AGENCY_LEAD, agency=world.police)
    enter(world.police_lead.viewer, world.police_lead, other, TODAY, TODAY + timedelta(days=9))
    with writing(News):
        News.delete().execute()
    give_back(world, waiting)
    assert kinds_for(other) == kinds_for(world.police_lead) == [Kind.RETURNED]
    tell_at_once(URL)
    if is_sent:
        sent()
    undo(waiting, world.second_chair)
    after = [Kind.RETURNED, Kind.DECISION_TAKEN_BACK] if is_sent else []
    assert kinds_for(other) == kinds_for(world.police_lead) == after
    assert tell_at_once(URL) == is_sent
