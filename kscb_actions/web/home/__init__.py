"""The first page after signing in: what needs me?"""

from kscb_actions.web.shared.guard import GuardedBlueprint

blueprint = GuardedBlueprint("home", __name__)
