"""A wrong date is gone from pages and papers of every day once it is put right; the trail alone keeps it."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from kscb_actions import clock
from kscb_actions.access.policy import Refused, Role
from kscb_actions.actions.extensions import ask_extension, change_due_date, decide_extension
from kscb_actions.actions.models import Action, Extension
from kscb_actions.assurance.correcting.service import correct_date, correct_evidence_date
from kscb_actions.assurance.models import Evidence
from kscb_actions.audit.service import StaleEdit
from kscb_actions.people.models import User
from kscb_actions.text import InvalidInput

from ...commands.test_check_rows import found as differing
from ...factories import TODAY, World
from ...pages import Visitor
from ...reports.stories import everything, report, row_of
from ..filing import at

SLIP, RIGHT, LATER = date(2002, 5, 1), date(2012, 5, 1), date(2012, 9, 3)
BEFORE = TODAY - timedelta(days=5)
Visit = Callable[[User | None], Visitor]


def correct(
    world: World, action: Action, to: date, which: str = "current_due_on", reason: str = "A slip."
) -> Action:
    now = Action.get_by_id(action.id)
    correct_date(world.manager.viewer, now, which, to, reason, now.version)
    return Action.get_by_id(action.id)


def dates(action: Action) -> tuple[Any, ...]:
    return (action.original_due_on, action.current_due_on, action.extension_count)


@pytest.fixture
def slipped(world: World) -> Action:
    with clock.at(TODAY - timedelta(days=20)):
        return world.action(SLIP)


def test_a_slip_is_on_no_paper_of_any_day_any_more(world: World, slipped: Action) -> None:
    reference = slipped.reference
    for choice in ({}, {"as_at": BEFORE}):
        assert "2002" in " ".join(row_of(report(world.chair, **choice), reference))
    assert dates(correct(world, slipped, RIGHT)) == (RIGHT, RIGHT, 0)
    for choice in ({}, {"as_at": BEFORE}, {"as_at": BEFORE, "since": BEFORE - timedelta(days=9)}):
        row = " ".join(row_of(report(world.chair, **choice), reference))
        assert "1 May 2012" in row
        assert "2002" not in everything(world.chair, **choice)
    assert differing() == []


def test_a_date_extended_since_is_put_right_where_it_stood(world: World, slipped: Action) -> None:
    with clock.at(TODAY - timedelta(days=10)):
        change_due_date(world.second_chair.viewer, slipped, LATER, "A trainer is ill.")
    found = correct(world, slipped, RIGHT, "original_due_on")
    assert dates(found) == (RIGHT, LATER, 1)
    assert [(each.old_due_on, each.asked_due_on) for each in Extension.select()] == [(RIGHT, LATER)]
    then = row_of(report(world.chair, as_at=TODAY - timedelta(days=15)), slipped.reference)
    since = row_of(report(world.chair, as_at=BEFORE), slipped.reference)
    assert "1 May 2012" in " ".join(then) and "2002" not in " ".join(then)
    assert "3 Sep 2012" in " ".join(since) and "1 May 2012" in " ".join(since)
    assert "2002" not in everything(world.chair, as_at=BEFORE)


def test_a_wrong_new_date_is_put_right_without_touching_the_first(world: World) -> None:
    with clock.at(TODAY - timedelta(days=20)):
        action = world.action(RIGHT)
    with clock.at(TODAY - timedelta(days=10)):
        change_due_date(world.second_chair.viewer, action, date(2021, 9, 3), "A trainer is ill.")
    assert dates(correct(world, action, LATER)) == (RIGHT, LATER, 1)
    assert "2021" not in everything(world.chair, as_at=BEFORE)
    assert "125 days later than first set" in " ".join(row_of(report(world.chair), action.reference))
    earlier = " ".join(row_of(report(world.chair, as_at=TODAY - timedelta(days=15)), action.reference))
    assert "1 May 2012" in earlier and "3 Sep 2012" not in earlier


def test_corrected_twice_and_back_the_last_word_stands_on_every_day(world: World, slipped: Action) -> None:
    for to in (date(2013, 5, 1), RIGHT, date(2014, 5, 1), RIGHT):
        found = correct(world, slipped, to)
    assert dates(found) == (RIGHT, RIGHT, 0)
    said = everything(world.chair, as_at=BEFORE)
    assert "1 May 2012" in said and not any(year in said for year in ("2002", "1 May 2013", "1 May 2014"))


def test_more_time_after_a_correction_counts_once(world: World, slipped: Action) -> None:
    action = correct(world, slipped, RIGHT)
    asked = ask_extension(world.police_lead.viewer, action, LATER, "A trainer is ill.")
    decide_extension(world.second_chair.viewer, asked, True, "Agreed.")
    assert dates(Action.get_by_id(action.id)) == (RIGHT, LATER, 1)


def test_without_a_reason_only_until_somebody_has_acted(world: World, slipped: Action) -> None:
    assert dates(correct(world, slipped, RIGHT, reason="")) == (RIGHT, RIGHT, 0)
    world.progress(Action.get_by_id(slipped.id))
    with pytest.raises(InvalidInput) as refused:
        correct(world, slipped, LATER, reason="")
    assert set(refused.value.errors) == {"reason"}
    assert dates(Action.get_by_id(slipped.id)) == (RIGHT, RIGHT, 0)


def test_the_second_of_two_corrections_at_once_is_shown_the_first(world: World, slipped: Action) -> None:
    mine = Action.get_by_id(slipped.id)
    correct(world, slipped, RIGHT)
    with pytest.raises(StaleEdit):
        correct_date(world.manager.viewer, mine, "current_due_on", LATER, "Mine.", mine.version)
    assert dates(Action.get_by_id(slipped.id)) == (RIGHT, RIGHT, 0)


def test_the_day_of_a_report_is_put_right_and_so_is_its_lateness(world: World) -> None:
    action = world.action(TODAY - timedelta(days=2))
    world.submission(action)
    found = correct(world, action, TODAY - timedelta(days=3), "reported_done_on")
    assert found.reported_done_on == TODAY - timedelta(days=3)
    assert "Done on time" in " ".join(row_of(report(world.chair), action.reference))


def test_only_the_manager_corrects_an_action(world: World, slipped: Action) -> None:
    for person in (world.police_lead, world.second_chair, world.reader):
        with pytest.raises(Refused):
            correct_date(person.viewer, slipped, "current_due_on", RIGHT, "Mine.", slipped.version)


@pytest.mark.parametrize("which", ["original_due_on", "current_due_on", "reported_done_on"])
def test_a_manager_of_an_owning_agency_corrects_none_of_its_dates(
    world: World, visit: Visit, slipped: Action, which: str
) -> None:
    own = world.person("police-manager", Role.MANAGER, agency=world.police)
    with pytest.raises(Refused, match="outside the agency"):
        correct_date(own.viewer, slipped, which, RIGHT, "Mine.", slipped.version)
    assert dates(Action.get_by_id(slipped.id)) == (SLIP, SLIP, 0)
    visitor, address = visit(own), at(slipped, "/wrong-date")
    assert visitor.get(address).status == 403
    assert address not in visitor.get(at(slipped)).links()


def test_evidence_is_redated_by_its_agency_until_the_board_has_judged_it(world: World) -> None:
    action = world.action()
    evidence = world.evidence(action)
    lead, manager = world.police_lead.viewer, world.manager.viewer
    day = TODAY - timedelta(days=30)
    assert correct_evidence_date(lead, evidence, day, "", evidence.version).dated_on == day
    world.decision(action, accepted=False)
    judged = Evidence.get_by_id(evidence.id)
    with pytest.raises(Refused):
        correct_evidence_date(lead, judged, TODAY, "Mine.", judged.version)
    with pytest.raises(InvalidInput):
        correct_evidence_date(manager, judged, TODAY, "", judged.version)
    assert correct_evidence_date(manager, judged, TODAY, "A slip.", judged.version).dated_on == TODAY
    with pytest.raises(Refused):
        correct_evidence_date(world.health_lead.viewer, judged, day, "Mine.", judged.version)


def test_the_page_says_which_kind_of_change_it_is(world: World, visit: Visit, slipped: Action) -> None:
    visitor, address = visit(world.manager), at(slipped, "/wrong-date")
    assert address in visitor.get(at(slipped)).links()
    assert address in visitor.get(at(slipped, "/due-date")).links()
    page = visitor.get(address)
    assert "does not count as an extension" in page.text and "no reason is needed" in page.text
    refused = visitor.send(address, to=["31", "2", "2012"])
    assert set(refused.errors) == {"to-day"} or refused.errors
    done = visitor.send(address, to=["1", "5", "2012"], reason="The year.")
    assert (done.status, done.leads_to) == (302, at(slipped))
    story = visitor.get(at(slipped)).text
    assert "Date corrected" in story and "1 May 2012, was 1 May 2002" in story
    assert "Extended" not in story
