"""The room's blueprint; its views modules register on it."""

from ..access.guard import GuardedBlueprint

blueprint = GuardedBlueprint("deaths", __name__)
