"""The page of the board's settings, and its colour for every page."""

from datetime import date
from typing import Any

from flask import Response, flash, g, redirect, render_template, url_for

from kscb_actions import clock
from kscb_actions.access.policy import Permission
from kscb_actions.audit.models import AuditEvent
from kscb_actions.audit.queries import last_event_of_kind
from kscb_actions.settings.models import Setting
from kscb_actions.settings.queries import get_board, settings_version
from kscb_actions.settings.rules import GUIDANCE_NAMES, Board, Guidance, read_count
from kscb_actions.settings.service import StaleSettings, change_settings
from kscb_actions.text import as_address, one_line
from kscb_actions.web.shared.forms import (
    Conflict,
    DayField,
    Difference,
    HouseForm,
    actor_of,
    came_first,
    checkbox,
    radios,
    save_button,
    text_line,
    who_saved,
)
from kscb_actions.web.shared.guard import PUBLIC, Access, viewer
from kscb_actions.wording import date_uk

from . import blueprint

TEXTS = ("name", "short_name", "colour", "marking", "post", "telephone")
COUNTS = ("due_soon_days", "silent_days", "many_extensions")


class SettingsForm(HouseForm):
    """The board's name and look, and the thresholds of rating."""

    name = text_line("Name of the board", "As it stands on every page and paper.")
    short_name = text_line("Short name", "Where the whole name is too long.")
    colour = text_line(
        "Colour of the page header", "# and six hexadecimal digits, like #003a5d. White text stands on it."
    )
    marking = text_line("Protective marking", "Printed on every page and paper, like OFFICIAL-SENSITIVE.")
    reply_to = text_line(
        "Mailbox for replies",
        "Replies to the tracker’s mail go there. If it is empty, each message says that nobody reads any.",
    )
    post = text_line("Who signs papers", "The post under the board’s papers, like Board manager.")
    telephone = text_line("Telephone", "Under papers, beside the mailbox for replies. Leave empty for none.")
    due_soon_days = text_line(
        "Days before the due date", "An action due within so many days and not submitted is amber."
    )
    silent_days = text_line(
        "Days without an update", "An action nobody has reported on for so many days is amber."
    )
    many_extensions = text_line("Extensions", "An action extended so often is amber.")
    has_child_deaths = checkbox(
        "This board’s child-death panel works here",
        "Without the tick nobody sees, is sent or can do anything of child deaths, whatever their roles. "
        "Nothing is deleted: with the tick all of it is back.",
    )
    forms_2018_since = DayField(
        "Deaths from which day are reviewed by the forms of 2018?",
        called="Day from which the forms of 2018 are used",
        description="Earlier deaths keep the fields of 2008 to 2018. No case is changed.",
    )
    impact_months = text_line(
        "Months until a recommendation comes back",
        "So long after the last of its actions was accepted: what difference did it make for children?",
    )
    guidance = radios(
        "Which guidance do new reviews go by?",
        GUIDANCE_NAMES.items(),
        "No review there is changes. Each can be recorded by the other too, and says which it goes by.",
    )
    submit = save_button()

    @property
    def values(self) -> dict[str, Any]:
        """Return what was typed, for the service; what is no number is None."""
        texts = {name: one_line(self[name].data) for name in TEXTS}
        counts = {name: read_count(self[name].data) for name in (*COUNTS, "impact_months")}
        mailbox = one_line(self.reply_to.data)
        texts["reply_to"] = as_address(mailbox) or mailbox
        since = self.forms_2018_since.data
        return {
            **texts,
            **counts,
            "has_child_deaths": bool(self.has_child_deaths.data),
            "forms_2018_since": since.isoformat() if since else "",
            "guidance": self.guidance.data,
        }

    def differences(self, board: Board) -> list[Difference]:
        """Return where what was typed is not what is saved now."""
        return [
            Difference(self[name].label.text, _in_words(theirs), _in_words(self[name].data))
            for name, theirs in typed(board).items()
            if theirs != self[name].data
        ]

    def show_conflict(self, board: Board, version: int, event: AuditEvent | None) -> None:
        """Show both texts, and who saved by the newest `event`; saving once more overwrites knowingly."""
        self.version.data = str(version)
        self.form_errors.append(f"{came_first(actor_of(event))} Compare the two texts, then save again.")
        who, at = who_saved(event), event.at if event else None
        self.conflict = Conflict(self.differences(board), who, at)


def _in_words(value: str | bool | date | None) -> str:
    if isinstance(value, date):
        return date_uk(value)
    if value is None:
        return "no date"
    if isinstance(value, bool):
        return "ticked" if value else "not ticked"
    return GUIDANCE_NAMES[Guidance(value)] if value in GUIDANCE_NAMES else value


def typed(board: Board) -> dict[str, str | bool | date]:
    """Return the settings as they are typed."""
    limits = board.thresholds
    return {
        "name": board.name,
        "short_name": board.short_name,
        "colour": board.colour,
        "marking": board.marking,
        "reply_to": board.reply_to,
        "post": board.post,
        "telephone": board.telephone,
        "has_child_deaths": board.has_child_deaths,
        "forms_2018_since": board.forms_2018_since,
        "impact_months": str(board.impact_months),
        "guidance": board.guidance_on(clock.today()).value,
        **{name: str(getattr(limits, name)) for name in COUNTS},
    }


@blueprint.route("/settings", access=Access(Permission.MANAGE_SETTINGS), methods=["GET", "POST"])
def edit() -> Any:
    """Change the board's settings."""
    form = SettingsForm(data={**typed(g.board), "version": settings_version()})
    if form.is_submitted():
        try:
            if form.carried_out(lambda: change_settings(viewer(), form.values, form.seen_version)):
                flash("The settings are saved.", "success")
                return redirect(url_for("settings.edit"))
        except StaleSettings:
            form.show_conflict(get_board(), settings_version(), last_event_of_kind(Setting))
    return render_template("settings/edit.html", form=form), form.status


@blueprint.route("/board.css", access=PUBLIC)
def board_css() -> Response:
    """Give the board's colour, the colour of text on it, and what every printed page of it says."""
    style = f":root {{ --board-colour: {g.board.colour}; --board-text: #ffffff; }}\n"
    if g.board.notice:
        style += f'@page {{ @top-center {{ content: "{g.board.notice}"; }} }}\n'
    return Response(style, mimetype="text/css")
