"""Pages of meetings: bodies, their year, and each meeting."""

from kscb_actions.web.shared.guard import GuardedBlueprint

blueprint = GuardedBlueprint("meetings", __name__)
