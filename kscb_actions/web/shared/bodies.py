"""What a request may hold, how large it may be, and what is answered when it was not read.

Files are taken where a route's access says so, and only from a browser that has signed in here: a stranger
must not be able to fill the server's disk. The session may have ended meanwhile, because what was typed
beside the files is kept until the person has signed in again.
"""

from collections.abc import Callable
from typing import Any

from flask import Flask, abort, current_app, render_template, request, session
from werkzeug.exceptions import HTTPException
from werkzeug.http import parse_cookie, parse_options_header

from kscb_actions import sqlite
from kscb_actions.config import UNREAD, Unread
from kscb_actions.files.store import DISK_FULL
from kscb_actions.people.known_browser import KnownBrowsers, cookie_name
from kscb_actions.web.below_path import set_script_name

from .guard import Access

FORM_BYTES = 5 * 1024 * 1024
# Ten files of 25 MB, and what is typed beside them.
FILES_BYTES = 10 * 26 * 1024 * 1024
FORM_TYPES = {"application/x-www-form-urlencoded", "multipart/form-data"}
NO_FORM = (
    "What was sent is not one of ours: this site takes forms as its own pages send them. Nothing was saved."
)
TOO_SLOW = "It came too slowly, or stopped before it was all here."
NO_ROOM = "Too much is being sent at this moment. Wait half a minute."
RETRY_SECONDS = 30
# https://www.postgresql.org/docs/15/errcodes-appendix.html
_POSTGRES_DISK_FULL = "53100"


def limit_bodies(app: Flask) -> None:
    """Read at most FORM_BYTES of a request, or the setting FILES_LENGTH (default FILES_BYTES) with files.

    A body that is no form, such as JSON, is answered 400 before anything of it is read.
    """
    app.config["MAX_CONTENT_LENGTH"] = FORM_BYTES
    app.config.setdefault("FILES_LENGTH", FILES_BYTES)
    app.extensions["most_bytes"] = most_bytes_of(app)

    @app.before_request
    def limit() -> Any:
        if request.mimetype and request.mimetype not in FORM_TYPES and request.method not in ("GET", "HEAD"):
            abort(400, description=NO_FORM)
        if _takes_files(app, request.endpoint) and _has_signed_in():
            request.max_content_length = app.config["FILES_LENGTH"]
        return _answer_to_unread(request.environ.get(UNREAD))


def most_bytes_of(app: Flask) -> Callable[[dict[str, Any]], tuple[int, bool]]:
    """Return what says of a request, by its first lines, how much of its body is to be read.

    0: the answer needs nothing of it. And whether somebody has signed in in that browser. It is asked while
    nothing else is answered, so it opens no database.
    """
    known = KnownBrowsers(str(app.secret_key))
    name = cookie_name(app.config["SESSION_COOKIE_NAME"])

    def most_bytes(environ: dict[str, Any]) -> tuple[int, bool]:
        set_script_name(environ, app.config["SETTINGS"])
        if environ["REQUEST_METHOD"] != "POST":
            return 0, False
        kind, _ = parse_options_header(environ.get("CONTENT_TYPE"))
        try:
            endpoint, _ = app.url_map.bind_to_environ(environ).match()
        except HTTPException:
            return 0, False
        is_known = known.has_made(parse_cookie(environ.get("HTTP_COOKIE")).get(name, ""))
        if kind and kind.lower() not in FORM_TYPES:
            return 0, is_known
        takes_files = is_known and _takes_files(app, endpoint)
        return int(app.config["FILES_LENGTH"] if takes_files else FORM_BYTES), is_known

    return most_bytes


def _takes_files(app: Flask, endpoint: str | None) -> bool:
    access = getattr(app.view_functions.get(endpoint or ""), "access", None)
    return isinstance(access, Access) and access.takes_files


def _answer_to_unread(why: Unread | None) -> Any:
    """Return what a request is answered whose body was not read; None when it was."""
    if why is Unread.TOO_LARGE:
        abort(413)
    if why is Unread.TOO_SLOW:
        return render_template("errors/not_read.html", reason=TOO_SLOW), 408
    if why is Unread.NO_ROOM:
        return (
            render_template("errors/not_read.html", reason=NO_ROOM),
            503,
            {"Retry-After": str(RETRY_SECONDS)},
        )
    if why is Unread.DISK_FULL:
        return render_template("errors/507.html"), 507
    return None


def means_full_disk(error: BaseException | None) -> bool:
    """Return whether this failed because a disk, the database's or that of temporary files, has no room.

    What came before it is asked too: SQLite ends the transaction itself, and ending it again fails.
    """
    if error is None:
        return False
    return (
        (isinstance(error, OSError) and error.errno in DISK_FULL)
        or sqlite.means_full_disk(error)
        or getattr(error, "sqlstate", None) == _POSTGRES_DISK_FULL
        or means_full_disk(error.__cause__ or error.__context__)
    )


def _has_signed_in() -> bool:
    if getattr(session, "row", None):
        return True
    cookie = request.cookies.get(cookie_name(current_app.config["SESSION_COOKIE_NAME"]), "")
    return KnownBrowsers(str(current_app.secret_key)).has_made(cookie)
