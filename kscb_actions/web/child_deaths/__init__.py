"""Pages of child deaths: the cases, the panel's work, what agencies are asked, and the chair's referrals."""

from kscb_actions.web.shared.guard import GuardedBlueprint

death_pages = GuardedBlueprint("deaths", __name__)
panel_pages = GuardedBlueprint("panels", __name__)
referral_pages = GuardedBlueprint("referrals", __name__)
request_pages = GuardedBlueprint("death_requests", __name__)
