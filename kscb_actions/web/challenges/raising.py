"""Challenging an agency: from an action, a recommendation, the agency, or a line of the progress paper."""

from datetime import date
from typing import Any

from flask import current_app, flash, redirect, render_template, request, url_for

from kscb_actions import clock
from kscb_actions.access.policy import Permission, Refused, require
from kscb_actions.actions.models import Action
from kscb_actions.actions.queries import get_action
from kscb_actions.assurance.challenges.models import Challenge
from kscb_actions.assurance.challenges.queries import agencies_of, agency_to_challenge, open_challenge_on
from kscb_actions.assurance.challenges.service import Subject, raise_challenge, who_would_answer
from kscb_actions.chasing.news.rules import Kind
from kscb_actions.dates_written import read_date
from kscb_actions.people.models import Agency
from kscb_actions.reviews.answers.rules import TO_LOOK_AT
from kscb_actions.reviews.models import Recommendation
from kscb_actions.reviews.queries import get_recommendation, get_response
from kscb_actions.reviews.rules import Answer
from kscb_actions.web.news import who_hears_of_challenge
from kscb_actions.web.shared.guard import Access, viewer

from . import blueprint
from .forms import QuestionForm


@blueprint.route(
    "/reviews/<reference>/actions/<int:number>/challenge",
    access=Access(Permission.RAISE_CHALLENGE, of=get_action),
    methods=["GET", "POST"],
)
def about_action(action: Action) -> Any:
    """Challenge an agency about one of its actions."""
    waiting = open_challenge_on(action)
    if waiting and request.method == "GET":
        return redirect(url_for("challenges.show", challenge_id=waiting.id))
    back = url_for("actions.show", reference=action.review.reference, number=action.number)
    return _raise(Subject(action.agency, action, action.recommendation, _paper()), back)


@blueprint.route(
    "/reviews/<reference>/recommendations/<int:number>/challenge",
    access=Access(Permission.RAISE_CHALLENGE, of=get_recommendation),
    methods=["GET", "POST"],
)
def about_recommendation(recommendation: Recommendation) -> Any:
    """Challenge one of the agencies that a recommendation names."""
    agencies = agencies_of(viewer(), recommendation)
    if not agencies:
        raise Refused(f"This {recommendation.called.one} names no agency that you can challenge.")
    code = request.args.get("agency")
    agency = next((each for each in agencies if each.code == code or len(agencies) == 1), None)
    if agency is None:
        return render_template("challenges/choose.html", recommendation=recommendation, agencies=agencies)
    back = url_for("reviews.show", reference=recommendation.review.reference)
    anchor = f"#recommendation-{recommendation.number}"
    subject = Subject(agency, recommendation=recommendation, paper_as_at=_paper())
    return _raise(subject, back + anchor, _about_answer(subject) if request.args.get("answer") else "")


@blueprint.route(
    "/agencies/<code>/challenge",
    access=Access(Permission.RAISE_CHALLENGE, of=agency_to_challenge),
    methods=["GET", "POST"],
)
def about_agency(agency: Agency) -> Any:
    """Challenge an agency about its work as a whole, or about a line of the progress paper."""
    require(viewer(), Permission.RAISE_CHALLENGE, agency.id)
    return _raise(Subject(agency, paper_as_at=_paper()), url_for("challenges.index"))


def _about_answer(subject: Subject) -> str:
    """Return a question about an agency's answer to a recommendation, to begin from."""
    recommendation = subject.recommendation
    if recommendation is None:
        return ""
    response = get_response(
        viewer(), recommendation.review.reference, recommendation.number, subject.agency.code
    )
    if response is None or response.answer not in TO_LOOK_AT:
        return ""
    is_part = response.answer == Answer.PARTLY
    answer = "accepts only a part of it" if is_part else "does not accept it"
    rest = "about the rest" if is_part else "instead"
    about = f"{recommendation.called.one} {recommendation.number} of {recommendation.review.reference}"
    return (
        f"Your agency answers to {about} that it {answer}, because: {response.reason}\n\n"
        f"What will it do {rest}, and by when?"
    )


def _raise(subject: Subject, back: str, question: str = "") -> Any:
    form = QuestionForm(data={"question": question})
    form.offer(who_would_answer(subject))
    if form.is_submitted():
        raised: list[Challenge] = []
        if form.carried_out(lambda: raised.append(_send(subject, form))):
            told = who_hears_of_challenge(Kind.CHALLENGED, raised[0])
            flash(f"Challenge {raised[0].reference} is sent. {told}", "success")
            return redirect(url_for("challenges.show", challenge_id=raised[0].id))
    answering = who_would_answer(subject)
    return render_template(
        "challenges/raise.html",
        form=form,
        subject=subject,
        back=back,
        nobody=not any(answering.values()),
    )


def _send(subject: Subject, form: QuestionForm) -> Challenge:
    base_url = current_app.config["SETTINGS"].base_url
    return raise_challenge(viewer(), subject, form.level.data, form.question.data, form.due_on.data, base_url)


def _paper() -> date | None:
    """Return the day of the paper from a line of which this is raised, as the address says it."""
    day = read_date(request.args.get("paper", "")).on
    return day if day and day <= clock.today() else None
