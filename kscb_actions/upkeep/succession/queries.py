"""What is open of an agency, and who may lead it elsewhere."""

from dataclasses import dataclass

from kscb_actions.access.policy import Viewer
from kscb_actions.actions.handover import unfinished
from kscb_actions.actions.models import Action
from kscb_actions.actions.narrowing import visible_action
from kscb_actions.actions.queries import with_context
from kscb_actions.people.models import Agency, User


@dataclass(frozen=True)
class LeadGroup:
    """The open actions that one person leads (None: nobody), and how many of an agency they are."""

    lead: User | None
    count: int

    @property
    def key(self) -> int:
        """Return the person's id, 0 for nobody."""
        return self.lead.id if self.lead else 0


def open_actions(viewer: Viewer, agency: Agency) -> list[Action]:
    """Return the unfinished actions of an agency that this person may see, in order. One query."""
    query = with_context().where(Action.agency == agency, *unfinished(), visible_action(viewer))
    return list(query.order_by(Action.review, Action.number))


def by_lead(actions: list[Action]) -> list[LeadGroup]:
    """Return how many of these each lead has, by name, those of nobody last."""
    counts: dict[int, int] = {}
    leads: dict[int, User] = {}
    for action in actions:
        key = action.lead_id or 0
        counts[key] = counts.get(key, 0) + 1
        if action.lead:
            leads[key] = action.lead
    keys = sorted(counts, key=lambda key: (key == 0, leads[key].name if key else ""))
    return [LeadGroup(leads.get(key), counts[key]) for key in keys]


def count_finished(viewer: Viewer, agency: Agency) -> int:
    """Return how many actions of the agency are finished, as far as this person may see them. One query."""
    every = Action.select().where(Action.agency == agency, visible_action(viewer)).count()
    going_on = Action.select().where(Action.agency == agency, *unfinished(), visible_action(viewer)).count()
    return int(every - going_on)
