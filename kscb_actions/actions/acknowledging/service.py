"""Acknowledging what somebody was reminded of, once for each due date; and taking it back."""

from datetime import date

from kscb_actions import clock
from kscb_actions.access.policy import Permission, Viewer
from kscb_actions.audit.service import change
from kscb_actions.reviews.queries import require_on
from kscb_actions.text import InvalidInput

from ..models import Action, facts_of
from ..moves import moves_of_one
from .models import Acknowledgement
from .queries import list_said
from .rules import latest_day, problem_with_day, standing, why_not_acknowledged, why_not_taken_back


def acknowledge(viewer: Viewer, action: Action, until_on: date | None) -> Acknowledgement:
    """Say that an action is done by a day; nobody is reminded until then. Raises InvalidInput, Refused."""
    require_on(viewer, Permission.UPDATE_ACTION, action.review, action.owners)
    today = clock.today()
    with change(viewer) as tx:
        # As it is now: somebody else of the agency may have said it since the action was read.
        kept, said = Action.get_by_id(action.id), list_said(action)
        due_on = kept.current_due_on
        refusal = why_not_acknowledged(facts_of(kept, moves_of_one(kept.id)), said, today)
        problem = refusal or problem_with_day(until_on, latest_day(said, due_on, today), today)
        if problem:
            raise InvalidInput({"until_on": problem})
        return tx.add(_row(viewer, kept, due_on, until_on), "acknowledgement.said")


def take_back(viewer: Viewer, action: Action) -> Acknowledgement:
    """Take back what was said of the present due date by mistake. Raises InvalidInput, Refused."""
    require_on(viewer, Permission.UPDATE_ACTION, action.review, action.owners)
    with change(viewer) as tx:
        kept, said = Action.get_by_id(action.id), list_said(action)
        due_on = kept.current_due_on
        refusal, found = why_not_taken_back(said, due_on, clock.today()), standing(said, due_on)
        if refusal or found is None:
            raise InvalidInput({"": refusal or ""})
        row = _row(viewer, kept, due_on, found.until_on, is_taken_back=True)
        return tx.add(row, "acknowledgement.taken-back")


def _row(
    viewer: Viewer, action: Action, due_on: date | None, until_on: date | None, is_taken_back: bool = False
) -> Acknowledgement:
    return Acknowledgement(
        review=action.review_id,
        action=action.id,
        due_on=due_on,
        until_on=until_on,
        said_by=viewer.id,
        said_at=clock.now(),
        is_taken_back=is_taken_back,
    )
