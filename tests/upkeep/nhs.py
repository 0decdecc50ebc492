"""A PCT, the CCG that follows it, and what is open between them."""

from datetime import date

from kscb_actions import clock
from kscb_actions.access.policy import SYSTEM, Role
from kscb_actions.actions.models import Action
from kscb_actions.audit.comparing import Comparison
from kscb_actions.audit.queries import every_event
from kscb_actions.models import ALL
from kscb_actions.people.models import Agency, User
from kscb_actions.people.service import add_agency
from kscb_actions.upkeep.moving.service import Move, move_action

from ..factories import World

BEFORE, CLOSED, AFTER = date(2013, 3, 20), date(2013, 4, 1), date(2013, 4, 20)
WHY = "The PCT has closed."


def now(action: Action) -> Action:
    """Return the action as it is in the database."""
    return Action.get_by_id(action.id)


def differences() -> list[tuple[str, int, tuple[str, ...]]]:
    """Return the rows that are not what the trail says of them."""
    comparison = Comparison(ALL)
    for _ in comparison.adding_up(every_event()):
        pass
    return [(each.model.__name__, each.row_id, each.columns) for each in comparison.differences()]


class Nhs:
    """The agencies and their leads; the PCT's lead stands in for the health lead of the small board."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.pct: Agency = world.health
        self.pct_lead: User = world.health_lead
        self.ccg = add_agency(SYSTEM, "TCCG", "Thanet CCG")
        self.icb = add_agency(SYSTEM, "KICB", "Kent and Medway ICB")
        self.ccg_lead = world.person("ccg-lead", Role.AGENCY_LEAD, agency=self.ccg)
        self.icb_lead = world.person("icb-lead", Role.AGENCY_LEAD, agency=self.icb)
        self.manager = world.manager.viewer

    def action(self, due_on: date | None = date(2013, 6, 1)) -> Action:
        """Return an action of the PCT, recorded before it closed."""
        with clock.at(BEFORE):
            return self.world.action(due_on, self.pct)

    def move(
        self, action: Action, to: Agency | None = None, on: date = CLOSED, lead: User | None = None
    ) -> Action:
        """Move an action (to the CCG and its lead, unless told otherwise)."""
        lead = lead or {self.ccg.id: self.ccg_lead, self.icb.id: self.icb_lead}.get((to or self.ccg).id)
        return move_action(self.manager, now(action), Move(to or self.ccg, on, WHY, lead))
