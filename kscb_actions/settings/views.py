"""The page of the board's settings, and its colour for every page."""

from typing import Any

from flask import Response, flash, g, redirect, render_template, url_for

from ..access.guard import PUBLIC, Access, viewer
from ..access.policy import Permission
from ..audit.queries import last_event_of_kind
from .blueprint import blueprint
from .forms import SettingsForm, typed
from .models import Setting
from .queries import get_board, settings_version
from .service import StaleSettings, change_settings


@blueprint.route("/settings", access=Access(Permission.MANAGE_SETTINGS), methods=["GET", "POST"])
def edit() -> Any:
    """Change the board's settings."""
    form = SettingsForm(data={**typed(g.board), "version": settings_version()})
    if form.validate_on_submit():
        try:
            if form.attempt(lambda: change_settings(viewer(), form.values, form.seen_version)):
                flash("The settings are saved.", "success")
                return redirect(url_for("settings.edit"))
        except StaleSettings:
            form.show_conflict(get_board(), settings_version(), last_event_of_kind(Setting))
    return render_template("settings/edit.html", form=form), form.status


@blueprint.route("/board.css", access=PUBLIC)
def board_css() -> Response:
    """The board's colour, and the colour of text on it."""
    style = f":root {{ --board-colour: {g.board.colour}; --board-text: #ffffff; }}\n"
    return Response(style, mimetype="text/css")
