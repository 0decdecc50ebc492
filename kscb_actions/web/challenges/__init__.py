"""Pages of challenges."""

from kscb_actions.web.shared.guard import GuardedBlueprint

blueprint = GuardedBlueprint("challenges", __name__)
