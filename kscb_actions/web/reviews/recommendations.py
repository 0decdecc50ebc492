"""Pages with which a board manager records recommendations and the agencies' answers to them."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from kscb_actions import clock
from kscb_actions.access.policy import Permission, require
from kscb_actions.actions.service import bring_back_recommendation, end_recommendation, list_unfinished
from kscb_actions.assurance.acknowledging.queries import acknowledging_of
from kscb_actions.people.models import Agency
from kscb_actions.people.queries import list_agencies
from kscb_actions.reviews.answers.rules import Given, problems_with_given, speaks
from kscb_actions.reviews.endings import ENDING_NAMES, why_ended_already, why_nothing_asked
from kscb_actions.reviews.inspections.queries import earlier_areas
from kscb_actions.reviews.models import AgencyResponse, Recommendation
from kscb_actions.reviews.queries import (
    get_recommendation,
    get_response,
    list_responses_to,
    list_themes,
)
from kscb_actions.reviews.recommendations import (
    answer_recommendation,
    edit_recommendation,
)
from kscb_actions.reviews.rules import ANSWER_NAMES, Answer
from kscb_actions.terms import say
from kscb_actions.text import InvalidInput
from kscb_actions.web.shared.forms import options
from kscb_actions.web.shared.guard import Access, viewer

from . import blueprint
from .forms import (
    AgencyAnswerForm,
    BringBackForm,
    EndRecommendationForm,
    NewAgencyAnswerForm,
    RecommendationForm,
)

BELOW = "/reviews/<reference>/recommendations"


EDIT = Access(Permission.EDIT_REVIEW, of=get_recommendation)


@blueprint.route(
    f"{BELOW}/<int:number>/edit", access=EDIT, methods=["GET", "POST"], endpoint="edit_recommendation"
)
def edit_recommendation_page(recommendation: Recommendation) -> Any:
    """Change a recommendation."""
    form = RecommendationForm(data=RecommendationForm.filled(recommendation))
    form.offer(list_themes())
    form.of_review(recommendation.review, earlier_areas(viewer(), recommendation.review))
    if form.carried_out(
        lambda: edit_recommendation(viewer(), recommendation, form.facts(), form.seen_version),
        RecommendationForm.filled,
    ):
        flash(f"{recommendation.name} is saved.", "success")
        return redirect(place_of(recommendation))
    return render_template(
        "reviews/edit_recommendation.html", form=form, recommendation=recommendation
    ), form.status


@blueprint.route(f"{BELOW}/<int:number>/answers/new", access=EDIT, methods=["GET", "POST"])
def new_answer(recommendation: Recommendation) -> Any:
    """Record the answer of an agency that has not been asked yet."""
    if refusal := page_refusal(recommendation):
        return turn_away(recommendation, refusal)
    answered = {each.agency_id for each in list_responses_to(recommendation)}
    free = {each.code: each for each in list_agencies() if each.id not in answered}
    form = NewAgencyAnswerForm()
    form.agency.choices = options(
        [("", "Choose an agency"), *((code, each.name) for code, each in free.items())]
    )
    if form.carried_out(lambda: _answer_first(form, recommendation, free), AgencyAnswerForm.filled):
        flash(f"The answer of {free[form.agency.data].name} is recorded.", "success")
        return redirect(place_of(recommendation))
    return render_template("reviews/answer.html", form=form, recommendation=recommendation), form.status


@blueprint.route(
    f"{BELOW}/<int:number>/answers/<code>",
    access=Access(Permission.ANSWER_RECOMMENDATION, of=get_response),
    methods=["GET", "POST"],
)
def answer(response: AgencyResponse) -> Any:
    """Answer a recommendation for one's own agency, or record the answer of another."""
    recommendation, is_own = response.recommendation, speaks(viewer(), response.agency_id)
    require(viewer(), Permission.ANSWER_RECOMMENDATION, response.agency_id)
    form = AgencyAnswerForm(data=_filled(response, is_own))
    if is_own:
        form.for_agency()
    if refusal := page_refusal(recommendation):
        return turn_away(recommendation, refusal)
    if form.carried_out(lambda: _answer(form, response), AgencyAnswerForm.filled):
        told = (
            say("Your answer is with the Board.")
            if is_own
            else f"The answer of {response.agency.name} is recorded."
        )
        flash(told, "success")
        return redirect(place_of(recommendation))
    return render_template(
        "reviews/answer.html",
        form=form,
        recommendation=recommendation,
        agency=response.agency,
        response=response,
        is_own=is_own,
        acknowledging=acknowledging_of(viewer(), response, clock.today()),
        answers=ANSWER_NAMES,
        is_change=response.answer != Answer.AWAITED or bool(form.conflict),
    ), form.status


def place_of(recommendation: Recommendation) -> str:
    """Return the address of a recommendation on its review's page."""
    number = recommendation.number
    return url_for(
        "reviews.show", reference=recommendation.review.reference, _anchor=f"recommendation-{number}"
    )


def page_refusal(recommendation: Recommendation) -> str | None:
    """Return why a page that asks more of a recommendation is not opened; None when it is.

    What is posted without the page is refused by the service.
    """
    if request.method != "GET":
        return None
    return why_nothing_asked(recommendation.label, recommendation.ended_as)


def turn_away(recommendation: Recommendation, reason: str) -> Any:
    """Redirect to the recommendation, where the reason is said: there is nothing to type here."""
    flash(reason)
    return redirect(place_of(recommendation))


def _answer(form: AgencyAnswerForm, response: AgencyResponse) -> AgencyResponse:
    return answer_recommendation(
        viewer(), response.recommendation, response.agency, expected=form.seen_version, **form.typed()
    )


def _filled(response: AgencyResponse, is_own: bool) -> dict[str, Any]:
    filled = AgencyAnswerForm.filled(response)
    return filled | {"answer": ""} if is_own and response.answer == Answer.AWAITED else filled


def _answer_first(
    form: NewAgencyAnswerForm, recommendation: Recommendation, free: dict[str, Agency]
) -> AgencyResponse:
    agency = free.get(form.agency.data)
    if agency is None:
        problems = problems_with_given(Given(**form.typed()), Answer.AWAITED, clock.today())
        raise InvalidInput({"agency": "Choose an agency.", **problems})
    return answer_recommendation(viewer(), recommendation, agency, expected=0, **form.typed())


@blueprint.route(f"{BELOW}/<int:number>/withdraw", access=EDIT, methods=["GET", "POST"])
def withdraw(recommendation: Recommendation) -> Any:
    """Note a recommendation, withdraw it or say that it is not for this Board, once no action needs doing."""
    if recommendation.ended_as and request.method == "GET":
        return turn_away(recommendation, why_ended_already(recommendation.ended_as))
    form = EndRecommendationForm(data={"version": str(recommendation.version)})
    if form.carried_out(
        lambda: end_recommendation(
            viewer(), recommendation, form.ending.data, form.reason.data, form.seen_version
        ),
        EndRecommendationForm.filled,
    ):
        how = ENDING_NAMES[form.ending.data].lower()
        flash(f"{recommendation.name} is {how}.", "success")
        return redirect(place_of(recommendation))
    unfinished = list_unfinished(recommendation)
    return render_template(
        "reviews/withdraw.html", form=form, recommendation=recommendation, unfinished=unfinished
    ), form.status


@blueprint.route(f"{BELOW}/<int:number>/bring-back", access=EDIT, methods=["GET", "POST"])
def bring_back(recommendation: Recommendation) -> Any:
    """Let a recommendation that has ended stand again."""
    if recommendation.ended_as is None and request.method == "GET":
        return turn_away(recommendation, f"{recommendation.name} has not ended.")
    ended, because = recommendation.ended_words, recommendation.withdrawn_reason
    form = BringBackForm(data={"version": str(recommendation.version)})
    if form.carried_out(
        lambda: bring_back_recommendation(viewer(), recommendation, form.reason.data, form.seen_version),
        BringBackForm.filled,
    ):
        flash(f"{recommendation.name} stands again.", "success")
        return redirect(place_of(recommendation))
    return render_template(
        "reviews/bring_back.html", form=form, recommendation=recommendation, ended=ended, because=because
    ), form.status
