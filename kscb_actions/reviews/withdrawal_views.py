"""Pages with which a board manager withdraws a recommendation and brings it back."""

from typing import Any

from flask import flash, redirect, render_template, request

from ..access.guard import Access, viewer
from ..access.policy import Permission
from ..actions.withdrawing import bring_back_recommendation, list_unfinished, withdraw_recommendation
from .blueprint import blueprint
from .forms import BringBackForm, WithdrawForm
from .models import Recommendation
from .queries import get_recommendation
from .recommendation_views import BELOW, place_of, turn_away

EDIT = Access(Permission.EDIT_REVIEW, of=get_recommendation)


@blueprint.route(f"{BELOW}/<int:number>/withdraw", access=EDIT, methods=["GET", "POST"])
def withdraw(recommendation: Recommendation) -> Any:
    """Withdraw a recommendation, once none of its actions may still need doing."""
    if recommendation.withdrawn_on and request.method == "GET":
        return turn_away(recommendation, f"Recommendation {recommendation.number} is withdrawn already.")
    form = WithdrawForm(data={"version": str(recommendation.version)})
    if form.validate_on_submit() and form.attempt(
        lambda: withdraw_recommendation(viewer(), recommendation, form.reason.data, form.seen_version),
        WithdrawForm.filled,
    ):
        flash(f"Recommendation {recommendation.number} is withdrawn.", "success")
        return redirect(place_of(recommendation))
    unfinished = list_unfinished(recommendation)
    return render_template(
        "reviews/withdraw.html", form=form, recommendation=recommendation, unfinished=unfinished
    ), form.status


@blueprint.route(f"{BELOW}/<int:number>/bring-back", access=EDIT, methods=["GET", "POST"])
def bring_back(recommendation: Recommendation) -> Any:
    """Let a withdrawn recommendation stand again."""
    if recommendation.withdrawn_on is None and request.method == "GET":
        return turn_away(recommendation, f"Recommendation {recommendation.number} is not withdrawn.")
    on, because = recommendation.withdrawn_on, recommendation.withdrawn_reason
    form = BringBackForm(data={"version": str(recommendation.version)})
    if form.validate_on_submit() and form.attempt(
        lambda: bring_back_recommendation(viewer(), recommendation, form.reason.data, form.seen_version),
        BringBackForm.filled,
    ):
        flash(f"Recommendation {recommendation.number} stands again.", "success")
        return redirect(place_of(recommendation))
    return render_template(
        "reviews/bring_back.html", form=form, recommendation=recommendation, on=on, because=because
    ), form.status
