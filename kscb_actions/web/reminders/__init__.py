"""Pages of the ladders of reminders: their rungs, what they would send, and pauses."""

from kscb_actions.web.shared.guard import GuardedBlueprint

blueprint = GuardedBlueprint("reminders", __name__)
