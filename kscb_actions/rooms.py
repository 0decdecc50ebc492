"""The blueprints of all rooms."""

from .people.sign_in_views import blueprint as people

BLUEPRINTS = [people]
