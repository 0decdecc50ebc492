"""What a request may hold, how large it may be, and what is answered when there is no room to read it.

Files are taken on the page for evidence alone, and only from a browser that has signed in here: a stranger
must not be able to fill the server's disk. The session may have ended meanwhile, because what was typed
beside the files is kept until the person has signed in again.
"""

from flask import Flask, abort, current_app, request, session

from kscb_actions import sqlite
from kscb_actions.files.store import DISK_FULL
from kscb_actions.people.known_browser import KnownBrowsers, cookie_name

FORM_BYTES = 5 * 1024 * 1024
# Ten files of 25 MB, and what is typed beside them.
FILES_BYTES = 10 * 26 * 1024 * 1024
TAKING_FILES = {"assurance.new_evidence"}
FORM_TYPES = {"application/x-www-form-urlencoded", "multipart/form-data"}
NO_FORM = (
    "What was sent is not one of ours: this site takes forms as its own pages send them. Nothing was saved."
)
# https://www.postgresql.org/docs/15/errcodes-appendix.html
_POSTGRES_DISK_FULL = "53100"


def limit_bodies(app: Flask) -> None:
    """Read at most FORM_BYTES of a request, or the setting FILES_LENGTH (default FILES_BYTES) with files.

    A body that is no form, such as JSON, is answered 400 before anything of it is read.
    """
    app.config["MAX_CONTENT_LENGTH"] = FORM_BYTES
    app.config.setdefault("FILES_LENGTH", FILES_BYTES)

    @app.before_request
    def limit() -> None:
        if request.mimetype and request.mimetype not in FORM_TYPES and request.method not in ("GET", "HEAD"):
            abort(400, description=NO_FORM)
        if request.endpoint in TAKING_FILES and _has_signed_in():
            request.max_content_length = app.config["FILES_LENGTH"]


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
