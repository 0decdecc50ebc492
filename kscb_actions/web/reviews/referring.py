"""Pages on which an agency refers the case of a living child, and the subgroup answers it."""

from typing import Any

from flask import current_app, flash, redirect, render_template, request, url_for
from wtforms import HiddenField

from kscb_actions import clock
from kscb_actions.access.policy import Permission, Reach, Refused, may, reach
from kscb_actions.people.models import Agency
from kscb_actions.people.queries import list_agencies
from kscb_actions.reviews.models import Review
from kscb_actions.reviews.queries import get_review, list_references
from kscb_actions.reviews.referring.models import CaseReferral, CaseReferralAnswer
from kscb_actions.reviews.referring.queries import answers_to, get_referral, list_referrals
from kscb_actions.reviews.referring.rules import (
    ANSWERED,
    OUTCOME_NAMES,
    WITHDRAWN,
    AnswerFacts,
    ReferralFacts,
)
from kscb_actions.reviews.referring.service import answer_case, refer_case, withdraw_referral
from kscb_actions.reviews.rules import clock_words
from kscb_actions.terms import say
from kscb_actions.text import InvalidInput, whole_number
from kscb_actions.web.shared.forms import (
    DayField,
    HouseForm,
    options,
    radios,
    reason_area,
    save_button,
    select,
    text_area,
)
from kscb_actions.web.shared.guard import Access, viewer

from . import blueprint

ALL = "/case-referrals"
ONE = f"{ALL}/<int:referral_id>"


class ReferCaseForm(HouseForm):
    """A case to refer. An agency's own people do not choose the agency."""

    agency = select("Agency that refers the case", wrong="Choose the agency that refers the case.")
    happened_on = DayField("When did it happen, or become known? (optional)", called="Date of the incident")
    summary = text_area("What happened?", "No names, dates of birth or addresses, of children or of adults.")
    reason = reason_area(
        "Why should the subgroup consider a review?",
        "For example: serious harm, abuse or neglect known or suspected, concern about how agencies worked "
        "together.",
    )
    submit = save_button("Refer the case")

    def offer(self, agencies: list[Agency]) -> None:
        """Let the agency be chosen; with none to choose from it is the person's own."""
        if not agencies:
            del self.agency
            return
        named = [(each.code, each.name) for each in agencies]
        self.agency.choices = options([("", "Choose an agency"), *named])

    def facts(self) -> ReferralFacts:
        """Return what was typed."""
        return ReferralFacts(self.summary.data or "", self.reason.data or "", self.happened_on.data)


class AnswerCaseForm(HouseForm):
    """What the subgroup decided of a case."""

    seen = HiddenField()
    outcome = radios("What did the subgroup decide?", OUTCOME_NAMES.items())
    reason = reason_area("Why?", "The agency reads it. No names.")
    answered_on = DayField("When was it decided?", called="Date of the decision")
    review = select("The review, if it is recorded here (optional)", wrong="Choose a review from the list.")
    submit = save_button("Record the answer")

    def offer(self, references: list[str]) -> None:
        """Let one of these reviews be chosen."""
        self.review.choices = options([("", "None"), *((each, each) for each in references)])


class WithdrawReferralForm(HouseForm):
    """Why a referral is taken back."""

    reason = reason_area("Why is it withdrawn?", "For example: it was referred already.")
    submit = save_button("Withdraw the referral")


@blueprint.route(ALL, access=Access(Permission.READ_CASE_REFERRAL))
def case_referrals() -> Any:
    """List the cases that agencies referred: what waits for an answer first."""
    return render_template(
        "reviews/referring/index.html",
        rows=[(row, answer, _when(row, answer)) for row, answer in list_referrals(viewer())],
        outcomes=OUTCOME_NAMES,
        may_refer=bool(may(viewer(), Permission.REFER_CASE)),
        all_agencies=reach(viewer(), Permission.READ_CASE_REFERRAL) is Reach.ALL,
    )


@blueprint.route(f"{ALL}/new", access=Access(Permission.REFER_CASE), methods=["GET", "POST"])
def refer() -> Any:
    """Refer a case."""
    form = ReferCaseForm()
    agencies = list_agencies() if reach(viewer(), Permission.REFER_CASE) is Reach.ALL else []
    form.offer(agencies)
    made: list[CaseReferral] = []
    if form.carried_out(
        lambda: made.append(refer_case(viewer(), _agency(form, agencies), form.facts(), _base_url()))
    ):
        flash(
            say("The case is referred ({label}). The subgroup’s chair is told by mail.", label=made[0].label),
            "success",
        )
        return redirect(url_for("reviews.case_referral", referral_id=made[0].id))
    return render_template("reviews/referring/new.html", form=form), form.status


@blueprint.route(ONE, access=Access(Permission.READ_CASE_REFERRAL, of=get_referral))
def case_referral(referral: CaseReferral) -> Any:
    """Show one referral with the subgroup's answers."""
    answers, person = answers_to(referral), viewer()
    last = answers[-1] if answers else None
    return render_template(
        "reviews/referring/show.html",
        referral=referral,
        answers=[(each, _seen_review(each)) for each in reversed(answers)],
        when=_when(referral, last),
        outcomes=OUTCOME_NAMES,
        may_answer=not referral.is_withdrawn
        and bool(may(person, Permission.ANSWER_CASE_REFERRAL, referral.owners)),
        may_withdraw=not (referral.is_withdrawn or answers)
        and bool(may(person, Permission.REFER_CASE, referral.owners)),
    )


@blueprint.route(
    f"{ONE}/answer", access=Access(Permission.ANSWER_CASE_REFERRAL, of=get_referral), methods=["GET", "POST"]
)
def answer_case_referral(referral: CaseReferral) -> Any:
    """Record the subgroup's answer, or correct it."""
    if request.method == "GET" and referral.is_withdrawn:
        raise Refused(WITHDRAWN)
    answers = answers_to(referral)
    form = AnswerCaseForm(data={"seen": str(len(answers)), **_kept(answers)})
    form.offer(list_references(viewer()))
    if form.carried_out(lambda: _answer(form, referral)):
        flash("The answer is recorded. The agency is told by mail.", "success")
        return redirect(url_for("reviews.case_referral", referral_id=referral.id))
    return render_template(
        "reviews/referring/answer.html", form=form, referral=referral, is_correction=bool(answers)
    ), form.status


@blueprint.route(
    f"{ONE}/withdraw", access=Access(Permission.REFER_CASE, of=get_referral), methods=["GET", "POST"]
)
def withdraw_case_referral(referral: CaseReferral) -> Any:
    """Take a referral back that has no answer yet."""
    if request.method == "GET" and (referral.is_withdrawn or answers_to(referral)):
        raise Refused(WITHDRAWN if referral.is_withdrawn else say(ANSWERED))
    form = WithdrawReferralForm(data={"version": str(referral.version)})
    if form.carried_out(
        lambda: withdraw_referral(viewer(), referral, form.reason.data, form.seen_version, _base_url()),
        theirs=lambda current: {"reason": current.withdrawn_reason},
    ):
        flash(say("The referral is withdrawn. The subgroup’s chair is told."), "success")
        return redirect(url_for("reviews.case_referral", referral_id=referral.id))
    return render_template("reviews/referring/withdraw.html", form=form, referral=referral), form.status


def _agency(form: ReferCaseForm, agencies: list[Agency]) -> Agency | None:
    if not agencies:
        return Agency.get_or_none(Agency.id == viewer().agency_id)
    return next((each for each in agencies if each.code == form.agency.data), None)


def _answer(form: AnswerCaseForm, referral: CaseReferral) -> CaseReferralAnswer:
    review = get_review(viewer(), form.review.data) if form.review.data else None
    if form.review.data and review is None:
        raise InvalidInput({"review": "Choose a review from the list."})
    facts = AnswerFacts(form.outcome.data or "", form.reason.data or "", form.answered_on.data)
    return answer_case(viewer(), referral, facts, review, whole_number(form.seen.data) or 0, _base_url())


def _kept(answers: list[CaseReferralAnswer]) -> dict[str, Any]:
    """Return what stands in the form: the answer that is to be corrected."""
    if not answers:
        return {"answered_on": clock.today()}
    last = answers[-1]
    return {
        "outcome": last.outcome,
        "reason": last.reason,
        "answered_on": last.answered_on,
        "review": _seen_review(last),
    }


def _seen_review(answer: CaseReferralAnswer) -> str:
    """Return the reference of the review an answer names, for whoever may see that review; else ""."""
    review: Review | None = get_review(viewer(), answer.review.reference) if answer.review else None
    return str(review.reference) if review else ""


def _when(referral: CaseReferral, answer: CaseReferralAnswer | None) -> str:
    if referral.is_withdrawn:
        return "Withdrawn"
    return clock_words(referral.due_on, answer.answered_on if answer else None, clock.today())


def _base_url() -> str:
    return str(current_app.config["SETTINGS"].base_url)
