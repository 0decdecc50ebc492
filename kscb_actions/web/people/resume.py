"""A form posted after its session expired: sign in, and resume with what was typed."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from flask import current_app, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.datastructures import MultiDict

from kscb_actions.web.shared.guard import Public

from .forms import SignInForm

PREFIX = "kept:"
TARGET, FILES, BACK_ONLY = "kept_target", "kept_files", "kept_nothing"


@dataclass(frozen=True)
class KeptForm:
    """What was typed, where it goes, and whether there were files, which no page can carry along.

    Where nothing may be carried along, `fields` is None and the target is only a place to go back to.
    """

    target: str
    fields: MultiDict[str, str] | None = None
    had_files: bool = False


def sign_in_and_go_on() -> Any:
    """Answer a post whose token no longer holds; what was typed is carried along on the page.

    Only a post from our own pages is kept: another site's must not be finished by the person's own hand.
    """
    if not _is_ours():
        return render_template("errors/expired.html"), 400
    if request.endpoint == "people.sign_in":
        return _sign_in_page(kept_before()), 400
    if isinstance(getattr(current_app.view_functions[request.endpoint or ""], "access", None), Public):
        flash("The page stood open too long. Nothing was changed. Send it once more.", "important")
        return redirect(here(), 303)
    if request.endpoint == "people.sign_out" and not current_user.is_authenticated:
        return redirect(url_for("people.sign_in"), 303)
    kept = _kept_now()
    if current_user.is_authenticated:
        return go_on(kept)
    return _sign_in_page(kept), 401


def go_on(kept: KeptForm) -> Any:
    """Return the page that sends what was typed once more, after the person has seen where it goes."""
    if kept.fields is None:
        return redirect(kept.target, 303)
    return render_template("people/go_on.html", kept=kept)


def kept_before() -> KeptForm | None:
    """Return what a post of the sign-in page carries along from the form before it, if anything."""
    target = local_target(request.form.get(TARGET))
    if target is None:
        return None
    if BACK_ONLY in request.form:
        return KeptForm(target)
    typed = request.form.items(multi=True)
    fields = [(name.removeprefix(PREFIX), value) for name, value in typed if name.startswith(PREFIX)]
    return KeptForm(target, MultiDict(fields), FILES in request.form)


def here() -> str:
    """Return the address of this request on this site, with its query."""
    query = request.query_string.decode("ascii", "ignore")
    return f"{request.script_root}{request.path}{'?' + query if query else ''}"


def local_target(target: str | None) -> str | None:
    """Return `target` when it is surely an address on this site, else None.

    Browsers drop tabs and line breaks from an address and read a backslash as a slash, so that what looks
    like a path can lead elsewhere.
    """
    if not target or not target.startswith("/") or target.startswith("//"):
        return None
    if "\\" in target or " " in target or not target.isprintable():
        return None
    try:
        parts = urlsplit(target)
    except ValueError:
        return None
    return None if parts.scheme or parts.netloc else target


def _kept_now() -> KeptForm:
    # A page that asks for a password is not worth the risk of carrying one along.
    if any("password" in name for name in request.form):
        return KeptForm(here())
    fields = [(name, value) for name, value in request.form.items(multi=True) if name != "csrf_token"]
    had_files = any(file.filename for _, file in request.files.items(multi=True))
    return KeptForm(here(), MultiDict(fields), had_files)


def _sign_in_page(kept: KeptForm | None) -> str:
    form = SignInForm(formdata=None, email=request.form.get("email") if kept is None else None)
    return render_template("people/sign_in.html", form=form, kept=kept, is_late=True)


def _is_ours() -> bool:
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    # Browsers that reach us over plain http, or are old, say where a form came from in Origin alone.
    ours = (request.host_url.rstrip("/"), current_app.config["SETTINGS"].base_url)
    return request.headers.get("Origin") in ours
