"""One action moves to another agency."""

from typing import Any

from flask import flash, redirect, render_template

from kscb_actions.access.policy import Permission
from kscb_actions.actions.models import Action
from kscb_actions.actions.queries import get_action
from kscb_actions.audit.service import StaleEdit
from kscb_actions.people.succession import heir
from kscb_actions.upkeep.moving.service import move_action
from kscb_actions.web.news import who_hears_of_lead
from kscb_actions.web.shared.guard import Access, viewer
from kscb_actions.web.shared.navigation import address_of

from . import blueprint
from .forms import MoveOneForm

STALE = "Somebody has changed this action since you looked. Look at it again, then save."


@blueprint.route(
    "/reviews/<reference>/actions/<int:number>/agency",
    access=Access(Permission.EDIT_ACTION, of=get_action),
    methods=["GET", "POST"],
)
def move(action: Action) -> Any:
    """Move an action to another agency, with its history."""
    following = heir(action.agency)
    form = MoveOneForm(
        version=str(action.version),
        to=str(following.id) if following else "",
        on=action.agency.closed_on,
        reason=f"{action.agency.name} has closed." if following else "",
    )
    form.offer()
    moved: list[Action] = []
    was = action.agency_id, action.lead_id
    if form.is_submitted() and _try(form, lambda: moved.append(_move(action, form))):
        told = who_hears_of_lead(moved[0], *was)
        flash(f"{moved[0].reference} is with {moved[0].agency.name} now. {told}", "success")
        return redirect(address_of(action))
    shown = get_action(viewer(), action.review.reference, action.number) or action
    return render_template("upkeep/move.html", form=form, action=shown, back=address_of(shown)), form.status


def _move(action: Action, form: MoveOneForm) -> Action:
    return move_action(viewer(), action, form.move(), form.seen_version)


def _try(form: MoveOneForm, operation: Any) -> bool:
    try:
        return form.carried_out(operation)
    except StaleEdit as stale:
        form.version.data = str(stale.current.version)
        form.form_errors.append(STALE)
        return False
