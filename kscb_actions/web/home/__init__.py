"""The first page after signing in, which says what needs this person."""

from kscb_actions.web.shared.guard import GuardedBlueprint

blueprint = GuardedBlueprint("home", __name__)
