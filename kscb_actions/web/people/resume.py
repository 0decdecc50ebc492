"""A form posted after its session expired: sign in, and resume with what was typed.

The token of a form says for whom it was drawn (see sessions), and what was typed belongs to them: it is
carried along sealed, so that nobody else who comes to the browser reads it, sends it, or makes one up.
"""

import base64
import hashlib
import json
import zlib
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from flask import current_app, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.datastructures import MultiDict

from kscb_actions.web.below_path import address_of_request
from kscb_actions.web.shared.guard import Public
from kscb_actions.web.shared.sessions import whose_token

from .forms import SignInForm

KEPT = "kept"


@dataclass(frozen=True)
class KeptForm:
    """What was typed, by whom, where it goes, and whether there were files, which no page can carry along.

    Where nothing may be carried along, `fields` is None and the target is only a place to go back to.
    """

    owner_id: int
    target: str
    fields: MultiDict[str, str] | None = None
    had_files: bool = False

    @property
    def sealed(self) -> str:
        """Return all of it as a text that only `kept_before` reads."""
        pairs = None if self.fields is None else list(self.fields.items(multi=True))
        packed = zlib.compress(json.dumps([self.owner_id, self.target, pairs, self.had_files]).encode())
        return str(_seal().encrypt(packed).decode())


def sign_in_and_go_on() -> Any:
    """Answer a post whose token no longer holds; what was typed is carried along on the page.

    Only what was typed into a page that was drawn for a person is kept, and for that person: another site
    knows no such token, so nothing of its making is finished by the person's own hand.
    """
    if request.endpoint == "people.sign_in":
        return _sign_in_page(kept_before()), 400
    owner_id = whose_token(request.form.get("csrf_token", ""))
    if not _is_ours(owner_id):
        return render_template("errors/expired.html"), 400
    if isinstance(getattr(current_app.view_functions[request.endpoint or ""], "access", None), Public):
        flash("The page stood open too long. Nothing was changed. Send it once more.", "important")
        return redirect(address_of_request(), 303)
    if request.endpoint == "people.sign_out" and not current_user.is_authenticated:
        return redirect(url_for("people.sign_in"), 303)
    if owner_id is None:
        return render_template("errors/expired.html"), 400
    if not current_user.is_authenticated:
        return _sign_in_page(_kept_now(owner_id)), 401
    if current_user.id != owner_id:
        return render_template("people/not_yours.html"), 403
    return _go_on(_kept_now(owner_id))


def send_again() -> str:
    """Return the page for what somebody else's saving kept from being saved; what was typed is on it."""
    if request.method != "POST" or not current_user.is_authenticated:
        return render_template("errors/wait.html")
    # The form's token has been looked at by now: it is this person's own.
    kept = _kept_now(current_user.id)
    page = "errors/wait.html" if kept.fields is None else "people/go_on.html"
    return render_template(page, kept=kept, waited=True)


def after_sign_in(kept: KeptForm, person_id: int) -> Any:
    """Return the page that a kept form leads to; somebody else than its owner learns nothing of it."""
    if kept.owner_id == person_id:
        return _go_on(kept)
    flash("Somebody else had typed something here. It was theirs, and has been forgotten.", "important")
    return redirect(url_for("home.index"), 303)


def kept_before() -> KeptForm | None:
    """Return what a post of the sign-in page carries along from the form before it, if anything."""
    from cryptography.fernet import InvalidToken

    try:
        opened = zlib.decompress(_seal().decrypt(request.form.get(KEPT, "").encode()))
    except InvalidToken:
        return None
    owner_id, target, pairs, had_files = json.loads(opened)
    fields = None if pairs is None else MultiDict((name, value) for name, value in pairs)
    return KeptForm(owner_id, target, fields, had_files)


def _go_on(kept: KeptForm) -> Any:
    # Sent only after the person has seen where it goes.
    if kept.fields is None:
        return redirect(kept.target, 303)
    return render_template("people/go_on.html", kept=kept)


def local_target(target: str | None, root: str = "") -> str | None:
    """Return `target` when it is surely an address of ours, on this site and below `root`; else None.

    Browsers drop tabs and line breaks from an address and read a backslash as a slash, so that what looks
    like a path can lead elsewhere.
    """
    if not target or not target.startswith(f"{root}/") or target.startswith("//"):
        return None
    if "\\" in target or " " in target or not target.isprintable():
        return None
    try:
        parts = urlsplit(target)
    except ValueError:
        return None
    return None if parts.scheme or parts.netloc else target


def _kept_now(owner_id: int) -> KeptForm:
    # A page that asks for a password is not worth the risk of carrying one along.
    if any("password" in name for name in request.form):
        return KeptForm(owner_id, address_of_request())
    fields = [(name, value) for name, value in request.form.items(multi=True) if name != "csrf_token"]
    had_files = any(file.filename for _, file in request.files.items(multi=True))
    return KeptForm(owner_id, address_of_request(), MultiDict(fields), had_files)


def _sign_in_page(kept: KeptForm | None) -> str:
    form = SignInForm(formdata=None, email=request.form.get("email") if kept is None else None)
    return render_template("people/sign_in.html", form=form, kept=kept, is_late=True)


def _is_ours(owner_id: int | None) -> bool:
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    # Over plain http browsers say where a form came from in Origin alone, and a proxy may know us by another
    # name; a token that was drawn for a person is on pages of ours only.
    ours = (request.host_url.rstrip("/"), current_app.config["SETTINGS"].origin)
    return owner_id is not None or request.headers.get("Origin") in ours


def _seal() -> Any:
    # Loaded here because few requests need it.
    from cryptography.fernet import Fernet

    key = hashlib.sha256(b"kept form " + str(current_app.secret_key).encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))
