"""Health: two addresses for proxies and monitors, which tell nothing else, and a page for the manager.

/live   this process answers
/ready  and the database does too, on the newest schema, and evidence files can be kept
"""

from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask, current_app, render_template
from werkzeug.wrappers import Response

from kscb_actions.access.policy import Permission
from kscb_actions.jobs.health import TOLD_FOR, Health, read_health, replaced_workers
from kscb_actions.jobs.lateness import count_late_mail, read_runs
from kscb_actions.web.shared.guard import Access, GuardedBlueprint
from kscb_actions.web.shared.headers import set_headers
from kscb_actions.wording import date_uk, instant_uk, plural

blueprint = GuardedBlueprint("health", __name__)

LIVE, READY = "/live", "/ready"
GIB = 1024**3


def answer_health(app: Flask) -> None:
    """Answer LIVE and READY before anything else of a request: they need no session."""
    serve = app.wsgi_app

    def answered(environ: dict[str, Any], start_response: Callable) -> Iterable[bytes]:
        asked = environ.get("PATH_INFO", "")
        if asked not in (LIVE, READY) or environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            return serve(environ, start_response)
        settings = app.config["SETTINGS"]
        is_well = asked == LIVE or read_health(settings).is_ready
        word = asked[1:] if is_well else f"not {asked[1:]}"
        response = Response(f"{word}\n", 200 if is_well else 503, mimetype="text/plain")
        set_headers(response, is_static=False, settings=settings)
        return response(environ, start_response)

    app.wsgi_app = answered  # type: ignore[method-assign]


@blueprint.route("/settings/health", access=Access(Permission.MANAGE_SETTINGS))
def show() -> str:
    """Say in words how the tracker is running."""
    health = read_health(current_app.config["SETTINGS"])
    return render_template("settings/health.html", told=told(health), title="How the tracker is running")


def told(health: Health) -> list[tuple[str, str]]:
    """Return what is looked at, each with how it stands."""
    return [
        ("Database", _of_database(health)),
        ("Evidence files", _of_evidence(health)),
        ("Reminders", _of_reminders()),
        ("Mail", _of_mail()),
        ("Web workers", _of_workers()),
    ]


def _of_database(health: Health) -> str:
    if health.schema_is_newest:
        return "It answers, and its schema is the newest."
    return "Its schema is not that of this version. Whoever runs the server runs flask migrate."


def _of_evidence(health: Health) -> str:
    if not health.evidence_is_writable:
        return "None can be kept: the disk is full, or may not be written to. Tell whoever runs the server."
    return f"They can be kept. Their disk has {health.free_bytes / GIB:,.1f} GB left."


def _of_reminders() -> str:
    runs = read_runs()
    last = f"Last written on {instant_uk(runs.last_at)}." if runs.last_at else "None have been written yet."
    late = f" Those of {date_uk(runs.late_since)} are late." if runs.late_since else ""
    return f"{last}{late} The next run is on {instant_uk(runs.next_at)}."


def _of_mail() -> str:
    if current_app.config["SETTINGS"].mail is None:
        return "No mail server is set (KSCB_MAIL), so what is written stays in the outbox."
    late = count_late_mail()
    if not late:
        return "No message is late."
    were = "was" if late == 1 else "were"
    return f"{plural(late, 'message')} should have been tried an hour ago, and {were} not."


def _of_workers() -> str:
    count, last_at = replaced_workers()
    if last_at is None:
        return f"None had to be replaced in the last {TOLD_FOR.days} days."
    were = "was" if count == 1 else "were"
    return (
        f"{plural(count, 'worker')} ended unexpectedly in the last {TOLD_FOR.days} days, the last on "
        f"{instant_uk(last_at)}, and {were} replaced at once. What was acknowledged is saved; a page "
        "that was being made then had to be asked for again. The server’s log says more."
    )
