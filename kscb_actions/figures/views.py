"""The tables of child deaths, for the panel."""

from typing import Any

from flask import render_template

from ..access.guard import Access
from ..access.policy import Permission
from .blueprint import blueprint


@blueprint.route("/child-death-tables", access=Access(Permission.READ_FIGURES))
def index() -> Any:
    """The tables of child deaths, for the panel."""
    return render_template("figures/index.html")
