"""Pages of referrals to the SCR subgroup: the co-ordinator records them, the subgroup's chair answers."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from wtforms import HiddenField

from kscb_actions import clock
from kscb_actions.access.policy import Permission, may
from kscb_actions.child_deaths.cases.models import ChildDeath
from kscb_actions.child_deaths.cases.words import facts_for_referral
from kscb_actions.child_deaths.learning.models import Referral, ReferralAnswer
from kscb_actions.child_deaths.learning.referrals import (
    answer_referral,
    answers_to,
    get_referral,
    list_referrals,
    needs_referral,
    record_referral,
    referrals_of,
)
from kscb_actions.child_deaths.learning.rules import OUTCOMES
from kscb_actions.child_deaths.visibility import get_death
from kscb_actions.reviews.queries import get_review, list_references
from kscb_actions.reviews.rules import clock_words
from kscb_actions.terms import say_all
from kscb_actions.text import whole_number
from kscb_actions.web.shared.forms import DayField, HouseForm, options, radios, save_button, select, text_area
from kscb_actions.web.shared.guard import Access, viewer

from . import panel_pages, referral_pages

ANSWERS = say_all({"yes": "Refer the death to the SCR subgroup", "no": "Do not refer it"})


class ReferForm(HouseForm):
    """Ask whether a death is referred, with the reason."""

    is_referred = radios("Is the death referred?", ANSWERS.items())
    reason = text_area("Reason", "The subgroup reads it if you refer. No names, dates of birth or addresses.")
    decided_on = DayField("When was this decided?", called="Date of the decision")
    submit = save_button("Record")

    @property
    def answer(self) -> bool | None:
        """Return the answer; None when there is none."""
        return {"yes": True, "no": False}.get(self.is_referred.data)


class ReferralAnswerForm(HouseForm):
    """Ask what the subgroup decided on a referral; `seen` is how many answers this person has seen."""

    outcome = radios("What did the subgroup decide?", OUTCOMES.items())
    reason = text_area("Reason", "The panel’s co-ordinator reads it.")
    answered_on = DayField("When was this decided?", called="Date of the decision")
    review = select("The review, if it is recorded here (optional)", wrong="Choose a review from the list.")
    correction_reason = text_area("Why is the answer corrected?", "The answer as it was stays readable.")
    seen = HiddenField()
    submit = save_button("Record the answer")

    def offer(self, references: list[str], is_correction: bool) -> None:
        """Put these reviews on offer; ask for the reason of a correction, where it is one."""
        self.review.choices = options([("", "None"), *((each, each) for each in references)])
        if not is_correction:
            del self.correction_reason

    @staticmethod
    def filled(answers: list[ReferralAnswer]) -> dict[str, Any]:
        """Return what stands in the form: the answer that is to be corrected."""
        if not answers:
            return {"seen": "0"}
        last = answers[-1]
        return {
            "seen": str(len(answers)),
            "outcome": last.outcome,
            "reason": last.reason,
            "answered_on": last.answered_on,
            "review": seen_review(last),
        }


@referral_pages.route("/referrals", access=Access(Permission.READ_REFERRAL))
def index() -> Any:
    """List what the panel referred to the SCR subgroup: what waits for an answer first."""
    return render_template(
        "child_deaths/learning/referrals.html",
        rows=[(row, answer, _when(row, answer)) for row, answer in list_referrals(viewer())],
        outcomes=OUTCOMES,
    )


@referral_pages.route(
    "/referrals/<int:referral_id>", access=Access(Permission.READ_REFERRAL, of=get_referral)
)
def show(referral: Referral) -> Any:
    """Show one referral: as much of the death as the subgroup needs, and its answer."""
    answers = answers_to(referral)
    return render_template(
        "child_deaths/learning/referral.html",
        referral=referral,
        facts=facts_for_referral(referral.death),
        answers=[(each, seen_review(each)) for each in reversed(answers)],
        when=_when(referral, answers[-1] if answers else None),
        outcomes=OUTCOMES,
        may_answer=bool(may(viewer(), Permission.ANSWER_REFERRAL)),
    )


@referral_pages.route(
    "/referrals/<int:referral_id>/answer",
    access=Access(Permission.ANSWER_REFERRAL, of=get_referral),
    methods=["GET", "POST"],
)
def answer(referral: Referral) -> Any:
    """Record the subgroup's answer, or correct the one that stands."""
    answers = answers_to(referral)
    form = ReferralAnswerForm(data=ReferralAnswerForm.filled(answers))
    form.offer(list_references(viewer()), bool(answers))
    if form.carried_out(lambda: _answer(form, referral)):
        done = "corrected" if answers else "recorded"
        flash(f"The answer is {done}. The panel’s co-ordinator sees it.", "success")
        return redirect(url_for("referrals.show", referral_id=referral.id))
    return render_template("child_deaths/learning/referral_answer.html", form=form, referral=referral)


@panel_pages.route(
    "/deaths/<int:death_id>/referral",
    access=Access(Permission.KEEP_PANELS, of=get_death),
    methods=["GET", "POST"],
)
def refer(death: ChildDeath) -> Any:
    """Record whether a death is referred; and show every earlier decision on it."""
    form = ReferForm(data={"decided_on": clock.today()})
    if form.carried_out(
        lambda: record_referral(viewer(), death, form.answer, form.reason.data, form.decided_on.data)
    ):
        flash("The referral decision is recorded.", "success")
        return redirect(url_for("panels.refer", death_id=death.id))
    story = referrals_of(viewer(), death)
    return render_template(
        "child_deaths/learning/refer.html",
        form=form,
        death=death,
        asks=bool(needs_referral(viewer(), death)),
        story=[
            (row, [(each, seen_review(each)) for each in given], _when(row, given[0] if given else None))
            for row, given in story
        ],
        is_open=any(row.is_referred and not given for row, given in story),
        outcomes=OUTCOMES,
    )


def seen_review(answer: ReferralAnswer) -> str:
    """Return the reference of the review an answer names, for whoever may see that review; else ""."""
    if answer.review is None:
        return ""
    review = get_review(viewer(), answer.review.reference)
    return str(review.reference) if review else ""


def _when(referral: Referral, answer: ReferralAnswer | None) -> str:
    if referral.due_on is None:
        return ""
    return clock_words(referral.due_on, answer.answered_on if answer else None, clock.today())


def _answer(form: ReferralAnswerForm, referral: Referral) -> ReferralAnswer:
    review = get_review(viewer(), form.review.data) if form.review.data else None
    typed = (form.outcome.data, form.reason.data, form.answered_on.data)
    why = form.correction_reason.data if form.correction_reason else ""
    return answer_referral(viewer(), referral, *typed, review, why, whole_number(form.seen.data) or 0)
