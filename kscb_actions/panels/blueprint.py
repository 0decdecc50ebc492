"""The room's blueprints; its views modules register on them. The chair's pages are a part of their own."""

from ..access.guard import GuardedBlueprint

blueprint = GuardedBlueprint("panels", __name__)
referrals = GuardedBlueprint("referrals", __name__)
