"""Pages of measures."""

from kscb_actions.web.shared.guard import GuardedBlueprint

blueprint = GuardedBlueprint("measures", __name__)
