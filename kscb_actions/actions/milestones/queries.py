"""Reading milestones: of an action that has been fetched for a viewer, or of many in one query."""

from collections.abc import Collection
from typing import Any

from kscb_actions.access.policy import Viewer
from kscb_actions.prepared import prepared

from ..models import Action
from ..queries import get_action
from .models import Milestone
from .rules import MilestoneFacts


def list_milestones(action: Action) -> list[Milestone]:
    """Return the milestones of an action in the order of their dates, those withdrawn last. One query."""
    return sorted(_of_action(action=action.id), key=lambda each: each.withdrawn_at is not None)


@prepared
def _of_action(*, action: Any) -> Any:
    return Milestone.select().where(Milestone.action == action).order_by(Milestone.due_on, Milestone.id)


def open_milestones(ids: Collection[int]) -> dict[int, list[MilestoneFacts]]:
    """Return {action id: its milestones that are neither done nor withdrawn}. One query."""
    found: dict[int, list[MilestoneFacts]] = {}
    rows = Milestone.select(Milestone.action, Milestone.text, Milestone.due_on).where(
        Milestone.action.in_(list(ids)), Milestone.done_on.is_null(), Milestone.withdrawn_at.is_null()
    )
    for action_id, text, due_on in rows.tuples():
        found.setdefault(action_id, []).append(MilestoneFacts(text, due_on))
    return found


def get_milestone(viewer: Viewer, reference: str, number: int, milestone_id: int) -> Milestone | None:
    """Return one milestone by its whole address, or None when it is hidden or does not exist."""
    action = get_action(viewer, reference, number)
    if action is None:
        return None
    milestone = Milestone.get_or_none(Milestone.id == milestone_id, Milestone.action == action)
    if milestone:
        milestone.action = action
    return milestone


def facts_of_milestone(milestone: Milestone) -> MilestoneFacts:
    """Return what is said of a milestone, as plain values."""
    return MilestoneFacts(milestone.text, milestone.due_on, milestone.done_on)
