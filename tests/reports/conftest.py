"""The story that the papers of many days tell."""

from datetime import date

import pytest

from kscb_actions import clock
from kscb_actions.actions.extensions import ask_extension, decide_extension
from kscb_actions.actions.models import Action
from kscb_actions.actions.service import ActionFacts, edit_action

from ..factories import World


@pytest.fixture
def story(world: World) -> Action:
    """Return an action whose date moves, whose text is edited, which is returned and then accepted."""
    with clock.at(date(2011, 6, 1)):
        action = world.action(
            date(2011, 9, 1), recommendation=world.recommendation(world.review("SCR-2011-09"))
        )
    with clock.at(date(2011, 8, 1)):
        action = Action.get_by_id(action.id)
        asked = ask_extension(world.as_viewer(world.police_lead), action, date(2011, 12, 1), "No trainer.")
    with clock.at(date(2011, 8, 10)):
        decide_extension(world.as_viewer(world.second_chair), asked, True, "Agreed.")
    with clock.at(date(2011, 10, 1)):
        action = Action.get_by_id(action.id)
        facts = ActionFacts("Change the procedure and train staff.", due_on=action.current_due_on)
        edit_action(world.as_viewer(world.manager), action, facts, None, action.version)
    with clock.at(date(2012, 1, 10)):
        action = world.decision(Action.get_by_id(action.id), accepted=False)
    with clock.at(date(2012, 2, 20)):
        return world.decision(Action.get_by_id(action.id))
