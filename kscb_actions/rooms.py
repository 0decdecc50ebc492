"""Every module of views, and the blueprints they register on."""

from importlib import import_module

from .access.guard import GuardedBlueprint

VIEWS = (
    "people.sign_in_views",
    "people.views",
    "people.agency_views",
    "settings.views",
    "audit.views",
    "mail.views",
    "reviews.views",
    "reviews.manage_views",
    "reviews.recommendation_views",
    "reviews.withdrawal_views",
    "actions.views",
    "actions.list_views",
    "actions.manage_views",
    "actions.decision_views",
    "assurance.views",
    "assurance.check_views",
    "home.views",
    "home.my_actions",
    "home.attention",
    "home.panel_work_views",
    "reports.views",
    "deaths.views",
    "deaths.return_views",
    "deaths.district_views",
    "panels.views",
    "panels.proposal_views",
    "panels.decision_views",
    "panels.agreement_views",
    "panels.meeting_views",
    "panels.paper_views",
    "panels.interest_views",
    "panels.learning_views",
    "panels.referral_views",
    "figures.views",
    "figures.annual_views",
    "figures.published_views",
)
BLUEPRINTS = list(
    dict.fromkeys(
        each
        for module in VIEWS
        for each in vars(import_module(f"kscb_actions.{module}")).values()
        if isinstance(each, GuardedBlueprint)
    )
)
