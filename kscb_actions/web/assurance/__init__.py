"""Pages of evidence and of the Board’s checks."""

from kscb_actions.web.shared.guard import GuardedBlueprint

blueprint = GuardedBlueprint("assurance", __name__)
