"""Puts arbitrary facts on an action's row, as no service would, to ask the database about them."""

from dataclasses import asdict

from kscb_actions.actions.models import Action
from kscb_actions.actions.rating import RatingFacts
from kscb_actions.database import writing


def put(action: Action, facts: RatingFacts) -> None:
    """Write exactly these facts into the row of `action`."""
    with writing(Action):
        Action.update(**asdict(facts)).where(Action.id == action.id).execute()
