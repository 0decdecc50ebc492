"""Pages of the tables of child deaths, and of the reports that were issued."""

from kscb_actions.web.shared.guard import GuardedBlueprint

blueprint = GuardedBlueprint("figures", __name__)
published = GuardedBlueprint("published", __name__)
