"""Pages of keeping the plan in order."""

from kscb_actions.web.shared.guard import GuardedBlueprint

blueprint = GuardedBlueprint("upkeep", __name__)
