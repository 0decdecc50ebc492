"""Services of actions and due dates: what each changes and tells, what it refuses, what never changes."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from kscb_actions import clock
from kscb_actions.access.policy import SYSTEM, Refused, Role, Viewer
from kscb_actions.actions.extensions import ask_extension, change_due_date, decide_extension
from kscb_actions.actions.models import Action, Extension, ProgressUpdate
from kscb_actions.actions.service import (
    ActionFacts,
    add_actions,
    edit_action,
    set_standing,
    update_progress,
)
from kscb_actions.audit.models import AuditEvent
from kscb_actions.audit.queries import states_at
from kscb_actions.audit.service import StaleEdit
from kscb_actions.people.models import User
from kscb_actions.people.service import edit_person, facts_of
from kscb_actions.reviews.models import AgencyResponse
from kscb_actions.reviews.service import name_person
from kscb_actions.text import InvalidInput
from tests.factories import TODAY, World

DUE, LATER = date(2012, 5, 1), date(2012, 7, 1)
TEXT = ActionFacts("Change the procedure.", "An audit shows it.", DUE)
LONG = "x" * 10_001


def told(since: int) -> list[str]:
    """The events after the one with id `since`, in order."""
    return [event.event for event in AuditEvent.select().where(AuditEvent.id > since).order_by(AuditEvent.id)]


def now() -> int:
    """The id of the newest event."""
    return AuditEvent.select().count()


def fresh(action: Action) -> Action:
    """The action as it is in the database."""
    return Action.get_by_id(action.id)


def test_one_step_makes_one_action_for_each_agency_and_asks_each_for_its_answer(world: World) -> None:
    manager, recommendation = world.as_viewer(world.manager), world.recommendation()
    since = now()
    agencies = [world.police, world.health, world.probation]
    added = add_actions(manager, recommendation, agencies, TEXT, {world.police.id: world.police_lead})
    assert [(each.number, each.agency_id, each.lead_id) for each in added] == [
        (1, world.police.id, world.police_lead.id),
        (2, world.health.id, None),
        (3, world.probation.id, None),
    ]
    assert {(each.original_due_on, each.current_due_on, each.updated_on) for each in added} == {
        (DUE, DUE, TODAY)
    }
    assert told(since) == ["action.added", "recommendation.answer-asked"] * 3
    add_actions(manager, recommendation, [world.police], TEXT)
    assert (Action.select().count(), AgencyResponse.select().count()) == (4, 3)


def test_actions_are_numbered_inside_their_review(world: World) -> None:
    first, second = world.review(), world.review()
    numbers = [
        world.action(recommendation=world.recommendation(review)).number
        for review in (first, first, second, first)
    ]
    assert numbers == [1, 2, 1, 3]


def test_an_action_may_have_no_date_and_no_lead(world: World) -> None:
    (action,) = add_actions(SYSTEM, world.recommendation(), [world.police], ActionFacts(" To note. "))
    assert (action.text, action.original_due_on, action.current_due_on, action.lead) == (
        " To note.",
        None,
        None,
        None,
    )


@pytest.mark.parametrize(
    ("facts", "agencies", "lead", "fields"),
    [
        (ActionFacts(""), ["police"], None, {"text"}),
        (ActionFacts(" \n\x00"), ["police"], None, {"text"}),
        (ActionFacts(LONG), ["police"], None, {"text"}),
        (ActionFacts("t", LONG), ["police"], None, {"success_measure"}),
        (ActionFacts("t"), [], None, {"agencies"}),
        (ActionFacts(""), [], None, {"text", "agencies"}),
        (ActionFacts("t"), ["police", "health"], "health_lead", {"lead_police"}),
        (ActionFacts("t"), ["police"], "reader", {"lead_police"}),
    ],
)
def test_actions_with_something_wrong_are_not_added_at_all(
    world: World, facts: ActionFacts, agencies: list[str], lead: str | None, fields: set[str]
) -> None:
    recommendation = world.recommendation()
    since = now()
    leads = {world.police.id: getattr(world, lead)} if lead else {}
    with pytest.raises(InvalidInput) as wrong:
        add_actions(
            world.as_viewer(world.manager),
            recommendation,
            [getattr(world, a) for a in agencies],
            facts,
            leads,
        )
    assert {name.replace(str(world.police.id), "police") for name in wrong.value.errors} == fields
    assert (Action.select().count(), told(since)) == (0, [])


def test_a_lead_who_has_left_leads_nothing_new(world: World) -> None:
    person = User.get_by_id(world.police_lead.id)
    edit_person(SYSTEM, person, facts_of(person), person.version, is_active=False)
    with pytest.raises(InvalidInput, match="not an active lead"):
        add_actions(SYSTEM, world.recommendation(), [world.police], TEXT, {world.police.id: person})


def test_a_lead_is_named_on_a_restricted_review_before_an_action_is_theirs(world: World) -> None:
    manager, review = world.as_viewer(world.manager), world.review(is_restricted=True)
    recommendation, leads = world.recommendation(review), {world.police.id: world.police_lead}
    with pytest.raises(InvalidInput, match="Name Police lead on it first"):
        add_actions(manager, recommendation, [world.police], TEXT, leads)
    name_person(manager, review, world.police_lead)
    assert len(add_actions(manager, recommendation, [world.police], TEXT, leads)) == 1


def test_an_action_is_edited_and_given_its_first_due_date_once(world: World) -> None:
    manager, action = world.as_viewer(world.manager), world.action()
    since = now()
    edit_action(manager, action, ActionFacts("New words.", "", DUE), None, action.version)
    kept = fresh(action)
    assert (kept.text, kept.success_measure, kept.lead) == ("New words.", "", None)
    assert (kept.original_due_on, kept.current_due_on, kept.extension_count) == (DUE, DUE, 0)
    assert told(since) == ["action.changed"]
    for due_on in (LATER, None):
        with pytest.raises(InvalidInput, match="on its own page"):
            edit_action(manager, kept, ActionFacts("Again.", "", due_on), None, kept.version)
    assert fresh(action).original_due_on == DUE


@pytest.mark.parametrize(
    ("facts", "lead", "field"),
    [
        (ActionFacts("", "", None), None, "text"),
        (ActionFacts(LONG), None, "text"),
        (ActionFacts("t", LONG), None, "success_measure"),
        (ActionFacts("t"), "health_lead", "lead"),
        (ActionFacts("t"), "manager", "lead"),
    ],
)
def test_an_edit_with_something_wrong_leaves_the_action_untouched(
    world: World, facts: ActionFacts, lead: str | None, field: str
) -> None:
    action = fresh(world.action())
    before = dict(action.__data__)
    with pytest.raises(InvalidInput) as wrong:
        edit_action(world.as_viewer(world.manager), action, facts, getattr(world, lead) if lead else None, 1)
    assert list(wrong.value.errors) == [field]
    assert dict(action.__data__) == before == dict(fresh(action).__data__)


def test_a_lead_who_has_left_may_stay_on_an_action_that_is_edited(world: World) -> None:
    action, person = world.action(), User.get_by_id(world.police_lead.id)
    edit_person(SYSTEM, person, facts_of(person), person.version, is_active=False)
    edit_action(world.as_viewer(world.manager), action, ActionFacts("New."), person, action.version)
    assert fresh(action).lead_id == person.id


STANDINGS = [
    ("active", "on_hold", True),
    ("active", "superseded", True),
    ("active", "withdrawn", True),
    ("active", "active", False),
    ("on_hold", "active", True),
    ("on_hold", "on_hold", False),
    ("withdrawn", "active", True),
    ("superseded", "withdrawn", True),
    ("active", "finished", False),
    ("active", "", False),
]


@pytest.mark.parametrize(("before", "after", "allowed"), STANDINGS)
def test_a_standing_changes_to_another_with_its_reason(
    world: World, before: str, after: str, allowed: bool
) -> None:
    manager, action = world.as_viewer(world.manager), world.action()
    if before != "active":
        set_standing(manager, action, before, "First reason.")
    since = now()
    if not allowed:
        with pytest.raises(InvalidInput):
            set_standing(manager, action, after, "Second reason.")
        assert (fresh(action).standing, told(since)) == (before, [])
        return
    set_standing(manager, action, after, "Second reason.")
    assert fresh(action).standing == after
    assert fresh(action).standing_reason == ("" if after == "active" else "Second reason.")
    assert told(since) == ["action.standing-changed"]
    assert "Second reason." in AuditEvent.get_by_id(now()).detail


@pytest.mark.parametrize("reason", ["", "  ", LONG])
def test_a_standing_needs_its_reason(world: World, reason: str) -> None:
    action = world.action()
    with pytest.raises(InvalidInput):
        set_standing(world.as_viewer(world.manager), action, "on_hold", reason)
    assert fresh(action).standing == "active"


def test_what_the_board_accepted_stays_as_it_is(world: World) -> None:
    action = world.decision(world.action(DUE))
    with pytest.raises(InvalidInput, match="accepted"):
        set_standing(world.as_viewer(world.manager), action, "withdrawn", "Not needed.")


@pytest.mark.parametrize(
    ("due_on", "allowed"),
    [
        (TODAY - timedelta(days=1), False),
        (TODAY, False),
        (TODAY + timedelta(days=1), False),
        (DUE - timedelta(days=1), False),
        (DUE, False),
        (DUE + timedelta(days=1), True),
        (LATER, True),
    ],
)
def test_more_time_is_asked_for_a_later_day_in_the_future(world: World, due_on: date, allowed: bool) -> None:
    lead, action = world.as_viewer(world.police_lead), world.action(DUE)
    since = now()
    if allowed:
        ask_extension(lead, action, due_on, "Training slipped.")
        assert told(since) == ["extension.asked"]
    else:
        with pytest.raises(InvalidInput) as wrong:
            ask_extension(lead, action, due_on, "Training slipped.")
        assert (list(wrong.value.errors), told(since)) == (["due_on"], [])
    assert fresh(action).current_due_on == DUE


def test_an_overdue_action_is_extended_to_a_day_in_the_future_only(world: World) -> None:
    lead, action = world.as_viewer(world.police_lead), world.action(TODAY - timedelta(days=30))
    with pytest.raises(InvalidInput, match="in the future"):
        ask_extension(lead, action, TODAY - timedelta(days=1), "Late.")
    assert ask_extension(lead, action, TODAY + timedelta(days=1), "Late.").old_due_on == TODAY - timedelta(30)


def test_more_time_is_asked_for_once_at_a_time_and_with_a_reason(world: World) -> None:
    lead, action = world.as_viewer(world.police_lead), world.action(DUE)
    for reason in ("", LONG):
        with pytest.raises(InvalidInput) as wrong:
            ask_extension(lead, action, LATER, reason)
        assert list(wrong.value.errors) == ["reason"]
    ask_extension(lead, action, LATER, "Training slipped.")
    with pytest.raises(InvalidInput, match="already"):
        ask_extension(lead, action, LATER, "Again.")


def test_agreed_time_moves_the_current_date_and_keeps_the_original(world: World) -> None:
    lead, chair, action = world.as_viewer(world.police_lead), world.as_viewer(world.chair), world.action(DUE)
    since = now()
    for count, due_on in enumerate((LATER, date(2012, 9, 1)), start=1):
        extension = ask_extension(lead, fresh(action), due_on, "Training slipped.")
        decide_extension(chair, extension, True, "It is reasonable.", extension.version)
        kept = fresh(action)
        assert (kept.original_due_on, kept.current_due_on, kept.extension_count) == (DUE, due_on, count)
    assert told(since) == ["extension.asked", "extension.agreed", "action.extended"] * 2
    row = Extension.select().order_by(Extension.id).first()
    assert (row.old_due_on, row.asked_due_on, row.decided_by_id) == (DUE, LATER, world.chair.id)


def test_refused_time_moves_nothing(world: World) -> None:
    action = world.action(DUE)
    extension = ask_extension(world.as_viewer(world.police_lead), action, LATER, "Training slipped.")
    decide_extension(world.as_viewer(world.chair), extension, False, "It cannot wait.")
    kept = fresh(action)
    assert (kept.current_due_on, kept.extension_count, kept.version) == (DUE, 0, action.version)
    ask_extension(world.as_viewer(world.police_lead), kept, LATER, "We ask again.")


def test_a_request_is_decided_once_with_a_reason(world: World) -> None:
    chair = world.as_viewer(world.chair)
    extension = ask_extension(world.as_viewer(world.police_lead), world.action(DUE), LATER, "Slipped.")
    for reason in (" ", LONG):
        with pytest.raises(InvalidInput):
            decide_extension(chair, extension, True, reason)
    decide_extension(chair, extension, True, "It is reasonable.")
    with pytest.raises(Refused, match="decided already"):
        decide_extension(chair, Extension.get_by_id(extension.id), False, "No.")


def test_two_who_decide_at_once_do_not_both_decide(world: World) -> None:
    extension = ask_extension(world.as_viewer(world.police_lead), world.action(DUE), LATER, "Slipped.")
    seen_twice = Extension.get_by_id(extension.id)
    decide_extension(world.as_viewer(world.chair), extension, False, "No.")
    with pytest.raises(StaleEdit):
        decide_extension(world.as_viewer(world.second_chair), seen_twice, True, "Yes.")
    assert fresh(extension.action).current_due_on == DUE


def test_nobody_decides_for_their_own_agency_or_on_their_own_request(world: World) -> None:
    own = world.person("police-chair", Role.CHAIR, agency=world.police)
    extension = ask_extension(world.as_viewer(world.police_lead), world.action(DUE), LATER, "Slipped.")
    since = now()
    with pytest.raises(Refused, match="outside the agency"):
        decide_extension(world.as_viewer(own), extension, True, "Fine.")
    with pytest.raises(Refused, match="outside the agency"):
        change_due_date(world.as_viewer(own), extension.action, LATER, "Fine.")
    asked = Viewer(id=world.police_lead.id, name="Moved", roles=frozenset({Role.CHAIR}))
    with pytest.raises(Refused, match="Somebody else"):
        decide_extension(asked, extension, True, "Fine.")
    assert told(since) == []


def test_an_action_that_is_no_longer_open_gets_no_more_time(world: World) -> None:
    manager, lead, action = (
        world.as_viewer(world.manager),
        world.as_viewer(world.police_lead),
        world.action(DUE),
    )
    extension = ask_extension(lead, action, LATER, "Slipped.")
    set_standing(manager, action, "withdrawn", "Not needed.")
    extension.action = fresh(action)
    with pytest.raises(Refused, match="not open"):
        decide_extension(manager, extension, True, "Fine.")
    with pytest.raises(InvalidInput, match="still open"):
        change_due_date(manager, fresh(action), LATER, "Fine.")
    with pytest.raises(InvalidInput, match="withdrawn"):
        ask_extension(lead, fresh(action), LATER, "More.")
    decide_extension(manager, extension, False, "It is withdrawn.")
    assert fresh(action).current_due_on == DUE


def test_a_due_date_is_changed_from_outside_with_a_reason_and_counted(world: World) -> None:
    chair, action = world.as_viewer(world.chair), world.action(DUE)
    since = now()
    change_due_date(chair, action, LATER, "The inquest moved.", action.version)
    kept = fresh(action)
    assert (kept.original_due_on, kept.current_due_on, kept.extension_count) == (DUE, LATER, 1)
    assert told(since) == ["extension.made", "action.extended"]
    for due_on, reason in (
        (LATER, "Why."),
        (TODAY, "Why."),
        (date(2012, 8, 1), ""),
        (date(2012, 8, 1), LONG),
    ):
        with pytest.raises(InvalidInput):
            change_due_date(chair, kept, due_on, reason)


def test_the_first_due_date_given_from_outside_is_the_original_and_no_extension(world: World) -> None:
    action = world.action(None)
    change_due_date(world.as_viewer(world.chair), action, LATER, "Every action needs a date.")
    kept = fresh(action)
    assert (kept.original_due_on, kept.current_due_on, kept.extension_count) == (LATER, LATER, 0)


@pytest.mark.parametrize(
    ("due_on", "state", "rows"), [(LATER, "agreed", 1), (date(2012, 6, 1), "refused", 2)]
)
def test_a_changed_due_date_answers_the_request_that_waits(
    world: World, due_on: date, state: str, rows: int
) -> None:
    action = world.action(DUE)
    extension = ask_extension(world.as_viewer(world.police_lead), action, LATER, "Slipped.")
    change_due_date(world.as_viewer(world.chair), fresh(action), due_on, "This far.")
    assert Extension.get_by_id(extension.id).state == state
    assert Extension.select().count() == rows
    assert (fresh(action).current_due_on, fresh(action).extension_count) == (due_on, 1)


def test_progress_is_appended_and_never_overwritten(world: World) -> None:
    lead, action = world.as_viewer(world.police_lead), world.action(DUE)
    since = now()
    for progress, words in (("in_progress", "Begun."), ("cannot_be_done", "The post is cut.")):
        update_progress(lead, fresh(action), progress, words)
    rows = [(row.progress, row.narrative) for row in ProgressUpdate.select().order_by(ProgressUpdate.id)]
    assert rows == [("in_progress", "Begun."), ("cannot_be_done", "The post is cut.")]
    assert (fresh(action).progress, fresh(action).updated_on) == ("cannot_be_done", TODAY)
    assert told(since) == ["action.updated", "action.progress-told"] * 2


@pytest.mark.parametrize(
    ("progress", "narrative", "field"),
    [
        ("done", "It is done.", "progress"),
        ("begun", "Begun.", "progress"),
        ("", "Begun.", "progress"),
        ("in_progress", " ", "narrative"),
        ("in_progress", LONG, "narrative"),
    ],
)
def test_an_update_with_something_wrong_changes_nothing(
    world: World, progress: str, narrative: str, field: str
) -> None:
    action = world.action(DUE)
    with pytest.raises(InvalidInput) as wrong:
        update_progress(world.as_viewer(world.police_lead), action, progress, narrative)
    assert list(wrong.value.errors) == [field]
    assert (fresh(action).progress, ProgressUpdate.select().count()) == ("not_started", 0)


CHANGES: dict[str, Callable[[Any, World, Action], object]] = {
    "add": lambda viewer, world, action: add_actions(viewer, action.recommendation, [world.police], TEXT),
    "edit": lambda viewer, world, action: edit_action(viewer, action, TEXT, None, action.version),
    "standing": lambda viewer, world, action: set_standing(viewer, action, "on_hold", "Why."),
    "update": lambda viewer, world, action: update_progress(viewer, action, "in_progress", "Begun."),
    "ask": lambda viewer, world, action: ask_extension(viewer, action, LATER, "Slipped."),
    "due_date": lambda viewer, world, action: change_due_date(viewer, action, LATER, "Why."),
}
ALLOWED = {
    "add": {"manager"},
    "edit": {"manager"},
    "standing": {"manager"},
    "update": {"police_lead"},
    "ask": {"police_lead"},
    "due_date": {"manager", "chair", "second_chair"},
}
EVERYBODY = ("manager", "chair", "second_chair", "police_lead", "health_lead", "reader", "cdop_member")


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("name", EVERYBODY)
def test_each_change_is_for_those_whom_the_policy_names(world: World, change: str, name: str) -> None:
    action, viewer = world.action(DUE), world.as_viewer(getattr(world, name))
    since = now()
    if name in ALLOWED[change]:
        CHANGES[change](viewer, world, action)
        assert told(since)
    else:
        with pytest.raises(Refused):
            CHANGES[change](viewer, world, action)
        assert told(since) == []


@pytest.mark.parametrize(
    "second",
    [
        lambda viewer, action: edit_action(viewer, action, ActionFacts("Second.", "", DUE), None, 1),
        lambda viewer, action: set_standing(viewer, action, "on_hold", "Second.", 1),
        lambda viewer, action: change_due_date(viewer, action, LATER, "Second.", 1),
    ],
)
def test_the_second_editor_of_an_action_changes_nothing(
    world: World, second: Callable[[Any, Action], object]
) -> None:
    manager, action = world.as_viewer(world.manager), world.action(DUE)
    edit_action(manager, fresh(action), ActionFacts("First.", "", DUE), None, 1)
    since = now()
    with pytest.raises(StaleEdit):
        second(manager, fresh(action))
    kept = fresh(action)
    assert (kept.text, kept.standing, kept.current_due_on) == ("First.", "active", DUE)
    assert (told(since), Extension.select().count()) == ([], 0)


def test_the_trail_holds_an_action_as_it_was_on_any_day(world: World) -> None:
    manager = world.as_viewer(world.manager)
    with clock.at(date(2011, 3, 1)):
        action = world.action(DUE)
    with clock.at(date(2011, 4, 1)):
        world.progress(action)
    with clock.at(date(2011, 5, 1)):
        change_due_date(manager, fresh(action), LATER, "The inquest moved.")
    with clock.at(date(2011, 6, 1)):
        set_standing(manager, fresh(action), "withdrawn", "Not needed.")

    def as_at(day: date) -> list[tuple[str, str, str, int]]:
        return [
            (each["progress"], each["current_due_on"], each["standing"], each["extension_count"])
            for each in states_at("action", clock.start_of(day))
        ]

    assert [as_at(date(2011, month, 1)) for month in (3, 4, 5, 6, 7)] == [
        [],
        [("not_started", "2012-05-01", "active", 0)],
        [("in_progress", "2012-05-01", "active", 0)],
        [("in_progress", "2012-07-01", "active", 1)],
        [("in_progress", "2012-07-01", "withdrawn", 1)],
    ]
    assert fresh(action).original_due_on == DUE
