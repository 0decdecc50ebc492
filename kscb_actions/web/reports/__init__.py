"""Pages of reports."""

from kscb_actions.web.shared.guard import GuardedBlueprint

blueprint = GuardedBlueprint("reports", __name__)
