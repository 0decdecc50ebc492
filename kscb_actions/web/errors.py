"""Answers to what goes wrong: plain words, the right status, never a trace."""

from typing import Any

from flask import Flask, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from kscb_actions.access.policy import Refused, RoleRefused
from kscb_actions.apart import Unfinished
from kscb_actions.audit.service import StaleEdit
from kscb_actions.database import Busy
from kscb_actions.people.passwords import TooBusy
from kscb_actions.web.people.resume import send_again, sign_in_and_go_on
from kscb_actions.web.shared.bodies import means_full_disk
from kscb_actions.web.voiding.absent import answer_void

# A wrong method is answered like a page that is not there.
PAGES = {403: 403, 404: 404, 405: 404, 409: 409, 413: 413, 429: 429}


# By then the passwords that are being worked on are done, and mostly what somebody saves too.
RETRY_SECONDS = 5


def answer_errors(app: Flask) -> None:
    """Register a page for every error."""
    _answer_busy(app)

    @app.errorhandler(CSRFError)
    def expired(_: CSRFError) -> Any:
        return sign_in_and_go_on()

    @app.errorhandler(Refused)
    def refused(error: Refused) -> Any:
        is_of_role = isinstance(error, RoleRefused)
        return render_template("errors/403.html", reason=str(error), is_of_role=is_of_role), 403

    @app.errorhandler(StaleEdit)
    def stale(_: StaleEdit) -> Any:
        return render_template("errors/409.html"), 409

    @app.errorhandler(Unfinished)
    def unfinished(error: Unfinished) -> Any:
        app.logger.error("%s %s: %s", request.method, _logged_path(), error)
        return render_template("errors/503.html", reason=str(error)), 503

    @app.errorhandler(HTTPException)
    def http_error(error: HTTPException) -> Any:
        return error if (error.code or 500) < 400 else _page_of(error)

    @app.errorhandler(Exception)
    def unexpected(error: Exception) -> Any:
        if app.config.get("PROPAGATE_EXCEPTIONS") or app.testing:
            raise error
        app.logger.exception("unexpected error on %s %s", request.method, _logged_path())
        if means_full_disk(error):
            return render_template("errors/507.html"), 507
        return render_template("errors/500.html"), 500


def _logged_path() -> str:
    """Return the path of this request as a log may hold it: a secret in it is left out."""
    rule, secret = request.url_rule, "token"
    return rule.rule if rule and secret in rule.arguments else request.path


def _page_of(error: HTTPException) -> Any:
    code = error.code or 500
    if code == 404 and (answer := answer_void()):
        return answer
    name = PAGES.get(code, 400 if code < 500 else 500)
    reason = error.description if error.description != type(error).description else None
    return render_template(f"errors/{name}.html", reason=reason), code


def _answer_busy(app: Flask) -> None:
    @app.errorhandler(Busy)
    def database_busy(_: Busy) -> Any:
        app.logger.warning("%s %s: the database was busy for too long", request.method, _logged_path())
        return send_again(), 503, {"Retry-After": str(RETRY_SECONDS)}

    @app.errorhandler(TooBusy)
    def busy(_: TooBusy) -> Any:
        return render_template("errors/busy.html"), 503, {"Retry-After": str(RETRY_SECONDS)}
