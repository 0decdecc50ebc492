"""Pages of child deaths: the cases, the panel's work, and the referrals that the SCR chair answers."""

from kscb_actions.web.shared.guard import GuardedBlueprint

death_pages = GuardedBlueprint("deaths", __name__)
panel_pages = GuardedBlueprint("panels", __name__)
referral_pages = GuardedBlueprint("referrals", __name__)
