"""Pages of actions."""

from kscb_actions.web.shared.guard import GuardedBlueprint

blueprint = GuardedBlueprint("actions", __name__)
