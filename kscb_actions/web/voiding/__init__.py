"""Pages on what was recorded by mistake."""

from kscb_actions.web.shared.guard import GuardedBlueprint

blueprint = GuardedBlueprint("voiding", __name__)
