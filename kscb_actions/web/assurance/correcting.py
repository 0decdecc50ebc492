"""Pages on which a date that was typed wrongly is put right."""

from typing import Any

from flask import flash, redirect, render_template

from kscb_actions.access.policy import Permission, Refused
from kscb_actions.actions.models import Action
from kscb_actions.actions.queries import get_action
from kscb_actions.assurance.correcting.queries import dates_of, is_checked
from kscb_actions.assurance.correcting.rules import NAMES, Which, needs_reason
from kscb_actions.assurance.correcting.service import (
    correct_date,
    correct_evidence_date,
    require_correcting,
    require_redating,
)
from kscb_actions.assurance.models import Evidence
from kscb_actions.assurance.queries import get_evidence
from kscb_actions.assurance.voiding.queries import events_about
from kscb_actions.assurance.voiding.rules import acts_in_words
from kscb_actions.chasing.news.rules import Kind
from kscb_actions.web.news import who_hears
from kscb_actions.web.shared.forms import (
    DayField,
    HouseForm,
    options,
    radios,
    reason_area,
    save_button,
)
from kscb_actions.web.shared.guard import Access, viewer
from kscb_actions.web.shared.navigation import address_of
from kscb_actions.wording import date_uk

from . import blueprint
from .evidence import PIECE

NO_DATE = "No date is recorded. A first date is given with “Change the due date”."


class CorrectionForm(HouseForm):
    """The right date in the place of one that was typed wrongly."""

    which = radios("Which date is wrong?")
    to = DayField("What should it have been?", called="The right date")
    reason = reason_area("Why? (optional)", "For example: the year was typed wrongly.")
    submit = save_button("Put the date right")


class EvidenceDateForm(HouseForm):
    """The right date of a piece of evidence."""

    to = DayField("What date does it speak of?", called="The right date")
    reason = reason_area("Why? (optional)", "For example: the year was typed wrongly.")
    submit = save_button("Put the date right")


@blueprint.route(
    "/reviews/<reference>/actions/<int:number>/wrong-date",
    access=Access(Permission.EDIT_ACTION, of=get_action),
    methods=["GET", "POST"],
)
def correct_action_date(action: Action) -> Any:
    """Put right a due date, or the day on which an action was reported done."""
    require_correcting(viewer(), action)
    dates, events = dates_of(action), events_about(action)
    recorded = dates.dates_to_correct()
    if not recorded:
        raise Refused(NO_DATE)
    form = CorrectionForm(data={"version": str(action.version), "which": next(iter(recorded))})
    names = {**NAMES, Which.DUE: "Due date"} if dates.has_one_due_date else NAMES
    form.which.choices = options((which, f"{names[which]}: {date_uk(on)}") for which, on in recorded.items())
    _ask_why(form, needs_reason(events))
    if form.carried_out(
        lambda: correct_date(
            viewer(), action, form.which.data, form.to.data, form.reason.data, form.seen_version
        ),
        lambda now: {"to": getattr(now, form.which.data)},
    ):
        told = f"It does not count as an extension. {who_hears(Kind.DATE_PUT_RIGHT, action)}"
        flash(f"The date of {action.reference} is put right. {told}", "success")
        return redirect(address_of(action))
    return render_template(
        "assurance/correct_date.html",
        form=form,
        action=action,
        back=address_of(action),
        is_single=len(recorded) == 1,
        done=acts_in_words(events),
    ), form.status


@blueprint.route(
    f"{PIECE}/date", access=Access(Permission.READ_EVIDENCE, of=get_evidence), methods=["GET", "POST"]
)
def evidence_date(evidence: Evidence) -> Any:
    """Put right the date that a piece of evidence speaks of."""
    action, checked = evidence.action, is_checked(evidence)
    require_redating(viewer(), evidence, checked)
    was = evidence.dated_on
    form = EvidenceDateForm(data={"version": str(evidence.version)})
    _ask_why(form, checked)
    if form.carried_out(
        lambda: correct_evidence_date(viewer(), evidence, form.to.data, form.reason.data, form.seen_version),
        lambda now: {"to": now.dated_on},
    ):
        flash("The date of the evidence is put right.", "success")
        return redirect(address_of(action))
    return render_template(
        "assurance/correct_evidence_date.html",
        form=form,
        action=action,
        back=address_of(action),
        evidence=evidence,
        was=was,
        is_checked=checked,
    ), form.status


def _ask_why(form: Any, is_needed: bool) -> None:
    if is_needed:
        form.reason.label.text = "Why?"
