"""More time and due dates: who may ask, who decides, and what is never lost."""

from datetime import date, timedelta

import pytest

from kscb_actions.access.policy import Refused, Role, Viewer
from kscb_actions.actions.extensions import (
    ask_extension,
    change_due_date,
    decide_extension,
    give_another_date,
)
from kscb_actions.actions.models import Extension
from kscb_actions.actions.service import set_standing
from kscb_actions.assurance.correcting.service import correct_date
from kscb_actions.audit.service import StaleEdit
from kscb_actions.text import InvalidInput

from ..factories import TODAY, World
from .changing import DUE, LATER, LONG, fresh, now, told


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


def test_nobody_answers_their_own_request_with_another_date(world: World) -> None:
    request = ask_extension(world.police_lead.viewer, world.action(DUE), LATER, "Slipped.")
    asked, since = Viewer(id=world.police_lead.id, name="Moved", roles=frozenset({Role.CHAIR})), now()
    for due_on in (LATER, date(2012, 6, 1)):
        with pytest.raises(Refused, match="Somebody else"):
            give_another_date(asked, request, due_on, "Fine.")
        with pytest.raises(Refused, match="Somebody else"):
            change_due_date(asked, fresh(request.action), due_on, "Fine.")
    assert told(since) == []


def test_of_two_who_decide_at_once_the_second_gives_no_other_date(world: World) -> None:
    request = ask_extension(world.police_lead.viewer, world.action(DUE), LATER, "Slipped.")
    seen_twice = Extension.get_by_id(request.id)
    decide_extension(world.chair.viewer, request, False, "No.")
    with pytest.raises(StaleEdit):
        give_another_date(
            world.second_chair.viewer, seen_twice, date(2012, 6, 1), "Yes.", request.version - 1
        )
    assert (fresh(request.action).current_due_on, Extension.select().count()) == (DUE, 1)


@pytest.mark.parametrize("to", [LATER, LATER + timedelta(days=1)])
def test_time_that_a_correction_has_given_already_is_not_agreed(world: World, to: date) -> None:
    request = ask_extension(world.police_lead.viewer, world.action(DUE), LATER, "Training slipped.")
    action = fresh(request.action)
    correct_date(world.manager.viewer, action, "current_due_on", to, "A slip.", action.version)
    waiting = Extension.get_by_id(request.id)
    with pytest.raises(Refused, match="not earlier than the date asked for"):
        decide_extension(world.chair.viewer, waiting, True, "Fair.")
    decide_extension(world.chair.viewer, waiting, False, "It is given already.")
    kept = fresh(request.action)
    assert (kept.current_due_on, kept.extension_count) == (to, 0)
