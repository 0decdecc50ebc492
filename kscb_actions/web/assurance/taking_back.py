"""The Board takes back what it decided or asked by mistake."""

from typing import Any

from flask import flash, redirect, render_template, request

from kscb_actions.access.policy import Permission, Refused
from kscb_actions.actions.models import Action
from kscb_actions.actions.queries import get_action
from kscb_actions.assurance.models import AssuranceDecision, CheckQuestion
from kscb_actions.assurance.taking_back.queries import why_decision_stays
from kscb_actions.assurance.taking_back.rules import HOW_LONG, NOTHING, Decided, last_decided
from kscb_actions.assurance.taking_back.service import take_decision_back as take_back
from kscb_actions.assurance.voiding.entries.queries import steps_of
from kscb_actions.web.actions.action import AddingForm
from kscb_actions.web.shared.forms import (
    reason_area,
    save_button,
)
from kscb_actions.web.shared.guard import Access, viewer
from kscb_actions.web.shared.navigation import address_of

from . import blueprint


class TakeDecisionBackForm(AddingForm):
    """Why a decision is taken back."""

    reason = reason_area(
        "Why is it taken back?",
        "The action’s story shows this reason, and no longer what was decided or asked. "
        "No names of children or families.",
    )
    submit = save_button("Take it back")


@blueprint.route(
    "/reviews/<reference>/actions/<int:number>/take-decision-back",
    access=Access(Permission.TAKE_DECISION_BACK, of=get_action),
    methods=["GET", "POST"],
)
def take_decision_back(action: Action) -> Any:
    """Take back what the Board did last to an action, on the same day and while its agency has not acted."""
    last = last_decided(steps_of(action))
    refusal = why_decision_stays(action, last)
    if refusal and request.method == "GET":
        raise Refused(refusal)
    form = TakeDecisionBackForm(version=str(action.version))
    if form.is_submitted() and form.attempt_on(
        action, lambda: take_back(viewer(), action, form.reason.data, form.seen_version)
    ):
        flash(
            f"The {last.called if last else 'decision'} of {action.reference} is taken back. "
            "Whoever was told of it is told at once.",
            "success",
        )
        return redirect(address_of(action))
    if request.method == "POST":
        last = last_decided(steps_of(action))
    page = render_template(
        "assurance/take_decision_back.html",
        form=form,
        action=action,
        last=last,
        text=_text_of(last) if last else "",
        how_long=HOW_LONG if last else NOTHING,
    )
    return page, 409 if form.form_errors else form.status


def _text_of(last: Decided) -> str:
    """Return what was said with a decision, or asked."""
    if last.what == "asked":
        return str(CheckQuestion.get_by_id(last.row_id).text)
    return str(AssuranceDecision.get_by_id(last.row_id).reason)
