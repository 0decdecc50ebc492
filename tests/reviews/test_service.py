"""Services of reviews: what each changes, what it tells the trail, and what it refuses."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from kscb_actions import clock
from kscb_actions.access.policy import SYSTEM, Refused
from kscb_actions.audit.models import AuditEvent
from kscb_actions.audit.queries import last_event
from kscb_actions.audit.service import StaleEdit
from kscb_actions.reviews.models import NamedPerson, Review, StageReached, StatutoryClock, Theme
from kscb_actions.reviews.queries import list_clocks, list_named_people, themes_of_review
from kscb_actions.reviews.rules import ReviewFacts
from kscb_actions.reviews.service import (
    add_theme,
    edit_review,
    name_person,
    reach_stage,
    record_review,
    set_hold,
    unname_person,
)
from kscb_actions.text import InvalidInput
from tests.trail import states_at

from ..factories import TODAY, World

FACTS = ReviewFacts("SCR-2011-02", "scr", "A title", "Child A")


def told(since: int) -> list[str]:
    """Return the events after the one with id `since`, in order."""
    return [event.event for event in AuditEvent.select().where(AuditEvent.id > since).order_by(AuditEvent.id)]


def now() -> int:
    """Return the id of the newest event."""
    return AuditEvent.select().count()


def test_recording_a_review_tells_of_the_review_its_themes_stage_and_clock(world: World) -> None:
    manager = world.as_viewer(world.manager)
    theme, since = add_theme(manager, "  Fathers  and new partners "), now()
    facts = ReviewFacts(
        " scr\u20112011\u201302\u200b ", "scr", " A  title ", "Child A", theme_ids=(theme.id,)
    )
    review = record_review(manager, facts, "notified", date(2012, 1, 31))
    assert (review.reference, review.title, theme.name) == (
        "SCR-2011-02",
        "A title",
        "Fathers and new partners",
    )
    assert told(since) == [
        "review.recorded",
        "review.theme-added",
        "review.stage-dated",
        "review.clock-started",
    ]
    assert [(row.kind, row.due_on) for row in list_clocks(review)] == [("decision", date(2012, 2, 29))]


def test_a_review_with_something_wrong_is_not_recorded_at_all(world: World) -> None:
    manager, since = world.as_viewer(world.manager), now()
    with pytest.raises(InvalidInput) as wrong:
        record_review(manager, ReviewFacts("x", "", "", "p" * 81), "decided", date(2012, 3, 31))
    assert set(wrong.value.errors) == {"reference", "kind", "title", "pseudonym", "note", "reached_on"}
    assert (Review.select().count(), told(since)) == (0, [])


def test_a_reference_is_given_once(world: World) -> None:
    manager = world.as_viewer(world.manager)
    record_review(manager, FACTS, "notified", TODAY)
    with pytest.raises(InvalidInput, match="Another review has this reference"):
        record_review(manager, FACTS, "notified", TODAY)
    assert Review.select().count() == 1


def test_stages_set_and_meet_the_clocks(world: World) -> None:
    manager = world.as_viewer(world.manager)
    review = record_review(manager, FACTS, "notified", date(2011, 1, 31))
    since = now()
    reach_stage(manager, review, "decided", date(2011, 3, 1), "The criteria are met.")
    reach_stage(manager, review, "report_to_board", date(2011, 8, 1))
    assert told(since) == [
        "review.stage-reached",
        "review.stage-dated",
        "review.clock-met",
        "review.clock-started",
        "review.stage-reached",
        "review.stage-dated",
        "review.clock-met",
    ]
    assert [(row.kind, row.due_on, row.met_on) for row in list_clocks(review)] == [
        ("decision", date(2011, 2, 28), date(2011, 3, 1)),
        ("completion", date(2011, 9, 1), date(2011, 8, 1)),
    ]


def test_a_stage_recorded_late_leaves_the_review_where_it_is_and_mends_its_clocks(world: World) -> None:
    manager = world.as_viewer(world.manager)
    review = record_review(manager, FACTS, "monitoring", date(2011, 9, 1))
    reach_stage(manager, review, "decided", date(2011, 3, 1), "The criteria are met.")
    reach_stage(manager, review, "notified", date(2011, 1, 10))
    assert Review.get_by_id(review.id).stage == "monitoring"
    assert [(row.kind, row.due_on, row.met_on) for row in list_clocks(review)] == [
        ("decision", date(2011, 2, 10), date(2011, 3, 1)),
        ("completion", date(2011, 9, 1), None),
    ]
    reach_stage(manager, review, "closed", date(2011, 9, 1))
    assert Review.get_by_id(review.id).stage == "closed"


def test_a_review_of_another_kind_loses_its_clocks(world: World) -> None:
    manager = world.as_viewer(world.manager)
    review = record_review(manager, FACTS, "notified", TODAY)
    since = now()
    edit_review(manager, review, ReviewFacts("SCR-2011-02", "rca", "A title"), review.version)
    assert StatutoryClock.select().count() == 0
    assert told(since) == ["review.changed", "review.clock-removed"]


def test_editing_keeps_the_reference_and_sets_the_themes(world: World) -> None:
    manager = world.as_viewer(world.manager)
    first, second = add_theme(manager, "One"), add_theme(manager, "Two")
    review = record_review(manager, ReviewFacts("A-1", "rca", "T", theme_ids=(first.id,)), "notified", TODAY)
    edit_review(manager, review, ReviewFacts("A-1", "audit", "New", theme_ids=(second.id,)), review.version)
    assert [theme.name for theme in themes_of_review(review)] == ["Two"]
    with pytest.raises(InvalidInput, match="cannot be changed"):
        edit_review(manager, review, ReviewFacts("A-2", "audit", "New"), review.version)
    assert Review.get_by_id(review.id).reference == "A-1"


def test_a_hold_is_placed_and_lifted_with_its_reason_in_the_trail(world: World) -> None:
    manager, review = world.as_viewer(world.manager), world.review()
    since = now()
    set_hold(manager, review, "inquest", "Until the coroner has sat.")
    assert (review.hold_kind, review.hold_reason) == ("inquest", "Until the coroner has sat.")
    set_hold(manager, review, "", "The inquest is over.")
    assert (review.hold_kind, review.hold_reason) == ("", "")
    assert told(since) == ["review.held", "review.hold-lifted"]
    event = last_event(review)
    assert event is not None and "The inquest is over." in event.detail


def test_who_restricts_a_review_is_named_on_it_even_when_others_were_before(world: World) -> None:
    manager, second = world.as_viewer(world.manager), world.person("second-manager", *world.manager.role_set)
    review = world.review("SCR-2011-09", is_restricted=True)
    open_again = ReviewFacts("SCR-2011-09", "scr", "Review of a case", "Child A")
    edit_review(manager, review, open_again, review.version)
    restricted = ReviewFacts("SCR-2011-09", "scr", "Review of a case", "Child A", is_restricted=True)
    edit_review(world.as_viewer(second), review, restricted, review.version)
    assert {person.id for person in list_named_people(review)} == {world.manager.id, second.id}


def test_people_are_named_once_and_nobody_takes_off_themselves(world: World) -> None:
    manager, review = world.as_viewer(world.manager), world.review(is_restricted=True)
    since = now()
    name_person(manager, review, world.police_lead)
    with pytest.raises(InvalidInput, match="named already"):
        name_person(manager, review, world.police_lead)
    unname_person(manager, review, world.police_lead)
    with pytest.raises(InvalidInput, match="not named"):
        unname_person(manager, review, world.police_lead)
    with pytest.raises(Refused, match="yourself"):
        unname_person(manager, review, world.manager)
    assert told(since) == ["review.person-named", "review.person-unnamed"]
    assert NamedPerson.select().count() == 1


def test_nobody_is_named_on_a_review_that_everybody_reads(world: World) -> None:
    with pytest.raises(Refused, match="not restricted"):
        name_person(world.as_viewer(world.manager), world.review(), world.reader)


@pytest.mark.parametrize("name", ["", "   ", "t" * 121])
def test_a_theme_needs_a_name_of_some_length(world: World, name: str) -> None:
    with pytest.raises(InvalidInput):
        add_theme(world.as_viewer(world.manager), name)
    assert Theme.select().count() == 0


def test_a_theme_stands_on_the_list_once(world: World) -> None:
    manager = world.as_viewer(world.manager)
    add_theme(manager, "Neglect")
    with pytest.raises(InvalidInput, match="already"):
        add_theme(manager, " Neglect ")


CHANGES: dict[str, Callable[[Any, Review], object]] = {
    "add_theme": lambda viewer, review: add_theme(viewer, "A theme"),
    "record_review": lambda viewer, review: record_review(viewer, FACTS, "notified", TODAY),
    "edit_review": lambda viewer, review: edit_review(viewer, review, FACTS, review.version),
    "reach_stage": lambda viewer, review: reach_stage(viewer, review, "closed", TODAY),
    "set_hold": lambda viewer, review: set_hold(viewer, review, "inquest", "Until June."),
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("role", ["chair", "reader", "police_lead", "cdop_coordinator"])
def test_only_a_manager_changes_reviews(world: World, change: str, role: str) -> None:
    review, since = world.review(), now()
    with pytest.raises(Refused):
        CHANGES[change](world.as_viewer(getattr(world, role)), review)
    assert told(since) == []


def test_a_manager_who_is_not_named_changes_nothing_of_a_restricted_review(world: World) -> None:
    review, stranger = world.review(is_restricted=True), world.person("m2", *world.manager.role_set)
    since = now()
    for change in ("edit_review", "reach_stage", "set_hold"):
        with pytest.raises(Refused):
            CHANGES[change](world.as_viewer(stranger), review)
    assert told(since) == []


@pytest.mark.parametrize(
    "edit",
    [
        lambda viewer, review: edit_review(
            viewer, review, ReviewFacts(review.reference, "scr", "Second"), expected=1
        ),
        lambda viewer, review: reach_stage(viewer, review, "closed", TODAY, expected=1),
        lambda viewer, review: set_hold(viewer, review, "inquest", "Second", expected=1),
    ],
)
def test_the_second_editor_of_a_review_changes_nothing(
    world: World, edit: Callable[[Any, Review], object]
) -> None:
    manager, review = world.as_viewer(world.manager), world.review()
    edit_review(manager, Review.get_by_id(review.id), ReviewFacts(review.reference, "scr", "First"), 1)
    since, stages = now(), StageReached.select().count()
    with pytest.raises(StaleEdit) as stale:
        edit(manager, Review.get_by_id(review.id))
    assert stale.value.current.title == "First"
    assert (told(since), StageReached.select().count()) == ([], stages)


def test_the_trail_holds_a_review_as_it_was_on_any_day(world: World) -> None:
    manager = world.as_viewer(world.manager)
    with clock.at(date(2011, 2, 1)):
        review = record_review(manager, FACTS, "notified", date(2011, 2, 1))
    with clock.at(date(2011, 3, 1)):
        reach_stage(manager, review, "decided", date(2011, 3, 1), "The criteria are met.")
    with clock.at(date(2011, 5, 1)):
        set_hold(manager, review, "inquest", "Until June.")

    def as_at(day: date) -> list[tuple[str, str]]:
        return [(each["stage"], each["hold_kind"]) for each in states_at("review", clock.start_of(day))]

    assert as_at(date(2011, 2, 1)) == []
    assert as_at(date(2011, 2, 2)) == [("notified", "")]
    assert as_at(date(2011, 3, 2)) == [("decided", "")]
    assert as_at(date(2011, 5, 1)) == [("decided", "")]
    assert as_at(date(2011, 5, 2)) == [("decided", "inquest")]


def test_the_system_may_record_a_restricted_review_that_names_nobody(world: World) -> None:
    review = record_review(SYSTEM, ReviewFacts("A-1", "rca", "T", is_restricted=True), "notified", TODAY)
    assert list_named_people(review) == []
