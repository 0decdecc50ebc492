"""Pages of the board's settings and of its own words."""

from kscb_actions.web.shared.guard import GuardedBlueprint

blueprint = GuardedBlueprint("settings", __name__)
