"""Headers that every answer carries."""

from flask import Flask, Response, g, request
from werkzeug.wrappers import Response as BaseResponse

from kscb_actions.config import Settings

# For what is another thing at another address (RFC 8246).
FOREVER = "public, max-age=31536000, immutable"


def add_headers(app: Flask) -> None:
    """Send the security headers with every answer, errors and downloads too (OWASP ASVS 5.0, 3.4)."""
    settings = app.config["SETTINGS"]

    @app.after_request
    def add(response: Response) -> Response:
        response.headers.setdefault("Content-Security-Policy", page_policy(g.get("csp_nonce", "")))
        set_headers(response, request.endpoint == "static", settings)
        return response


def set_headers(response: BaseResponse, is_static: bool, settings: Settings) -> None:
    """Set the headers that are the same on every page, or on every static file."""
    headers = response.headers
    headers["X-Content-Type-Options"] = "nosniff"
    headers["X-Frame-Options"] = "DENY"
    # No other site learns an address of ours; under "no-referrer" browsers hide from ourselves, over plain
    # http, where a form came from.
    headers["Referrer-Policy"] = "same-origin"
    headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    headers["Cache-Control"] = FOREVER if is_static and response.status_code < 400 else "no-store"
    if settings.is_https:
        # Below a path the host has other things too, and its subdomains are others'.
        below = "" if settings.path else "; includeSubDomains"
        headers["Strict-Transport-Security"] = f"max-age=31536000{below}"


def page_policy(nonce: str) -> str:
    """Return the content security policy of a page; `nonce` permits the design system's inline script."""
    return (
        "default-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'; "
        f"script-src 'self' 'nonce-{nonce}'; style-src 'self'; img-src 'self' data:; "
        "font-src 'self'; connect-src 'self'; manifest-src 'self'"
    )
