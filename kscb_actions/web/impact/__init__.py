"""Pages of what difference recommendations made."""

from kscb_actions.web.shared.guard import GuardedBlueprint

blueprint = GuardedBlueprint("impact", __name__)
