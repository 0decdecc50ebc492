"""Whom a judgement of the difference made is news for: the agencies whose actions it is about."""

from collections.abc import Iterable

from kscb_actions.actions.models import Action
from kscb_actions.actions.rules import VOID
from kscb_actions.audit.service import Told
from kscb_actions.chasing.news.happenings import of_action
from kscb_actions.chasing.news.rules import Happening, Kind


def judged(actor_id: int | None, told: Told) -> Iterable[Happening]:
    """Yield that a recommendation was judged, for each agency and lead of its actions.

    New work that the judgement opened is news of its own.
    """
    if told.event != "impact.judged":
        return
    row = told.row
    of_it = Action.select().where(Action.recommendation == row.recommendation_id, Action.standing != VOID)
    first: dict[tuple[int, int | None], Action] = {}
    for action in of_it.order_by(Action.id):
        if action.id != row.work_id:
            first.setdefault((action.agency_id, action.lead_id), action)
    for action in first.values():
        yield of_action(Kind.DIFFERENCE_JUDGED, actor_id, action)._replace(action_id=action.id)
