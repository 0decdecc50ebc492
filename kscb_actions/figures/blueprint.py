"""The room's blueprints; its views modules register on them. What is published is a part of its own."""

from ..access.guard import GuardedBlueprint

blueprint = GuardedBlueprint("figures", __name__)
published = GuardedBlueprint("published", __name__)
