"""Acknowledging a reminder: by when the agency does an action, and taking that back."""

from typing import Any

from flask import flash, redirect, render_template, request

from kscb_actions import clock
from kscb_actions.access.policy import Permission, Refused
from kscb_actions.actions.acknowledging.queries import list_said
from kscb_actions.actions.acknowledging.rules import (
    latest_day,
    standing,
    why_not_acknowledged,
    why_not_taken_back,
)
from kscb_actions.actions.acknowledging.service import acknowledge as say
from kscb_actions.actions.acknowledging.service import take_back
from kscb_actions.actions.models import Action, facts_of
from kscb_actions.actions.moves import moves_of_one
from kscb_actions.actions.queries import get_action
from kscb_actions.web.shared.forms import DayField, HouseForm, save_button
from kscb_actions.web.shared.guard import Access, viewer
from kscb_actions.web.shared.navigation import address_after, address_of
from kscb_actions.wording import date_uk

from . import blueprint

ADDRESS = "/reviews/<reference>/actions/<int:number>/acknowledge"
SAY = Access(Permission.UPDATE_ACTION, of=get_action)


class AcknowledgeForm(HouseForm):
    """By when an action is done."""

    until_on = DayField(
        "By when do you do it?", missing="Enter the day by which you do it.", called="The day"
    )
    submit = save_button("Seen, we do it by this day")


class TakeBackForm(HouseForm):
    """Take back what was said by mistake."""

    submit = save_button("Take it back")


@blueprint.route(ADDRESS, access=SAY, methods=["GET", "POST"])
def acknowledge(action: Action) -> Any:
    """Say by when the agency does an action; reminders wait until then."""
    said, today = list_said(action), clock.today()
    refusal = why_not_acknowledged(facts_of(action, moves_of_one(action.id)), said, today)
    # Only before anything is typed: what comes in later is refused beside what was typed.
    if refusal and request.method == "GET":
        raise Refused(refusal)
    form = AcknowledgeForm()
    if form.carried_out(lambda: say(viewer(), action, form.until_on.data)):
        until = date_uk(form.until_on.data)
        flash(f"Nobody is reminded of {action.reference} until {until}. Its due date stays.", "success")
        return redirect(address_after(action))
    page = render_template(
        "actions/acknowledge.html",
        form=form,
        action=action,
        back=address_after(action),
        latest=latest_day(said, action.current_due_on, today),
    )
    return page, form.status


@blueprint.route(f"{ADDRESS}/take-back", access=SAY, methods=["GET", "POST"])
def take_acknowledgement_back(action: Action) -> Any:
    """Take back by when it was to be done; reminders go on."""
    said = list_said(action)
    refusal = why_not_taken_back(said, action.current_due_on, clock.today())
    if refusal and request.method == "GET":
        raise Refused(refusal)
    form = TakeBackForm()
    if form.carried_out(lambda: take_back(viewer(), action)):
        flash(f"It is taken back: reminders of {action.reference} go on.", "success")
        return redirect(address_of(action))
    page = render_template(
        "actions/take_acknowledgement_back.html",
        form=form,
        action=action,
        back=address_of(action),
        said=standing(said, action.current_due_on),
    )
    return page, form.status
