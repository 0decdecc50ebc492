"""Pauses of reminders: set one, end one."""

from typing import Any

from flask import flash, redirect, render_template, url_for

from kscb_actions.access.policy import Permission
from kscb_actions.chasing.ladder.models import ReminderPause
from kscb_actions.chasing.ladder.queries import get_pause
from kscb_actions.chasing.ladder.service import end_pause, pause_reminders
from kscb_actions.people.queries import get_agency, list_agencies
from kscb_actions.reviews.queries import get_review, list_references
from kscb_actions.web.shared.forms import options
from kscb_actions.web.shared.guard import Access, viewer
from kscb_actions.wording import date_uk

from . import blueprint
from .forms import EndForm, PauseForm

ROOT = "/settings/reminders/pauses"


@blueprint.route(f"{ROOT}/new", access=Access(Permission.MANAGE_SETTINGS), methods=["GET", "POST"])
def new_pause() -> Any:
    """Pause the reminders of a review, or of what an agency owes."""
    form = PauseForm()
    none = ("", "None")
    form.review.choices = options([none, *((each, each) for each in list_references(viewer()))])
    form.agency.choices = options([none, *((each.code, each.name) for each in list_agencies())])
    if form.is_submitted():
        review, agency = get_review(viewer(), form.review.data), get_agency(viewer(), form.agency.data)
        until_on, reason = form.until_on.data, form.reason.data
        if form.carried_out(lambda: pause_reminders(viewer(), review, agency, reason, until_on)):
            flash(
                f"Nobody is reminded of it until {date_uk(until_on)}; then it goes on by itself.", "success"
            )
            return redirect(url_for("reminders.index"))
    return render_template("reminders/pause.html", form=form), form.status


@blueprint.route(
    f"{ROOT}/<int:pause_id>/end",
    access=Access(Permission.MANAGE_SETTINGS, of=get_pause),
    methods=["GET", "POST"],
)
def resume(pause: ReminderPause) -> Any:
    """End a pause early."""
    form = EndForm(data={"version": pause.version})
    if form.carried_out(lambda: end_pause(viewer(), pause, form.seen_version)):
        flash("Reminders go on from today: what fell due meanwhile comes once.", "success")
        return redirect(url_for("reminders.index"))
    return render_template("reminders/resume.html", form=form, pause=pause), form.status
