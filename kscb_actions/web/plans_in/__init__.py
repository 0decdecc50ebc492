"""Pages on which a plan is taken in from a file."""

from kscb_actions.web.shared.guard import GuardedBlueprint

blueprint = GuardedBlueprint("plans_in", __name__)
