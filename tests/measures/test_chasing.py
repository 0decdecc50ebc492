"""Readings that are asked for are chased: who is reminded, how often, and of nothing that was given."""

from datetime import date, timedelta
from itertools import pairwise

from kscb_actions import clock
from kscb_actions.access.policy import SYSTEM, Role
from kscb_actions.audit.service import change
from kscb_actions.chasing.service import ChaseRun, chase
from kscb_actions.measures.models import Measure, MeasureChase
from kscb_actions.measures.provider import AWAITED_READINGS
from kscb_actions.measures.service import end_measure
from kscb_actions.measures.waiting import READINGS, AwaitedReading, whom_to_ask
from kscb_actions.people.absences.rules import NOBODY_AWAY
from kscb_actions.reviews.models import NamedPerson

from ..factories import World
from .making import ASKED_ON, measure, readings

URL = "https://board.example"


def run(on: date) -> ChaseRun:
    """Chase on a day."""
    return chase(AWAITED_READINGS, on, URL)


def test_the_owner_is_reminded_by_reference_and_link_and_once_a_stage(world: World) -> None:
    one = measure(world, world.action().review)
    (message,) = run(ASKED_ON).messages
    assert message.to == "police-lead@board.example"
    assert message.subject == "1 reading of a measure is asked for (M1)"
    assert f"{URL}/measures/{one.id}/readings" in message.body and "second plan" not in message.body
    assert run(ASKED_ON).messages == ()
    row = MeasureChase.get()
    assert (row.measure_id, row.due_on, row.review_id) == (one.id, ASKED_ON, one.review_id)


def test_it_is_asked_for_again_and_again_until_it_is_given(world: World) -> None:
    measure(world)
    days = [ASKED_ON + timedelta(days=days) for days in range(-20, 200)]
    told = [day for day in days if run(day).messages]
    assert (told[1] - ASKED_ON).days == 0
    gaps = [(later - earlier).days for earlier, later in pairwise(told)]
    assert max(gaps) <= READINGS.first.longest_silence
    assert told[-1] >= days[-1] - timedelta(days=READINGS.first.longest_silence)


def test_what_is_given_ended_or_void_is_not_asked_for(world: World) -> None:
    given, ended, later = measure(world), measure(world), measure(world, first_due_on=date(2013, 1, 10))
    with clock.at(ASKED_ON):
        readings(world, given, y2012="16.4")
    end_measure(world.manager.viewer, ended, "Over.", ended.version)
    assert run(ASKED_ON).messages == ()
    assert len(run(date(2013, 1, 10)).messages) == 1
    assert MeasureChase.get().measure_id == later.id


def test_without_its_owner_the_agency_is_asked_and_without_that_the_manager(world: World) -> None:
    measure(world)
    world.person("second-lead", Role.AGENCY_LEAD, agency=world.police)
    for person, to in ((world.police_lead, "second-lead"), (None, "manager")):
        leaving = person or type(world.police_lead).get(email="second-lead@board.example")
        with change(SYSTEM) as tx:
            leaving.is_active = False
            tx.update(leaving, "person.changed")
        (message,) = run(ASKED_ON + timedelta(days=0 if person else 7)).messages
        assert message.to == f"{to}@board.example"


def test_of_a_restricted_review_only_who_is_named_is_told(world: World) -> None:
    review = world.action().review
    measure(world, review)
    review.is_restricted = True
    with change(SYSTEM) as tx:
        tx.update(review, "review.changed")
        tx.add(NamedPerson(review=review, user=world.manager), "review.person-named")
    (message,) = run(ASKED_ON).messages
    assert message.to == "manager@board.example"


def test_the_boards_own_readings_are_asked_of_their_owner(world: World) -> None:
    waiting = AwaitedReading(1, ASKED_ON, None, world.manager.id, away=NOBODY_AWAY)
    people = [each.viewer for each in (world.chair, world.police_lead, world.manager)]
    assert whom_to_ask(waiting, people) == ((world.manager.viewer,), True)
    assert Measure.select().count() == 0
