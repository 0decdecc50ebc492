"""The Board's check of what an agency reported done."""

from typing import Any

from flask import flash, g, redirect, render_template, request, url_for

from .. import clock
from ..access.guard import Access, viewer
from ..access.policy import Permission
from ..actions.models import Action
from ..actions.queries import get_action, listed
from .blueprint import blueprint
from .check_forms import CheckForm
from .models import Submission
from .overview import overview_of
from .queries import evidence_of, list_decisions, list_files, waiting_submission
from .rules import EVIDENCE_KIND_NAMES
from .service import decide

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
    return render_template(
        "assurance/check.html",
        form=form,
        action=action,
        row=listed(action, clock.today(), g.board.thresholds),
        submission=submission,
        evidence=evidence_of(submission),
        files=list_files(action),
        kind_names=EVIDENCE_KIND_NAMES,
        decisions=list_decisions(action),
        story=overview_of(viewer(), action).story[1 : SHORT + 1],
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
