"""The whole story of one action, through the services."""

from datetime import date

from kscb_actions.actions.listing import list_actions
from kscb_actions.actions.models import Action
from kscb_actions.actions.narrowing import Filter
from kscb_actions.audit.models import AuditEvent
from kscb_actions.audit.rules import first_break
from kscb_actions.settings.rules import Thresholds

from ..factories import TODAY, World


def test_an_action_goes_from_plan_to_acceptance(world: World) -> None:
    action = world.action(due_on=date(2012, 5, 1))
    world.progress(action)
    action = world.decision(Action.get_by_id(action.id))
    assert (action.progress, action.assurance) == ("done", "accepted")
    page = list_actions(world.as_viewer(world.chair), Filter(rating="blue"), TODAY, Thresholds())
    assert [row.action.id for row in page.rows] == [action.id]
    assert first_break(AuditEvent.select().order_by(AuditEvent.id).dicts()) is None
