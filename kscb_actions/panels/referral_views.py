"""Referrals of deaths to the SCR subgroup: the co-ordinator records them, the subgroup's chair answers."""

from typing import Any

from flask import flash, redirect, render_template, url_for

from .. import clock
from ..access.guard import Access, viewer
from ..access.policy import Permission, may
from ..deaths.models import ChildDeath
from ..deaths.queries import get_death
from ..reviews.queries import get_review, list_references
from ..reviews.rules import clock_words
from .blueprint import blueprint, referrals
from .models import Referral, ReferralAnswer
from .pseudonymous import facts_for_referral
from .referral_forms import AnswerForm, ReferForm
from .referrals import (
    answer_referral,
    answer_to,
    get_referral,
    list_referrals,
    needs_referral,
    record_referral,
    story_of,
)
from .rules import OUTCOMES


@referrals.route("/referrals", access=Access(Permission.READ_REFERRAL))
def index() -> Any:
    """What the panel referred to the SCR subgroup: what waits for an answer first."""
    return render_template(
        "panels/referrals.html",
        rows=[(row, answer, _when(row, answer)) for row, answer in list_referrals(viewer())],
        outcomes=OUTCOMES,
    )


@referrals.route("/referrals/<int:referral_id>", access=Access(Permission.READ_REFERRAL, of=get_referral))
def show(referral: Referral) -> Any:
    """One referral: as much of the death as the subgroup needs, and its answer."""
    answer = answer_to(referral)
    return render_template(
        "panels/referral.html",
        referral=referral,
        facts=facts_for_referral(referral.death),
        answer=answer,
        review=seen_review(answer),
        when=_when(referral, answer),
        outcomes=OUTCOMES,
        may_answer=bool(may(viewer(), Permission.ANSWER_REFERRAL)) and answer is None,
    )


@referrals.route(
    "/referrals/<int:referral_id>/answer",
    access=Access(Permission.ANSWER_REFERRAL, of=get_referral),
    methods=["GET", "POST"],
)
def answer(referral: Referral) -> Any:
    """The subgroup's answer."""
    if answer_to(referral) is not None:
        flash("The subgroup has answered this referral already.", "important")
        return redirect(url_for("referrals.show", referral_id=referral.id))
    form = AnswerForm()
    form.offer(list_references(viewer()))
    if form.validate_on_submit() and form.attempt(lambda: _answer(form, referral)):
        flash("The answer is recorded. The panel’s co-ordinator sees it.", "success")
        return redirect(url_for("referrals.show", referral_id=referral.id))
    return render_template("panels/referral_answer.html", form=form, referral=referral)


@blueprint.route(
    "/deaths/<int:death_id>/referral",
    access=Access(Permission.KEEP_PANELS, of=get_death),
    methods=["GET", "POST"],
)
def refer(death: ChildDeath) -> Any:
    """Record whether a death is referred; and everything said of it before."""
    form = ReferForm(data={"decided_on": clock.today()})
    if form.validate_on_submit() and form.attempt(
        lambda: record_referral(viewer(), death, form.said, form.reason.data, form.decided_on.data)
    ):
        flash("The referral decision is recorded.", "success")
        return redirect(url_for("panels.refer", death_id=death.id))
    story = story_of(viewer(), death)
    return render_template(
        "panels/refer.html",
        form=form,
        death=death,
        asks=bool(needs_referral(viewer(), death)),
        story=[(row, given, _when(row, given), seen_review(given)) for row, given in story],
        is_open=any(row.is_referred and given is None for row, given in story),
        outcomes=OUTCOMES,
    )


def seen_review(answer: ReferralAnswer | None) -> str:
    """The reference of the review an answer names, for whoever may see that review; else ""."""
    if answer is None or answer.review is None:
        return ""
    review = get_review(viewer(), answer.review.reference)
    return str(review.reference) if review else ""


def _when(referral: Referral, answer: ReferralAnswer | None) -> str:
    if referral.due_on is None:
        return ""
    return clock_words(referral.due_on, answer.answered_on if answer else None, clock.today())


def _answer(form: AnswerForm, referral: Referral) -> ReferralAnswer:
    review = get_review(viewer(), form.review.data) if form.review.data else None
    typed = (form.outcome.data, form.reason.data, form.answered_on.data)
    return answer_referral(viewer(), referral, *typed, review)
