"""A run that reads what waits for a few people at a time tells all of them what one that reads all would."""

import json
from datetime import date, timedelta

import pytest

from kscb_actions import clock
from kscb_actions.access.policy import SYSTEM, Role
from kscb_actions.audit.service import change
from kscb_actions.chasing import service
from kscb_actions.chasing.actions import queries
from kscb_actions.chasing.actions.models import Chase
from kscb_actions.chasing.actions.provider import OPEN_ACTIONS
from kscb_actions.chasing.actions.rules import ACTIONS, UNDATED
from kscb_actions.chasing.ladder.models import LadderVersion
from kscb_actions.chasing.ladder.rules import Ladder, Recipient, Rung
from kscb_actions.chasing.log.models import Reminder
from kscb_actions.chasing.service import ChaseRun, chase, together
from kscb_actions.mail.models import OutboxMessage
from kscb_actions.people.models import User
from kscb_actions.reviews.models import NamedPerson, Review
from kscb_actions.reviews.service import name_person

from ..factories import TODAY, World


def restrict(review: Review, *people: User) -> None:
    """Let only these know of a review."""
    review.is_restricted = True
    with change(SYSTEM) as tx:
        tx.update(review, "review.changed")
    for person in people:
        if not NamedPerson.get_or_none(review=review, user=person):
            name_person(SYSTEM, review, person)


URL = "https://tracker.example"
LATER = date(2012, 5, 30)
EVERYBODY = (Recipient.LEAD, Recipient.OTHER_LEADS, Recipient.BOARD_MEMBER)


def told(run: ChaseRun) -> dict[str, tuple[str, str]]:
    """Return what each person is told, by address."""
    return {each.to: (each.subject, each.body) for each in run.messages}


@pytest.fixture
def busy(world: World) -> World:
    """Return a board whose ladders tell everybody of something, and with actions that nobody leads."""
    with clock.at(TODAY):
        world.person("member", Role.BOARD_MEMBER, agency=world.health)
        second = world.person("second-lead", Role.AGENCY_LEAD, agency=world.health)
        last = Rung(28, EVERYBODY, (Recipient.MANAGER, Recipient.CHAIR), "Of {agency}.", every=28)
        for subject in (ACTIONS, UNDATED):
            rungs = json.dumps(Ladder((Rung(0, (Recipient.LEAD,)), last)).facts())
            kept = LadderVersion(subject=subject.code, number=1, rungs=rungs, kept_at=clock.now())
            with change(SYSTEM) as tx:
                tx.add(kept, "ladder.kept")
        for days in (-40, -28, -3, 0, 14):
            world.action(TODAY + timedelta(days=days))
            world.action(TODAY + timedelta(days=days), world.health, second)
        world.action(None)
        world.submission(world.action(TODAY))
        open_to_few = world.action(TODAY - timedelta(days=30))
        restrict(open_to_few.review, world.manager, world.police_lead)
        second.is_active = False
        with change(SYSTEM) as tx:
            tx.update(second, "person.changed")
    return world


@pytest.mark.parametrize("most", [1, 3, 8])
def test_in_parts_everybody_is_told_what_they_would_be(
    busy: World, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    for on in (TODAY, LATER):
        with clock.at(on):
            whole = told(chase(OPEN_ACTIONS, on, URL, dry_run=True))
            with monkeypatch.context() as parted:
                parted.setattr(queries, "READ_AT_ONCE", most)
                parted.setattr(service, "WRITTEN_AT_ONCE", most)
                parted.setattr(service, "NOTED_AT_ONCE", most)
                assert told(chase(OPEN_ACTIONS, on, URL, dry_run=True)) == whole
                run = chase(OPEN_ACTIONS, on, URL)
            assert told(run) == whole and run.count == len(whole) >= 4
            sent = OutboxMessage.select().where(OutboxMessage.digest_on == on)
            assert {each.to_address: (each.subject, each.body) for each in sent} == whole
            items = {
                (item.waiting.kind, item.waiting.action_id) for each in run.messages for item in each.items
            }
            assert Chase.select().where(Chase.chased_on == on).count() == len(items)
            noted = Reminder.select().where(Reminder.chased_on == on).count()
            assert noted == sum(len(each.items) for each in run.messages) > len(items)
            assert chase(OPEN_ACTIONS, on, URL).messages == ()


def test_what_nobody_may_be_told_of_is_found_in_parts(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    action = world.action(TODAY)
    world.action(TODAY, world.health)
    restrict(action.review)
    monkeypatch.setattr(queries, "READ_AT_ONCE", 1)
    run = chase(OPEN_ACTIONS, TODAY, URL)
    assert [each.label for each in run.without_recipient] == [action.reference]
    assert [each.to for each in run.messages] == [world.health_lead.email]


@pytest.mark.parametrize(
    ("counts", "found"),
    [
        ({}, []),
        ({1: 9}, [[1]]),
        ({1: 4, 2: 4, 3: 1, 4: 2}, [[1, 2], [3, 4]]),
        ({1: 9, 2: 30, 3: 8, 4: 1}, [[1, 2], [3], [4]]),
    ],
)
def test_people_are_written_to_together_while_they_are_told_of_little(
    counts: dict[int, int], found: list[list[int]]
) -> None:
    assert list(together(counts, 8)) == found
