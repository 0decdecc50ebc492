"""Every module of views, and the blueprints they register on."""

from importlib import import_module

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
    "actions.views",
    "actions.list_views",
    "actions.manage_views",
    "actions.decision_views",
    "assurance.views",
    "assurance.check_views",
    "home.views",
    "home.my_actions",
    "home.attention",
    "reports.views",
)
BLUEPRINTS = list(dict.fromkeys(import_module(f"kscb_actions.{module}").blueprint for module in VIEWS))
