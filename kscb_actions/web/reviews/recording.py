"""Pages on which a plan is typed: a recommendation with its actions in rows, and rows for one there is."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, url_for

from kscb_actions.access.policy import Permission
from kscb_actions.actions.models import Action
from kscb_actions.actions.recording.queries import list_actions_of, list_recorded, propose_leads
from kscb_actions.actions.recording.rules import Earlier, Proposed, proposals
from kscb_actions.actions.recording.service import (
    problems_with_plan,
    problems_with_rows,
    record_actions,
    record_recommendation,
)
from kscb_actions.people.queries import list_agencies, list_leads
from kscb_actions.reviews.inspections.queries import earlier_areas
from kscb_actions.reviews.models import Recommendation, Review
from kscb_actions.reviews.queries import (
    get_recommendation,
    get_review,
    list_named_people,
    list_recommendations,
    list_responses_to,
    list_themes,
    next_number,
)
from kscb_actions.text import InvalidInput, whole_number
from kscb_actions.web.news import who_hears_of_new
from kscb_actions.web.shared.guard import Access, viewer
from kscb_actions.wording import plural

from . import blueprint
from .forms import RecommendationForm
from .recommendations import BELOW, page_refusal, place_of, turn_away
from .rows import (
    Offer,
    RowsForm,
    Values,
    form_with_rows,
    numbered_problems,
    posted_rows,
    with_each_agency,
    with_more,
    with_proposals,
)

# Of what has been added, so many recommendations are listed beside the form.
MOST_LISTED = 12


@dataclass(frozen=True)
class Recorded:
    """A recommendation of the plan, with its actions."""

    recommendation: Recommendation
    actions: list[Action]


class PlanForm(RecommendationForm, RowsForm):
    """A recommendation and the actions under it."""


@blueprint.route(
    f"{BELOW}/new", access=Access(Permission.EDIT_REVIEW, of=get_review), methods=["GET", "POST"]
)
def new_recommendation(review: Review) -> Any:
    """Record a recommendation with its actions in one step; the form for the next stands ready."""
    offer, recorded = offer_for(review), _recorded(review)
    before = _before(recorded)
    form = _drawn(PlanForm, offer, _proposed(before, offer))
    form.offer(list_themes())
    form.of_review(review, earlier_areas(viewer(), review))
    if request.method == "GET" and before:
        form.heading.data = before.recommendation.heading
    saved: list[tuple[Recommendation, list[Action]]] = []
    if _saves(
        form,
        lambda: saved.append(record_recommendation(viewer(), review, form.facts(), form.actions(offer))),
        lambda: problems_with_plan(review, form.facts(), form.actions(offer)),
    ):
        return _onward(*saved[0])
    return render_template(
        "reviews/new_recommendation.html",
        form=form,
        review=review,
        number=next_number(review),
        offer=offer,
        recorded=recorded[: -MOST_LISTED - 1 : -1],
        more=max(len(recorded) - MOST_LISTED, 0),
    )


@blueprint.route(
    f"{BELOW}/<int:number>/rows",
    access=Access(Permission.EDIT_ACTION, of=get_recommendation),
    methods=["GET", "POST"],
)
def add_rows(recommendation: Recommendation) -> Any:
    """Record several actions under a recommendation in one step."""
    if refusal := page_refusal(recommendation):
        return turn_away(recommendation, refusal)
    review = recommendation.review
    offer = offer_for(review, named_by(recommendation))
    form, saved = _drawn(RowsForm, offer, []), []
    if _saves(
        form,
        lambda: saved.extend(record_actions(viewer(), recommendation, form.actions(offer))),
        lambda: problems_with_rows(review, form.actions(offer)),
    ):
        told = f"{_how_many(saved)} recorded for {recommendation.called.one} {recommendation.label}."
        flash(f"{told} {who_hears_of_new(saved)}", "success")
        return redirect(place_of(recommendation))
    actions = list_actions_of(viewer(), recommendation)
    return render_template(
        "reviews/add_rows.html", form=form, recommendation=recommendation, offer=offer, actions=actions
    )


def offer_for(review: Review, agencies_named: set[int] | None = None) -> Offer:
    """Return who can be given an action of this review, and the lead proposed for each agency.

    `agencies_named` are the ids of those that its recommendation names.
    """
    people = list_leads()
    named = {person.id for person in list_named_people(review)} if review.is_restricted else None
    agencies = list_agencies()
    named_here = [each for each in agencies if each.id in (agencies_named or ())]
    return Offer(agencies, people, propose_leads(viewer(), people, named), named_here)


def named_by(recommendation: Recommendation) -> set[int]:
    """Return the ids of the agencies that are asked for their answer to a recommendation."""
    return {each.agency_id for each in list_responses_to(recommendation)}


def _recorded(review: Review) -> list[Recorded]:
    """Return the plan so far, in the order in which it was recorded."""
    actions = list_recorded(viewer(), review)
    recommendations = sorted(list_recommendations(viewer(), review), key=lambda each: each.number)
    return [Recorded(each, actions.get(each.id, [])) for each in recommendations]


def _before(recorded: Sequence[Recorded]) -> Recorded | None:
    """Return what was recorded just before, where the address names it."""
    after = whole_number(request.args.get("after"))
    return next((each for each in recorded if each.recommendation.number == after), None)


def _proposed(before: Recorded | None, offer: Offer) -> list[Proposed]:
    if before is None:
        return []
    earlier = [
        Earlier(each.agency.code, each.lead_id, (each.text, each.success_measure), each.original_due_on)
        for each in before.actions
        if each.agency.is_active
    ]
    return proposals(earlier, {each.code for each in offer.agencies})


def _drawn(base: type[RowsForm], offer: Offer, proposed: list[Proposed]) -> Any:
    if request.method == "GET":
        return form_with_rows(base, with_proposals(proposed, offer), offer, None)
    rows: list[Values] = posted_rows(request.form)
    if request.form.get("next") == "rows":
        rows = with_more(rows)
    elif request.form.get("next") == "each":
        rows = with_each_agency(rows, offer)
    return form_with_rows(base, rows, offer, request.form)


def _saves(form: Any, save: Callable[[], Any], problems: Callable[[], Mapping[str, str]]) -> bool:
    """Return whether the page was sent to be saved, and was; else everything wrong stands at its field."""
    if request.method != "POST" or request.form.get("next") in ("rows", "each"):
        return False
    if not form.validate():
        form.add_errors(numbered_problems(problems()))
        return False
    return form.attempt(lambda: _with_numbers(save))


def _with_numbers(save: Callable[[], Any]) -> None:
    try:
        save()
    except InvalidInput as wrong:
        raise InvalidInput(numbered_problems(wrong.errors)) from None


def _onward(recommendation: Recommendation, actions: list[Action]) -> Any:
    also = f" with {plural(len(actions), 'action')}" if actions else ""
    told = f" {who_hears_of_new(actions)}" if actions else ""
    flash(f"{recommendation.name} is saved{also}.{told}", "success")
    reference = recommendation.review.reference
    if request.form.get("next") == "another":
        return redirect(
            url_for("reviews.new_recommendation", reference=reference, after=recommendation.number)
        )
    return redirect(place_of(recommendation))


def _how_many(actions: Sequence[Action]) -> str:
    return f"{len(actions)} actions are" if len(actions) > 1 else "One action is"
