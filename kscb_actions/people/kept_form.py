"""A form that comes in after the session has ended: sign in, and go on with what was typed."""

from typing import Any

from flask import render_template, request, url_for
from flask_login import current_user
from werkzeug.datastructures import MultiDict

from .forms import SignInForm

PREFIX = "kept:"
TARGET = "kept_target"


def sign_in_and_go_on() -> Any:
    """Answer a post whose token no longer holds; what was typed is carried along on the page.

    Only a post from our own pages is kept: another site's must not be finished by the person's own hand.
    """
    if not _is_ours():
        return render_template("errors/expired.html"), 400
    kept = kept_fields()
    if current_user.is_authenticated:
        return go_on(request.path, kept)
    form = SignInForm(formdata=None)
    return (
        render_template(
            "people/sign_in.html",
            form=form,
            kept=kept,
            kept_target=request.path,
            had_files=bool(request.files),
            accounts=[],
        ),
        401,
    )


def go_on(target: str, kept: MultiDict[str, str]) -> Any:
    """The page that sends what was typed once more, after the person has seen where it goes."""
    return render_template("people/go_on.html", kept=kept, kept_target=target)


def kept_fields() -> MultiDict[str, str]:
    """The fields of this post worth keeping: all but tokens and passwords; those kept before, unpacked."""
    kept: MultiDict[str, str] = MultiDict()
    if request.path == url_for("people.sign_in"):
        for name, value in request.form.items(multi=True):
            if name.startswith(PREFIX):
                kept.add(name.removeprefix(PREFIX), value)
        return kept
    for name, value in request.form.items(multi=True):
        if name != "csrf_token" and "password" not in name:
            kept.add(name, value)
    return kept


def local_target(target: str | None) -> str | None:
    """`target` when it is an address on this site, else None."""
    if target and target.startswith("/") and not target.startswith(("//", "/\\")) and "\n" not in target:
        return target
    return None


def _is_ours() -> bool:
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get("Origin")
    return origin is not None and origin == request.host_url.rstrip("/")
