"""The panel's meetings."""

from typing import Any

from flask import render_template

from ..access.guard import Access
from ..access.policy import Permission
from .blueprint import blueprint


@blueprint.route("/panels", access=Access(Permission.READ_DEATH))
def index() -> Any:
    """The panel's meetings."""
    return render_template("panels/index.html")
