"""Deciding what takes the place of an action that its agency says cannot be done."""

from typing import Any

from flask import flash, g, redirect, render_template, request, url_for

from kscb_actions import clock
from kscb_actions.access.policy import Permission, may
from kscb_actions.actions.another_way.rules import (
    NOTHING_TO_DECIDE,
    OUTCOME_NAMES,
    Outcome,
    awaits_decision,
)
from kscb_actions.actions.another_way.service import decide_impossible as decide
from kscb_actions.actions.listing import list_one
from kscb_actions.actions.models import Action, facts_of
from kscb_actions.actions.moves import moves_of_one
from kscb_actions.actions.queries import get_action, last_update
from kscb_actions.actions.rating import legend
from kscb_actions.actions.rules import PROGRESS_NAMES
from kscb_actions.chasing.news.rules import Kind
from kscb_actions.terms import say
from kscb_actions.web.news import who_hears
from kscb_actions.web.shared.forms import (
    radios,
    reason_area,
    save_button,
)
from kscb_actions.web.shared.guard import Access, viewer
from kscb_actions.web.shared.navigation import address_of

from . import blueprint
from .action import ADDRESS, AddingForm


class ImpossibleForm(AddingForm):
    """What takes the place of what cannot be done."""

    outcome = radios("What takes its place?", OUTCOME_NAMES.items())
    reason = reason_area("Why?", "The agency sees the reason, and it stays with the action.")
    submit = save_button("Save the decision")


@blueprint.route(
    f"{ADDRESS}/cannot-be-done",
    access=Access(Permission.DECIDE_EXTENSION, of=get_action),
    methods=["GET", "POST"],
)
def decide_impossible(action: Action) -> Any:
    """Send it back to the agency for another way, or supersede or withdraw it, with the reason."""
    if request.method == "GET" and not awaits_decision(facts_of(action, moves_of_one(action.id))):
        flash(NOTHING_TO_DECIDE, "important")
        return redirect(address_of(action))
    form = ImpossibleForm(version=str(action.version))
    if form.is_submitted() and form.attempt_on(action, lambda: _decide(action, form)):
        return _onward(action, form.outcome.data)
    shown = get_action(viewer(), action.review.reference, action.number) or action
    return render_template(
        "actions/decide_impossible.html",
        form=form,
        action=shown,
        row=list_one(shown, clock.today(), g.board.thresholds),
        update=last_update(shown),
        progress_names=PROGRESS_NAMES,
        records=bool(may(viewer(), Permission.EDIT_ACTION)),
        legend=legend(g.board.thresholds),
    ), form.status


def _decide(action: Action, form: ImpossibleForm) -> None:
    decide(viewer(), action, form.outcome.data, form.reason.data, form.seen_version)


def _onward(action: Action, outcome: str) -> Any:
    if outcome == Outcome.ANOTHER_WAY:
        told = who_hears(Kind.ANOTHER_WAY, action)
        flash(f"{action.reference} is back with its agency, which is to find another way. {told}", "success")
        return redirect(address_of(action))
    if outcome == Outcome.WITHDRAWN:
        flash(f"{action.reference} is withdrawn.", "success")
        return redirect(address_of(action))
    told = f"{action.reference} is superseded."
    if not may(viewer(), Permission.EDIT_ACTION):
        flash(say("{told} The board manager records the action that takes its place.", told=told), "success")
        return redirect(address_of(action))
    flash(f"{told} Record the action that takes its place here.", "success")
    number = action.recommendation.number
    return redirect(url_for("actions.new", reference=action.review.reference, number=number))
