"""Pages of signing in, signing out and passwords."""

from typing import Any

from flask import Response, current_app, flash, g, make_response, redirect, render_template, request, url_for
from flask_login import current_user

from kscb_actions.access.policy import ROLE_NAMES
from kscb_actions.mail.letters import send_reset
from kscb_actions.people.absences.rules import can_be_away
from kscb_actions.people.known_browser import KNOWN_SECONDS, KnownBrowsers, cookie_name
from kscb_actions.people.models import User
from kscb_actions.people.queries import demonstration_accounts
from kscb_actions.people.service import change_password, person_of_link, set_password_by_link
from kscb_actions.people.sign_in import TooManyTries, check_password
from kscb_actions.text import InvalidInput
from kscb_actions.web.shared.guard import PUBLIC, SIGNED_IN
from kscb_actions.web.shared.sessions import begin_session, forget_session

from . import blueprint
from .forms import ChangePasswordForm, ForgottenForm, NewPasswordForm, SignInForm
from .resume import after_sign_in, kept_before, local_target


@blueprint.route("/sign-in", access=PUBLIC, methods=["GET", "POST"])
def sign_in() -> Any:
    """Sign in; with a kept form, go on with it afterwards."""
    form = SignInForm()
    if form.validate_on_submit():
        try:
            user = check_password(form.email.data, form.password.data, _known_browsers(), _known_cookie())
        except TooManyTries:
            return _sign_in_page(form, too_many=True), 429
        if user:
            return _remember_browser(_let_in(user), user)
        form.email.errors = ["The email address or the password is wrong. Check both and try again."]
    elif current_user.is_authenticated:
        return redirect(_next_page())
    return _sign_in_page(form)


@blueprint.route("/sign-out", access=SIGNED_IN, methods=["POST"])
def sign_out() -> Any:
    """End this session for good."""
    forget_session()
    flash("You are signed out.", "success")
    return redirect(url_for("people.sign_in"))


@blueprint.route("/forgotten-password", access=PUBLIC, methods=["GET", "POST"])
def forgotten() -> Any:
    """Ask for a link by mail; the answer is the same whoever asks."""
    form = ForgottenForm()
    if form.validate_on_submit():
        send_reset(form.email.data, g.board.name, current_app.config["SETTINGS"].base_url)
        flash("If somebody with this address has an account, a link is on its way.", "success")
        return redirect(url_for("people.sign_in"))
    intro = "We send a link with which you can set a new password."
    return render_template("people/password.html", form=form, title="Forgotten password", intro=intro)


@blueprint.route("/password/<token>", access=PUBLIC, methods=["GET", "POST"])
def new_password(token: str) -> Any:
    """Set a password with a single-use link."""
    person = person_of_link(token)
    form = NewPasswordForm()
    if person and form.validate_on_submit():
        try:
            person = set_password_by_link(token, form.password.data)
        except InvalidInput as wrong:
            form.password.errors = [wrong.errors["password"]]
        else:
            return _password_set(person)
    if person is None:
        return render_template("people/link_dead.html"), 404
    intro = f"For {person.name}, {person.email}."
    return render_template("people/password.html", form=form, title="Set your password", intro=intro)


@blueprint.route("/account", access=SIGNED_IN, methods=["GET", "POST"])
def account() -> Any:
    """Change one's own password."""
    form = ChangePasswordForm()
    if form.validate_on_submit():
        person = User.get_by_id(current_user.id)
        present, new = form.present_password.data, form.password.data
        if form.attempt(lambda: change_password(person, present, new)):
            return _password_set(person)
    roles = ", ".join(name for role, name in ROLE_NAMES.items() if role in current_user.viewer.roles)
    intro = f"{current_user.viewer.name}, {current_user.viewer.email}. {roles}."
    return render_template(
        "people/password.html",
        form=form,
        title="Your account",
        intro=intro,
        can_be_away=bool(can_be_away(current_user.viewer)),
        is_account=True,
    )


def _password_set(person: User | None) -> Any:
    if person is None:
        return render_template("people/link_dead.html"), 404
    forget_session()
    flash("Your password is set. Sign in with it.", "success")
    return _remember_browser(redirect(url_for("people.sign_in")), person)


def _let_in(user: User) -> Any:
    kept = kept_before()
    begin_session(user)
    return after_sign_in(kept, user.id) if kept else redirect(_next_page())


def _next_page() -> str:
    return _asked_next() or url_for("home.index")


def _asked_next() -> str | None:
    return local_target(request.args.get("next"), request.script_root)


def _sign_in_page(form: SignInForm, too_many: bool = False) -> str:
    return render_template(
        "people/sign_in.html",
        form=form,
        kept=kept_before(),
        next_target=_asked_next(),
        accounts=demonstration_accounts() if g.board.fixed_today else None,
        too_many=too_many,
    )


def _known_browsers() -> KnownBrowsers:
    return KnownBrowsers(str(current_app.secret_key))


def _known_cookie() -> str:
    return request.cookies.get(_cookie_name(), "")


def _cookie_name() -> str:
    return cookie_name(current_app.config["SESSION_COOKIE_NAME"])


def _remember_browser(answer: Any, person: User) -> Response:
    response = make_response(answer)
    response.set_cookie(
        _cookie_name(),
        _known_browsers().cookie_for(person, _known_cookie()),
        max_age=KNOWN_SECONDS,
        path=current_app.config["SESSION_COOKIE_PATH"],
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Lax",
    )
    return response
