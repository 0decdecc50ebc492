"""The room's blueprint; its views modules register on it."""

from ..access.guard import GuardedBlueprint

blueprint = GuardedBlueprint("settings", __name__)
