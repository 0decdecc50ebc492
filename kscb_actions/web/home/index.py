"""The first page: for each role, what needs this person."""

from typing import Any

from flask import redirect, render_template, url_for

from kscb_actions.access.policy import ROLE_NAMES, Permission, Reach, Role, reach
from kscb_actions.people.queries import list_with_role
from kscb_actions.settings.queries import get_board
from kscb_actions.web.shared.guard import SIGNED_IN, viewer

from . import blueprint

# In order: whoever has work of their own sees that first.
FIRST_PAGES = (
    (Permission.SEE_OWN_WORK, "home.my_actions"),
    (Permission.READ_DEATH, "home.panel_work"),
    (Permission.ANSWER_RETURN, "death_requests.index"),
    (Permission.SEE_ATTENTION, "home.attention"),
    (Permission.READ_CHALLENGE, "challenges.index"),
)


@blueprint.route("/", access=SIGNED_IN)
def index() -> Any:
    """Send each role to its first page; say what to do where a role has none."""
    for permission, endpoint in FIRST_PAGES:
        if reach(viewer(), permission) is not Reach.NONE:
            return redirect(url_for(endpoint))
    roles = [name for role, name in ROLE_NAMES.items() if role in viewer().roles]
    return render_template(
        "home/nothing.html",
        roles=roles,
        managers=list_with_role(Role.MANAGER),
        has_panel=get_board().has_child_deaths,
    )
