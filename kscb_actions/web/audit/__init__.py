"""Pages of the audit trail."""

from kscb_actions.web.shared.guard import GuardedBlueprint

blueprint = GuardedBlueprint("audit", __name__)
