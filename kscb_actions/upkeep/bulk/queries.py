"""Which actions a selection is of."""

from collections.abc import Sequence
from datetime import date

from kscb_actions.access.policy import Permission, Reach, Viewer, reach
from kscb_actions.actions.models import Action
from kscb_actions.actions.narrowing import Filter, matching, visible_action, words_to_look_up
from kscb_actions.settings.rules import Thresholds

from .rules import MOST


def matching_ids(viewer: Viewer, narrow: Filter, today: date, thresholds: Thresholds) -> list[int]:
    """Return the ids of the actions that a filter finds, at most one more than can be changed at once."""
    if reach(viewer, Permission.EDIT_ACTION) is Reach.NONE:
        return []
    condition = matching(viewer, narrow, today, thresholds, words_to_look_up(narrow))
    query = Action.select(Action.id).where(condition).order_by(Action.id).limit(MOST + 1)
    return [row_id for (row_id,) in query.tuples()]


def versions_of(viewer: Viewer, ids: Sequence[int]) -> dict[int, int | None]:
    """Return {id: version} of those of these actions that this person may see, by review and number."""
    query = Action.select(Action.id, Action.version).where(
        Action.id.in_(list(ids[: MOST + 1])), visible_action(viewer)
    )
    return dict(query.order_by(Action.review, Action.number).tuples())
