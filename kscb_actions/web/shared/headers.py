"""Headers that every answer carries."""

from flask import Flask, Response, g, request
from werkzeug.wrappers import Response as BaseResponse


def add_headers(app: Flask) -> None:
    """Send the security headers with every answer, errors and downloads too (OWASP ASVS 5.0, 3.4)."""
    is_https = app.config["SETTINGS"].is_https

    @app.after_request
    def add(response: Response) -> Response:
        response.headers.setdefault("Content-Security-Policy", page_policy(g.get("csp_nonce", "")))
        set_headers(response, request.endpoint == "static", is_https)
        return response


def set_headers(response: BaseResponse, is_static: bool, is_https: bool) -> None:
    """Set the headers that are the same on every page, or on every static file."""
    headers = response.headers
    headers["X-Content-Type-Options"] = "nosniff"
    headers["X-Frame-Options"] = "DENY"
    # No other site learns an address of ours; under "no-referrer" browsers hide from ourselves, over
    # plain http, where a form came from.
    headers["Referrer-Policy"] = "same-origin"
    headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    headers["Cache-Control"] = "public, max-age=3600" if is_static else "no-store"
    if is_https:
        headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"


def page_policy(nonce: str) -> str:
    """Return the content security policy of a page; `nonce` permits the design system's inline script."""
    return (
        "default-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'; "
        f"script-src 'self' 'nonce-{nonce}'; style-src 'self'; img-src 'self' data:; "
        "font-src 'self'; connect-src 'self'; manifest-src 'self'"
    )
