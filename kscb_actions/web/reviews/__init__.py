"""Pages of reviews and recommendations."""

from kscb_actions.web.shared.guard import GuardedBlueprint

blueprint = GuardedBlueprint("reviews", __name__)
