"""Keeping measures and giving readings: who may, what is refused with nothing lost, and what is kept."""

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

import pytest

from kscb_actions import clock
from kscb_actions.access.policy import Refused, Viewer
from kscb_actions.actions.models import Action
from kscb_actions.assurance.checking import reopen
from kscb_actions.audit.models import AuditEvent
from kscb_actions.audit.service import StaleEdit, change
from kscb_actions.measures.models import Measure, Reading
from kscb_actions.measures.queries import (
    MeasureFilter,
    count_waiting,
    get_measure,
    get_reading,
    list_accepted,
    list_history,
    list_measures,
)
from kscb_actions.measures.service import About as AboutWhat
from kscb_actions.measures.service import (
    correct_reading,
    edit_measure,
    end_measure,
    give_pasted,
    give_reading,
    record_measure,
    resume_measure,
    take_reading_back,
    void_measure,
)
from kscb_actions.people.models import User
from kscb_actions.reviews.models import NamedPerson
from kscb_actions.text import InvalidInput

from ..factories import TODAY, World
from ..queries import counted
from .making import ASKED_ON, FACTS, measure, readings

SECOND_PLANS = {"y2006": "14.2", "y2007": "19.7", "y2008": "19.2", "y2009": "15.1"}


def listed(viewer: Viewer) -> list[str]:
    """Return the references of the measures somebody sees, in their order."""
    return [each.measure.reference for each in list_measures(viewer, TODAY)]


def test_a_measure_belongs_to_its_owners_agency_and_is_seen_there(world: World) -> None:
    one = measure(world)
    assert (one.agency_id, one.months, one.target) == (world.police.id, 12, "13.7")
    own = measure(world, owner_id=world.manager.id)
    assert own.agency_id is None
    for user in (world.manager, world.chair, world.reader, world.independent_chair, world.subgroup_member):
        assert set(listed(user.viewer)) == {"M1", "M2"}
    for user in (world.police_lead, world.police_member):
        assert listed(user.viewer) == ["M1"] and get_measure(user.viewer, own.id) is None
    for user in (world.health_lead, world.cdop_member, world.cdop_coordinator):
        assert listed(user.viewer) == [] and get_measure(user.viewer, one.id) is None


def test_a_restricted_reviews_measure_is_absent_for_who_is_not_named(world: World) -> None:
    review = world.review()
    world.action(recommendation=world.recommendation(review))
    one = measure(world, review)
    readings(world, one, **SECOND_PLANS)
    review.is_restricted = True
    with change(world.manager.viewer) as tx:
        tx.update(review, "review.changed")
        tx.add(NamedPerson(review=review, user=world.second_chair), "review.person-named")
    for user in User.select():
        is_named = user.id == world.second_chair.id
        assert (get_measure(user.viewer, one.id) is not None) is is_named
        assert (get_reading(user.viewer, one.id, "2009-03-31") is not None) is is_named
        assert listed(user.viewer) == (["M1"] if is_named else [])
    with pytest.raises(Refused):
        give_reading(world.manager.viewer, one, "2010-11", "12")
    with pytest.raises(Refused):
        end_measure(world.manager.viewer, one, "Over.", one.version)
    with pytest.raises(InvalidInput) as hidden:
        record_measure(
            _named_manager(world, review),
            AboutWhat(review),
            replace(FACTS, owner_id=world.health_lead.id),
        )
    assert "may not see this review" in hidden.value.errors["owner"]


def _named_manager(world: World, review: object) -> Viewer:
    with change(world.second_chair.viewer) as tx:
        tx.add(NamedPerson(review=review, user=world.manager), "review.person-named")
    return world.manager.viewer


def test_who_may_not_keep_a_measure_or_give_its_reading_changes_nothing(world: World) -> None:
    one = measure(world)
    for user in (world.chair, world.reader, world.police_lead, world.cdop_member):
        with pytest.raises(Refused):
            record_measure(user.viewer, AboutWhat(), replace(FACTS, owner_id=world.police_lead.id))
        with pytest.raises(Refused):
            void_measure(user.viewer, one, "Why not.", one.version)
    for user in (world.health_lead, world.chair, world.reader, world.police_member):
        with pytest.raises(Refused):
            give_reading(user.viewer, one, "2010-11", "16")
    assert Reading.select().count() == 0 and Measure.select().count() == 1


def test_an_owner_is_somebody_who_can_give_readings(world: World) -> None:
    for wrong in (None, 99_999, world.reader.id, world.chair.id):
        with pytest.raises(InvalidInput) as refused:
            measure(world, owner_id=wrong)
        assert refused.value.errors.keys() == {"owner"}
    with pytest.raises(InvalidInput) as refused:
        measure(world, target="", priority="")
    assert refused.value.errors.keys() == {"target", "priority"}


def test_readings_of_a_period_are_given_once_and_in_the_past(world: World) -> None:
    one = measure(world)
    readings(world, one, **SECOND_PLANS)
    with pytest.raises(InvalidInput) as twice:
        give_reading(world.police_lead.viewer, one, "2008-09", "15")
    assert twice.value.errors == {"period": "2008-09 has a reading already: 15.1%. Put that right instead."}
    with pytest.raises(InvalidInput) as future:
        give_reading(world.police_lead.viewer, one, "2012-13", "15")
    assert "not ended" in future.value.errors["period"]
    [found] = list_measures(world.police_lead.viewer, TODAY)
    assert [each.value for each in found.readings] == [
        Decimal(each) for each in ("14.2", "19.7", "19.2", "15.1")
    ]
    assert found.movement.words.startswith("Moves the right way, short of its target: 15.1% in 2008-09")


def test_a_reading_put_right_keeps_what_it_said(world: World) -> None:
    one, lead = measure(world), world.police_lead.viewer
    readings(world, one, **SECOND_PLANS)
    first = get_reading(lead, one.id, "2009-03-31")
    for value, why, fields in (
        ("15.1", "Typo", {"value"}),
        ("16", " ", {"why"}),
        ("160", "", {"value", "why"}),
    ):
        with pytest.raises(InvalidInput) as refused:
            correct_reading(lead, first, value, why)
        assert refused.value.errors.keys() == fields
    second = correct_reading(lead, first, "16", "Counted anew.")
    with pytest.raises(Refused):
        correct_reading(lead, first, "17", "I came second.")
    assert [(each.value, each.why) for each in list_history(one)][:2] == [
        ("16", "Counted anew."),
        ("15.1", ""),
    ]
    take_reading_back(lead, second, "Of another county.")
    assert get_reading(lead, one.id, "2009-03-31") is None
    [found] = list_measures(lead, TODAY)
    assert [str(each.value) for each in found.readings] == ["14.2", "19.7", "19.2"]
    again = give_reading(lead, one, "2008-09", "15.1")
    assert again.turn == 3 and len(list_history(one)) == 7
    told = [each.event for each in AuditEvent.select().where(AuditEvent.kind == "reading")]
    assert told[-3:] == ["reading.corrected", "reading.taken-back", "reading.given"]


def test_a_pasted_table_is_given_whole_or_not_at_all(world: World) -> None:
    one, lead = measure(world), world.police_lead.viewer
    with pytest.raises(InvalidInput):
        give_pasted(lead, one, "2006-07 19.7\n2007-08\t1920")
    assert Reading.select().count() == 0
    assert len(give_pasted(lead, one, "2006-07\t19.7\n2007-08\t19.2").lines) == 2
    assert Reading.select().count() == 2


def test_a_measure_is_changed_ended_resumed_and_voided(world: World) -> None:
    one, manager = measure(world), world.manager.viewer
    readings(world, one, y2008="19.2")
    said = replace(FACTS, owner_id=world.police_lead.id)
    with pytest.raises(InvalidInput) as refused:
        edit_measure(
            manager, one, replace(said, unit="count", target="5", baseline="", first_period="Q1 2011-12"), 1
        )
    assert refused.value.errors.keys() == {"unit", "first_period"}
    one = Measure.get_by_id(one.id)
    edit_measure(manager, one, replace(said, target="12.5%", owner_id=world.health_lead.id), 1)
    assert (one.target, one.agency_id, one.version) == ("12.5", world.health.id, 2)
    with pytest.raises(StaleEdit):
        edit_measure(manager, Measure.get_by_id(one.id), said, 1)
    one = end_measure(manager, Measure.get_by_id(one.id), "Counted no more.", 2)
    with pytest.raises(Refused):
        give_reading(manager, one, "2008-09", "15.1")
    assert count_waiting(world.health_lead.viewer, ASKED_ON) == (0, None)
    one = resume_measure(manager, one, 3)
    assert count_waiting(world.health_lead.viewer, ASKED_ON) == (1, ASKED_ON)
    void_measure(manager, one, "A double.", 4)
    assert listed(manager) == [] and count_waiting(world.health_lead.viewer, ASKED_ON) == (0, None)


def accepted(viewer: Viewer, row: Measure, before: datetime | None = None) -> list[tuple[int, date]]:
    """Return (number, day) of the accepted actions of what a measure is about."""
    found = list_accepted(viewer, [row], before).get(row.id, [])
    return [(each.action.number, each.on) for each in found]


def test_the_moments_of_acceptance_are_those_of_what_is_measured(world: World) -> None:
    recommendation = world.recommendation()
    other = world.action(recommendation=world.recommendation(recommendation.review))
    for action in (world.action(recommendation=recommendation), other):
        with clock.at(date(2012, 3, 20)):
            world.decision(action)
    world.submission(world.action(recommendation=recommendation))
    whole = measure(world, recommendation.review)
    part = measure(world, recommendation.review, recommendation)
    chair = world.chair.viewer
    assert accepted(chair, part) == [(2, date(2012, 3, 20))]
    assert {number for number, _ in accepted(chair, whole)} == {1, 2}
    assert accepted(chair, measure(world)) == []
    assert accepted(chair, whole, clock.start_of(date(2012, 3, 20))) == []
    then = clock.start_of(date(2012, 3, 21))
    assert {number for number, _ in accepted(chair, whole, then)} == {1, 2}
    reopen(world.as_viewer(world.second_chair), Action.get_by_id(other.id), "It came back.")
    assert accepted(chair, whole) == [(2, date(2012, 3, 20))]
    assert {number for number, _ in accepted(chair, whole, then)} == {1, 2}


def test_those_moving_the_wrong_way_come_first_and_the_list_costs_two_queries(world: World) -> None:
    right, wrong, unknown, ended = (measure(world, name=name) for name in ("A", "B", "C", "D"))
    readings(world, right, y2008="19.2", y2009="15.1")
    readings(world, wrong, y2008="15.1", y2009="19.2")
    readings(world, ended, y2008="15.1", y2009="19.2")
    end_measure(world.manager.viewer, ended, "Over.", 1)
    with counted() as queries:
        assert listed(world.manager.viewer) == [each.reference for each in (wrong, unknown, right, ended)]
    assert int(queries) == 2
    for narrow, count in (
        (MeasureFilter(moving="wrong"), 2),
        (MeasureFilter(waits=True), 0),
        (MeasureFilter(agency="kpol"), 4),
        (MeasureFilter(review="SCR-1"), 0),
    ):
        assert len(list_measures(world.manager.viewer, TODAY, narrow)) == count
    assert len(list_measures(world.manager.viewer, ASKED_ON, MeasureFilter(waits=True))) == 3
