"""No page is served from a database that a newer version of the program has changed."""

from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask
from werkzeug.wrappers import Response

from kscb_actions import database
from kscb_actions.web.shared.headers import page_policy, set_headers
from kscb_actions.web.static_files import BELOW


def refuse_newer_database(app: Flask) -> None:
    """Answer every address but the static files with a plain page, for as long as the database is newer.

    Before anything else of a request, because already its session is read from a table.
    """
    serve, settings = app.wsgi_app, app.config["SETTINGS"]

    def guarded(environ: dict[str, Any], start_response: Callable) -> Iterable[bytes]:
        if environ.get("PATH_INFO", "").startswith(BELOW) or not _is_newer():
            return serve(environ, start_response)
        template = app.jinja_env.get_template("errors/newer_database.html")
        root = environ.get("SCRIPT_NAME", "")
        page = template.render(root=root, static=f"{root}{app.static_url_path}")
        response = Response(page, 503, mimetype="text/html")
        response.headers["Content-Security-Policy"] = page_policy("")
        set_headers(response, is_static=False, settings=settings)
        return response(environ, start_response)

    app.wsgi_app = guarded  # type: ignore[method-assign]


def _is_newer() -> bool:
    try:
        return bool(database.unknown_migrations())
    except database.UNREADABLE:
        # A database that cannot be read fails further on, and is answered there.
        return False
