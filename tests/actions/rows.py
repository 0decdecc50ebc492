"""Puts arbitrary facts on an action's row, as no service would, to ask the database about them."""

from kscb_actions.actions.models import NAMES, Action
from kscb_actions.actions.turn import RatingFacts
from kscb_actions.database import writing


def put(action: Action, facts: RatingFacts) -> None:
    """Write exactly these facts, without those of its history, into the row of `action`."""
    with writing(Action):
        Action.update({name: getattr(facts, name) for name in NAMES}).where(Action.id == action.id).execute()
