"""An answer to a request for more time that comes when the date asked for is near or past."""

from datetime import date

import pytest

from kscb_actions import clock
from kscb_actions.access.policy import Refused
from kscb_actions.actions.extensions import ask_extension, change_due_date, decide_extension
from kscb_actions.actions.models import Action, Extension

from ..factories import World

ASKED = date(2012, 4, 20)


@pytest.fixture
def request_for_more(world: World) -> Extension:
    action = world.action(due_on=date(2012, 4, 2))
    return ask_extension(world.as_viewer(world.police_lead), action, ASKED, "Training slipped.")


def test_a_date_still_to_come_or_today_can_be_agreed_to(world: World, request_for_more: Extension) -> None:
    with clock.at(ASKED):
        decide_extension(world.as_viewer(world.manager), request_for_more, True, "Agreed.")
    assert Action.get_by_id(request_for_more.action_id).current_due_on == ASKED


def test_a_date_that_has_passed_cannot(world: World, request_for_more: Extension) -> None:
    manager = world.as_viewer(world.manager)
    with clock.at(date(2012, 4, 21)):
        with pytest.raises(Refused, match="has passed"):
            decide_extension(manager, request_for_more, True, "Agreed.")
        assert Extension.get_by_id(request_for_more.id).state == "asked"
        change_due_date(manager, request_for_more.action, date(2012, 5, 1), "A date that can be met.")
    assert Extension.get_by_id(request_for_more.id).state == "refused"
    assert Action.get_by_id(request_for_more.action_id).current_due_on == date(2012, 5, 1)


def test_it_can_be_refused(world: World, request_for_more: Extension) -> None:
    with clock.at(date(2012, 4, 21)):
        decide_extension(world.as_viewer(world.manager), request_for_more, False, "Too late.")
    assert Extension.get_by_id(request_for_more.id).state == "refused"
