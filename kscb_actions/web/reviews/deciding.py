"""The page on which the independent chair decides whether to hold a review."""

from typing import Any

from flask import flash, redirect, render_template, url_for

from kscb_actions import clock
from kscb_actions.access.policy import Permission
from kscb_actions.reviews.deciding import decide_review
from kscb_actions.reviews.guidance.rules import told_in_words, why_nothing_to_decide
from kscb_actions.reviews.models import Review
from kscb_actions.reviews.queries import get_review, list_clocks
from kscb_actions.reviews.rules import STAGE_NAMES, Stage
from kscb_actions.web.shared.guard import Access, viewer

from . import blueprint
from .forms import DecideForm


@blueprint.route(
    "/reviews/<reference>/decide",
    access=Access(Permission.DECIDE_REVIEW, of=get_review),
    methods=["GET", "POST"],
)
def decide(review: Review) -> Any:
    """Record the decision whether to hold a review."""
    form = DecideForm(data={"version": str(review.version)})
    nothing = why_nothing_to_decide(review.guidance, review.kind, review.stage)
    stands_at = STAGE_NAMES[Stage(review.stage)]
    if form.carried_out(lambda: _decide(form, review), DecideForm.filled):
        flash("Your decision is recorded.", "success")
        return redirect(url_for("reviews.show", reference=review.reference))
    return render_template(
        "reviews/decide.html",
        form=form,
        review=review,
        nothing=nothing,
        stands_at=stands_at,
        clocks=[
            told_in_words(row.kind, row.due_on, row.met_on, clock.today()) for row in list_clocks(review)
        ],
    ), form.status


def _decide(form: DecideForm, review: Review) -> Review:
    typed = (form.decided_on.data, form.rationale.data)
    return decide_review(viewer(), review, *typed, form.seen_version, form.outcome.data or "")
