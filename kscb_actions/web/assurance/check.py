"""The Board's check of what an agency reported done."""

from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from wtforms.validators import ValidationError

from kscb_actions import clock
from kscb_actions.access.policy import Permission
from kscb_actions.actions.listing import listed
from kscb_actions.actions.models import Action
from kscb_actions.actions.queries import get_action
from kscb_actions.assurance.models import Submission
from kscb_actions.assurance.overview import overview_of
from kscb_actions.assurance.queries import (
    evidence_of,
    last_judged,
    list_decisions,
    list_files,
    waiting_submission,
)
from kscb_actions.assurance.rules import EVIDENCE_KIND_NAMES
from kscb_actions.assurance.service import decide
from kscb_actions.text import clean_text
from kscb_actions.web.actions.action import AddingForm
from kscb_actions.web.shared.forms import radios, save_button, text_area
from kscb_actions.web.shared.guard import Access, viewer

from . import blueprint

ACCEPT, RETURN = "accept", "return"


class CheckForm(AddingForm):
    """Accept what was reported done, or return it; either with the reason."""

    decision = radios(
        "What do you decide?",
        [
            (ACCEPT, "Accept it: the evidence shows that it was done"),
            (RETURN, "Return it: something is missing"),
        ],
        "The agency sees your decision and the reason.",
    )
    reason = text_area(
        "What convinced you, or what is missing?",
        "If you accept it, name the evidence. If you return it, say what the agency has to show.",
    )
    submit = save_button("Save the decision")

    @property
    def is_accepted(self) -> bool:
        """Return whether it is to be accepted."""
        return bool(self.decision.data == ACCEPT)

    def validate_decision(self, field: object) -> None:
        """Ask for one of the two to be chosen."""
        if self.decision.data not in (ACCEPT, RETURN):
            raise ValidationError("Choose whether to accept or return it.")

    def validate_reason(self, field: object) -> None:
        """Ask for what the decision needs: how the evidence was judged, or what is missing."""
        if clean_text(self.reason.data or "").strip():
            return
        if self.decision.data == RETURN:
            raise ValidationError("Say what is missing, so that it can be put right.")
        raise ValidationError(
            "Say what convinced you." if self.is_accepted else "Say what convinced you, or what is missing."
        )


# How much of the story stands on the page; the rest is on the action's own.
SHORT = 6


@blueprint.route(
    "/reviews/<reference>/actions/<int:number>/check",
    access=Access(Permission.DECIDE_ASSURANCE, of=get_action),
    methods=["GET", "POST"],
)
def check(action: Action) -> Any:
    """Read the evidence beside what it is to show; accept it, or return it with what is missing."""
    submission = waiting_submission(action)
    if submission is None:
        return _nothing_to_check(action)
    submission.action = action
    form = CheckForm(version=str(action.version))
    if form.validate_on_submit() and form.attempt_on(action, lambda: _decide(submission, form)):
        flash(f"{action.reference} is {'accepted' if form.is_accepted else 'returned'}.", "success")
        return redirect(url_for("home.attention"))
    return _page(action, submission, form), form.status


def _decide(submission: Submission, form: CheckForm) -> None:
    decide(viewer(), submission, form.is_accepted, form.reason.data, form.seen_version)


def _page(action: Action, submission: Submission, form: CheckForm) -> str:
    if request.method == "POST":
        # A change that failed has left its values on the row that was read; the page shows what is kept.
        action = get_action(viewer(), action.review.reference, action.number) or action
    before = last_judged(action)
    return render_template(
        "assurance/check.html",
        form=form,
        action=action,
        row=listed(action, clock.today(), g.board.thresholds),
        submission=submission,
        evidence=evidence_of(submission),
        before=before,
        shown_before={each.id for each in evidence_of(before)} if before else set(),
        files=list_files(action),
        kind_names=EVIDENCE_KIND_NAMES,
        decisions=list_decisions(action),
        story=overview_of(viewer(), action).timeline[1 : SHORT + 1],
    )


def _nothing_to_check(action: Action) -> Any:
    decisions = list_decisions(action)
    page = render_template(
        "assurance/nothing_to_check.html",
        action=action,
        decision=decisions[-1] if decisions else None,
        typed=request.form.get("reason", ""),
    )
    return page, 409 if request.method == "POST" else 200
