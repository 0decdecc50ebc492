"""A form changes something once: the second post of the same one leads to what the first made.

Every form is drawn with a random token of its own. The first change that a post makes uses the token up in
the same transaction, so that two posts at once make one. A post without a token is taken as it comes.
"""

import secrets
import time
from contextlib import ExitStack
from functools import partial
from typing import Any

from flask import Flask, Response, flash, g, redirect, request, url_for
from flask_login import current_user

from kscb_actions.audit.service import before_each_change
from kscb_actions.people.sent_forms import SentAlready, claim_form, note_result, sent_form
from kscb_actions.web.below_path import address_of_request

FIELD = "once"
LONGEST = 64
# How long the second of two posts at once waits for the first to be answered.
WAIT_SECONDS, STEP_SECONDS = 5.0, 0.05
SAID = (
    "This form was sent already, and was saved once. This is what came of it. "
    "To add something else, open the form anew."
)


def take_forms_once(app: Flask) -> None:
    """Let each form that is posted change something once only."""

    @app.before_request
    def begin() -> Any:
        token = request.form.get(FIELD, "") if request.method == "POST" else ""
        if not 0 < len(token) <= LONGEST or not current_user.is_authenticated:
            return None
        if sent_form(current_user.id, token):
            return _lead_on(token)
        g.sent_by = secrets.token_urlsafe(24)
        g.once = ExitStack()
        g.once.enter_context(before_each_change(partial(claim_form, current_user.id, token, g.sent_by)))
        return None

    @app.after_request
    def end(response: Response) -> Response:
        if "sent_by" in g:
            note_result(g.sent_by, g.get("leads_to") or response.location or address_of_request())
        return response

    @app.teardown_request
    def close(_: BaseException | None) -> None:
        if once := g.pop("once", None):
            once.close()

    @app.errorhandler(SentAlready)
    def sent_already(_: SentAlready) -> Any:
        g.pop("sent_by", None)
        return _lead_on(request.form[FIELD])


def leads_to(address: str) -> None:
    """Say where a second post of this form is to lead, where the answer to the first is no redirect."""
    g.leads_to = address


def new_token() -> str:
    """Return a token for a form that is drawn."""
    return secrets.token_urlsafe(16)


def _lead_on(token: str) -> Any:
    until = time.monotonic() + WAIT_SECONDS
    row = sent_form(current_user.id, token)
    while row and not row.leads_to and time.monotonic() < until:
        time.sleep(STEP_SECONDS)
        row = sent_form(current_user.id, token)
    flash(SAID, "important")
    return redirect((row.leads_to if row else "") or url_for("home.index"), 303)
