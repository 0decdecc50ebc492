"""Saying by when an agency answers a challenge or a recommendation, and taking that back."""

from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, url_for

from kscb_actions import clock
from kscb_actions.access.policy import Permission, Refused
from kscb_actions.actions.acknowledging.rules import latest_day, standing, why_not_taken_back
from kscb_actions.assurance.acknowledging.queries import Asked, level_of, list_said, why_over
from kscb_actions.assurance.acknowledging.rules import can_acknowledge, why_not_acknowledged
from kscb_actions.assurance.acknowledging.service import acknowledge, take_back
from kscb_actions.assurance.challenges.models import Challenge
from kscb_actions.assurance.challenges.queries import get_challenge
from kscb_actions.reviews.models import AgencyResponse
from kscb_actions.reviews.queries import get_response
from kscb_actions.web.actions.acknowledging import TakeBackForm
from kscb_actions.web.shared.forms import DayField, HouseForm, save_button
from kscb_actions.web.shared.guard import Access, viewer
from kscb_actions.wording import date_uk

from . import blueprint

CHALLENGE = "/challenges/<int:challenge_id>/acknowledge"
ANSWER = "/reviews/<reference>/recommendations/<int:number>/answers/<code>/acknowledge"
OF_CHALLENGE = Access(Permission.ANSWER_CHALLENGE, of=get_challenge)
OF_ANSWER = Access(Permission.ANSWER_RECOMMENDATION, of=get_response)


class AnswerByForm(HouseForm):
    """By when an agency answers."""

    until_on = DayField(
        "By when do you answer?", missing="Enter the day by which you answer.", called="The day"
    )
    submit = save_button("Seen, we answer by this day")


@dataclass(frozen=True)
class Place:
    """What is to be answered, as its page calls it, and where that page is."""

    name: str
    agency: str
    text: str
    address: str
    back: str


@blueprint.route(CHALLENGE, access=OF_CHALLENGE, methods=["GET", "POST"])
def acknowledge_challenge(challenge: Challenge) -> Any:
    """Say by when the agency answers a challenge; reminders wait until then."""
    return _say(challenge, _of_challenge(challenge))


@blueprint.route(f"{CHALLENGE}/take-back", access=OF_CHALLENGE, methods=["GET", "POST"])
def take_challenge_back(challenge: Challenge) -> Any:
    """Take back by when the agency answers a challenge; reminders go on."""
    return _take_back(challenge, _of_challenge(challenge))


@blueprint.route(ANSWER, access=OF_ANSWER, methods=["GET", "POST"])
def acknowledge_answer(response: AgencyResponse) -> Any:
    """Say by when the agency answers a recommendation; reminders wait until then."""
    return _say(response, _of_answer(response))


@blueprint.route(f"{ANSWER}/take-back", access=OF_ANSWER, methods=["GET", "POST"])
def take_answer_back(response: AgencyResponse) -> Any:
    """Take back by when the agency answers a recommendation; reminders go on."""
    return _take_back(response, _of_answer(response))


def _say(asked: Asked, place: Place) -> Any:
    _require(asked)
    said, today = list_said(asked), clock.today()
    refusal = why_not_acknowledged(why_over(asked), asked.due_on, said, today)
    # Only before anything is typed: what comes in later is refused beside what was typed.
    if refusal and request.method == "GET":
        return _turned_away(place, refusal)
    form = AnswerByForm()
    if form.carried_out(lambda: acknowledge(viewer(), asked, form.until_on.data)):
        flash(f"Nobody is reminded of {place.name} until {date_uk(form.until_on.data)}.", "success")
        return redirect(place.address)
    latest = latest_day(said, asked.due_on, today)
    page = render_template("assurance/acknowledge.html", form=form, asked=asked, place=place, latest=latest)
    return page, form.status


def _take_back(asked: Asked, place: Place) -> Any:
    _require(asked)
    said = list_said(asked)
    refusal = why_over(asked) or why_not_taken_back(said, asked.due_on, clock.today())
    if refusal and request.method == "GET":
        return _turned_away(place, refusal)
    form = TakeBackForm()
    if form.carried_out(lambda: take_back(viewer(), asked)):
        flash(f"It is taken back: reminders of {place.name} go on.", "success")
        return redirect(place.address)
    page = render_template(
        "assurance/take_acknowledgement_back.html",
        form=form,
        place=place,
        said=standing(said, asked.due_on),
    )
    return page, form.status


def _turned_away(place: Place, reason: str) -> Any:
    flash(reason)
    return redirect(place.address)


def _require(asked: Asked) -> None:
    if not (verdict := can_acknowledge(viewer(), asked.agency_id, level_of(asked))):
        raise Refused(verdict.reason)


def _of_challenge(challenge: Challenge) -> Place:
    return Place(
        name=challenge.reference,
        agency=challenge.agency.name,
        text=challenge.question,
        address=url_for("challenges.show", challenge_id=challenge.id),
        back="Back to the challenge",
    )


def _of_answer(response: AgencyResponse) -> Place:
    recommendation, code = response.recommendation, response.agency.code
    reference, number = recommendation.review.reference, recommendation.number
    return Place(
        name=recommendation.full_name,
        agency=response.agency.name,
        text=recommendation.text,
        address=url_for("reviews.answer", reference=reference, number=number, code=code),
        back="Back to the answer",
    )
