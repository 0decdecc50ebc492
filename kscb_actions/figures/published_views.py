"""What has been issued, for its readers."""

from typing import Any

from flask import render_template

from ..access.guard import Access
from ..access.policy import Permission
from .blueprint import published


@published.route("/published", access=Access(Permission.READ_PUBLISHED))
def index() -> Any:
    """What has been issued, for its readers."""
    return render_template("figures/published.html")
