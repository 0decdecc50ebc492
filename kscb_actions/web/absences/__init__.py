"""Pages of absences: who is away, and who stands in."""

from kscb_actions.web.shared.guard import GuardedBlueprint

blueprint = GuardedBlueprint("absences", __name__)
