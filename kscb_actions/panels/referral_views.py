"""What the panel referred to the SCR subgroup, for the subgroup."""

from typing import Any

from flask import render_template

from ..access.guard import Access
from ..access.policy import Permission
from .blueprint import referrals


@referrals.route("/referrals", access=Access(Permission.READ_REFERRAL))
def index() -> Any:
    """What the panel referred to the SCR subgroup, for the subgroup."""
    return render_template("panels/referrals.html")
