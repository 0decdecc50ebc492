"""Pages of people and agencies, and of signing in."""

from kscb_actions.web.shared.guard import GuardedBlueprint

blueprint = GuardedBlueprint("people", __name__)
