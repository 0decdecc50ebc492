"""Who may change an action, what the second editor meets, and what the trail keeps."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from kscb_actions import clock
from kscb_actions.access.policy import Refused
from kscb_actions.actions.extensions import ask_extension, change_due_date
from kscb_actions.actions.models import Action, Extension
from kscb_actions.actions.service import ActionFacts, add_actions, edit_action, set_standing, update_progress
from kscb_actions.audit.service import StaleEdit
from tests.trail import states_at

from ..factories import World
from .changing import DUE, LATER, TEXT, fresh, now, told

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
