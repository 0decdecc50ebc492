"""What is open and needs an owner."""

from typing import Any

from flask import g, render_template

from kscb_actions import clock
from kscb_actions.access.policy import Permission
from kscb_actions.upkeep.orphans.queries import sweep
from kscb_actions.web.shared.guard import Access, viewer

from . import blueprint


@blueprint.route("/needs-an-owner", access=Access(Permission.MANAGE_PEOPLE))
def needs_an_owner() -> Any:
    """Show what is open and has nobody to do it, each with the page that mends it."""
    return render_template(
        "upkeep/needs_an_owner.html", found=sweep(viewer(), clock.today(), g.board.thresholds)
    )
