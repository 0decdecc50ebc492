"""The application below a path of a host that has other things too, such as https://council.example/tracker.

The path is that of KSCB_BASE_URL. A proxy may pass it on or take it off: both are understood, so that health
addresses can be asked without it as well.
"""

from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask, request

from kscb_actions.config import BadSetting, Settings


def serve_below_path(app: Flask) -> None:
    """Have every request understood below the path of the settings.

    Raises BadSetting where the path begins as addresses of our own do: nobody could tell then whether a
    proxy has taken it off.
    """
    serve, path = app.wsgi_app, app.config["SETTINGS"].path
    first = path[1:].partition("/")[0]
    if first and first in {rule.rule[1:].partition("/")[0] for rule in app.url_map.iter_rules()}:
        raise BadSetting(
            f"The path of KSCB_BASE_URL cannot begin with /{first}: pages of the tracker do. Choose another."
        )

    def below(environ: dict[str, Any], start_response: Callable) -> Iterable[bytes]:
        set_script_name(environ, app.config["SETTINGS"])
        return serve(environ, start_response)

    app.wsgi_app = below  # type: ignore[method-assign]


def set_script_name(environ: dict[str, Any], settings: Settings) -> None:
    """Tell the path (SCRIPT_NAME, PEP 3333) from the address below it. Doing it twice changes nothing."""
    path, asked = settings.path, environ.get("PATH_INFO", "")
    if environ.get("SCRIPT_NAME") != path:
        environ["SCRIPT_NAME"] = path
        if asked == path or asked.startswith(f"{path}/"):
            environ["PATH_INFO"] = asked[len(path) :]


def address_of_request() -> str:
    """Return the address of this request on its host, with its query."""
    query = request.query_string.decode("ascii", "ignore")
    return f"{request.script_root}{request.path}{'?' + query if query else ''}"


def cookie_name(is_https: bool, path: str) -> str:
    """Return the session cookie's name, whose beginning has browsers guard it (RFC 6265bis, 4.1.3).

    __Host- binds it to the host, and is for the whole of it alone: no path below.
    """
    if not is_https:
        return "kscb"
    return "__Secure-kscb" if path else "__Host-kscb"
