"""Pages of signing in, signing out and passwords."""

from typing import Any

from flask import current_app, flash, g, redirect, render_template, request, url_for
from flask_login import current_user, login_user, logout_user

from .. import clock
from ..access.guard import PUBLIC, SIGNED_IN
from ..access.policy import ROLE_NAMES
from ..mail.letters import send_reset
from ..text import InvalidInput
from .blueprint import blueprint
from .forms import ChangePasswordForm, ForgottenForm, NewPasswordForm, SignInForm
from .kept_form import TARGET, go_on, kept_fields, local_target
from .models import User
from .queries import demonstration_accounts
from .service import change_password, person_of_link, set_password
from .sessions import SignedInUser
from .sign_in import TooManyTries, check_password


@blueprint.route("/sign-in", access=PUBLIC, methods=["GET", "POST"])
def sign_in() -> Any:
    """Sign in; with a kept form, go on with it afterwards."""
    form = SignInForm()
    if form.validate_on_submit():
        try:
            user = check_password(form.email.data, form.password.data)
        except TooManyTries:
            return render_template("errors/429.html"), 429
        if user:
            return _let_in(user)
        form.email.errors = ["The email address or the password is wrong. Check both and try again."]
    return _sign_in_page(form)


@blueprint.route("/sign-out", access=SIGNED_IN, methods=["POST"])
def sign_out() -> Any:
    """End this session for good."""
    logout_user()
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
    if person is None:
        return render_template("people/link_dead.html"), 404
    form = NewPasswordForm()
    if form.validate_on_submit():
        try:
            set_password(person, form.password.data)
        except InvalidInput as wrong:
            form.password.errors = [wrong.errors["password"]]
        else:
            flash("Your password is set. Sign in with it.", "success")
            return redirect(url_for("people.sign_in"))
    intro = f"For {person.name}, {person.email}."
    return render_template("people/password.html", form=form, title="Set your password", intro=intro)


@blueprint.route("/account", access=SIGNED_IN, methods=["GET", "POST"])
def account() -> Any:
    """Change one's own password."""
    form = ChangePasswordForm()
    if form.validate_on_submit():
        person = User.get_by_id(current_user.id)
        try:
            change_password(person, form.present.data, form.password.data)
        except InvalidInput as wrong:
            for field, message in wrong.errors.items():
                form[field].errors = [message]
        else:
            logout_user()
            flash("Your password is changed. Sign in with the new one.", "success")
            return redirect(url_for("people.sign_in"))
    roles = ", ".join(name for role, name in ROLE_NAMES.items() if role in current_user.viewer.roles)
    intro = f"{current_user.viewer.name}, {current_user.viewer.email}. {roles}."
    return render_template("people/password.html", form=form, title="Your account", intro=intro)


def _let_in(user: User) -> Any:
    target, kept = local_target(request.form.get(TARGET)), kept_fields()
    login_user(SignedInUser(user))
    if target:
        return go_on(target, kept)
    return redirect(local_target(request.args.get("next")) or url_for("home.index"))


def _sign_in_page(form: SignInForm) -> Any:
    accounts, demo_password = demonstration_accounts() if g.board.fixed_today else ([], "")
    return render_template(
        "people/sign_in.html",
        form=form,
        kept=kept_fields() if request.method == "POST" else {},
        kept_target=local_target(request.form.get(TARGET)),
        next_target=local_target(request.args.get("next")),
        accounts=accounts,
        demo_password=demo_password,
        today=clock.today(),
    )
