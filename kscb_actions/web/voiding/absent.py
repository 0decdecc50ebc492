"""What is answered in the place of “page not found” where the thing was recorded in error.

Its address answers like one that never was, but for two: the board manager is led to the page that tells of
it, and who sends what they had written about it, from a page opened before, is told why and keeps the text.
"""

import re
from typing import Any

from flask import redirect, render_template, request, url_for
from flask_login import current_user

from kscb_actions.access.policy import Permission, Viewer, may
from kscb_actions.actions.rules import RECORDED_IN_ERROR
from kscb_actions.assurance.challenges.queries import marked_challenge, void_challenge
from kscb_actions.assurance.voiding.entries.queries import is_of_voided_request
from kscb_actions.assurance.voiding.queries import (
    any_action,
    any_recommendation,
    any_review,
    is_void,
    void_action,
)
from kscb_actions.terms import say

# Fields of forms that hold nothing that somebody has written: codes, numbers and tokens.
_CODE = re.compile(r"[a-z_]*|[0-9]*")
REQUEST_IN_ERROR = "This request for more time has been marked as recorded in error."
_NOT_WRITTEN = frozenset({"csrf_token", "once", "version", "submit", "next", "then", "back", "page"})


def answer_void() -> Any:
    """Return what this request is answered where it asks for what is void; None where it is only absent."""
    if not current_user.is_authenticated or request.url_rule is None or "\x00" in request.path:
        return None
    viewer, named = current_user.viewer, request.view_args or {}
    if request.method == "POST":
        return _kept(viewer, named)
    return _led_on(viewer, named, request.url_rule.rule) if request.method == "GET" else None


def _led_on(viewer: Viewer, named: dict[str, Any], rule: str) -> Any:
    """Lead who may bring it back to the page that tells of it."""
    if not may(viewer, Permission.EDIT_REVIEW):
        return None
    if "challenge_id" in named:
        found = marked_challenge(viewer, named["challenge_id"])
        return redirect(url_for("voiding.challenge", challenge_id=found.id)) if found else None
    if "reference" not in named:
        return None
    kind = next((each for each in ("action", "recommendation") if f"/{each}s/<int:number>" in rule), "review")
    address = {name: named[name] for name in ("reference", "number") if name in named}
    if kind == "review":
        address.pop("number", None)
    finding: dict[str, Any] = {
        "action": any_action,
        "recommendation": any_recommendation,
        "review": any_review,
    }
    row = finding[kind](viewer, **address)
    return redirect(url_for(f"voiding.{kind}", **address)) if row is not None and is_void(row) else None


def _kept(viewer: Viewer, named: dict[str, Any]) -> Any:
    """Show what somebody wrote about what is void, where they might have seen it before."""
    reason = say(RECORDED_IN_ERROR)
    if "challenge_id" in named:
        found: Any = void_challenge(viewer, named["challenge_id"])
    elif is_of_voided_request(viewer, named):
        found, reason = True, REQUEST_IN_ERROR
    elif {"reference", "number"} <= set(named):
        found = void_action(viewer, Permission.READ_ACTION, named["reference"], named["number"])
    else:
        found = None
    if found is None:
        return None
    written = [
        value
        for name, value in request.form.items(multi=True)
        if name not in _NOT_WRITTEN and not _CODE.fullmatch(value)
    ]
    return render_template("voiding/kept.html", written=written, reason=reason), 409
