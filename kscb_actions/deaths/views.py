"""The list of cases, and one case."""

from typing import Any

from flask import render_template

from ..access.guard import Access
from ..access.policy import Permission
from .blueprint import blueprint


@blueprint.route("/deaths", access=Access(Permission.READ_DEATH))
def index() -> Any:
    """The list of cases, and one case."""
    return render_template("deaths/index.html")
