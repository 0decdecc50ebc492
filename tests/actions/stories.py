"""Pieces of an action's story that several tests tell."""

from datetime import date

from kscb_actions.actions.extensions import ask_extension
from kscb_actions.actions.models import Action, Extension

from ..factories import World

LATER = date(2012, 9, 1)


def ask_for_more_time(world: World, action: Action, due_on: date = LATER) -> Extension:
    """Ask for more time as the action's lead."""
    return ask_extension(world.as_viewer(world.lead_of(action)), action, due_on, "Training slipped.")
