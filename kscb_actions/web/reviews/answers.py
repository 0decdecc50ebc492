"""Pages of agencies' answers: the list, the question with its date, one answer, the Board's view."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask import current_app, flash, redirect, render_template, request, url_for

from kscb_actions import clock
from kscb_actions.access.policy import Permission, Reach, Viewer, may, reach, require
from kscb_actions.pages import every_page
from kscb_actions.people.queries import list_agencies
from kscb_actions.reviews.answers.queries import (
    PER_PAGE,
    AnswerFilter,
    ToAsk,
    list_answers,
    list_given,
    list_to_ask,
    list_views,
    recorded_by,
    tallies,
)
from kscb_actions.reviews.answers.rules import (
    DAYS_TO_ANSWER,
    STANDING_NAMES,
    can_note_view,
    why_nothing_to_view,
)
from kscb_actions.reviews.answers.service import ask_for_answers, note_view
from kscb_actions.reviews.models import AgencyResponse, Review
from kscb_actions.reviews.queries import get_response, get_review, list_references
from kscb_actions.reviews.rules import ANSWER_NAMES
from kscb_actions.terms import say
from kscb_actions.web.downloads import Taken, downloadable
from kscb_actions.web.shared.asked import Choice, asked_for, choice, in_force, page_number, without_empty
from kscb_actions.web.shared.forms import options
from kscb_actions.web.shared.guard import Access, viewer
from kscb_actions.wording import date_uk, plural

from . import blueprint
from .columns import columns_of_answers
from .forms import AskAnswersForm, ViewForm

ONE = "/reviews/<reference>/recommendations/<int:number>/answers/<code>"
# More reviews than anybody looks through in a list; with more of them a reference is typed.
MOST_LISTED = 60


@blueprint.route("/answers", access=Access(Permission.READ_REVIEW))
def answers() -> Any:
    """Show the agencies' answers this person may see, as the address says, and how each agency answers."""
    if tidier := without_empty():
        return tidier
    asked, person, today = asked_for(), viewer(), clock.today()
    choices = _choices(person)
    return render_template(
        "reviews/answers.html",
        page=list_answers(person, filter_of(asked), today, page_number(asked)),
        per_page=PER_PAGE,
        asked=asked,
        choices=choices,
        applied=_applied(asked, choices),
        tallies=tallies(person, today),
        today=today,
        answers=ANSWER_NAMES,
        may_answer=reach(person, Permission.ANSWER_RECOMMENDATION) is not Reach.NONE,
        may_view=reach(person, Permission.VIEW_ANSWER) is not Reach.NONE,
    )


@downloadable(blueprint, "/answers", "answers", Access(Permission.READ_REVIEW), "reviews")
def taken() -> Taken:
    """Return the same list to be taken away."""
    asked, person, today = asked_for(), viewer(), clock.today()
    pages = every_page(lambda number: list_answers(person, filter_of(asked), today, number))
    rows = (each for page in pages for each in page.rows)
    return Taken(
        "Answers to recommendations", columns_of_answers(today), rows, _applied(asked, _choices(person))
    )


def _applied(asked: dict[str, str], choices: list[Choice]) -> list[dict[str, str]]:
    words = [each.in_words(asked.get(each.name, "")) for each in choices]
    return in_force(
        asked,
        [
            *words,
            ("waits", "Asked and not answered"),
            ("owed", "Past the date to answer by, or without one"),
            ("to_view", say("For the Board to look at")),
        ],
    )


def filter_of(asked: Mapping[str, str]) -> AnswerFilter:
    """Return the filter an address asks for. What it names and is not there matches nothing."""
    return AnswerFilter(
        standing=asked.get("standing", ""),
        answer=asked.get("answer", ""),
        agency=asked.get("agency", ""),
        review=asked.get("review", ""),
        waits=asked.get("waits") == "1",
        owed=asked.get("owed") == "1",
        to_view=asked.get("to_view") == "1",
    )


@blueprint.route(
    "/reviews/<reference>/ask-answers",
    access=Access(Permission.EDIT_REVIEW, of=get_review),
    methods=["GET", "POST"],
)
def ask_answers(review: Review) -> Any:
    """Ask the agencies that a review names for their answers, by a date."""
    waiting = list_to_ask(viewer(), review)
    able = [each for each in waiting if each.people]
    proposed = clock.today() + timedelta(days=DAYS_TO_ANSWER)
    fresh = [each.agency.code for each in able if any(row.due_on is None for row in each.responses)]
    form = AskAnswersForm(data={"due_on": proposed, "agencies": fresh})
    form.agencies.choices = options((each.agency.code, _in_words(each)) for each in able)
    base_url = current_app.config["SETTINGS"].base_url
    if form.carried_out(
        lambda: ask_for_answers(viewer(), review, form.agencies.data or [], form.due_on.data, base_url)
    ):
        count = len(form.agencies.data)
        told = plural(count, "agency is", "agencies are")
        flash(f"{told} asked to answer by {date_uk(form.due_on.data)}.", "success")
        return redirect(url_for("reviews.show", reference=review.reference))
    return render_template("reviews/ask_answers.html", form=form, review=review, waiting=waiting, able=able)


@blueprint.route(f"{ONE}/read", access=Access(Permission.READ_REVIEW, of=get_response))
def read_answer(response: AgencyResponse) -> Any:
    """Show an agency's answer, those before it, and what the Board thinks of it."""
    person, owners = viewer(), response.owners
    answering = may(person, Permission.ANSWER_RECOMMENDATION, owners)
    views = can_note_view(person, owners, recorded_by(response))
    return render_template(
        "reviews/read_answer.html",
        response=response,
        recommendation=response.recommendation,
        given=list_given(response),
        views=list_views(response),
        answers=ANSWER_NAMES,
        may_answer=bool(answering) and response.recommendation.withdrawn_on is None,
        may_view=bool(views) and why_nothing_to_view(response.answer) is None,
        why_not=views.reason if reach(person, Permission.VIEW_ANSWER) is not Reach.NONE else "",
        may_challenge=bool(may(person, Permission.RAISE_CHALLENGE, owners)),
    )


@blueprint.route(
    f"{ONE}/view", access=Access(Permission.VIEW_ANSWER, of=get_response), methods=["GET", "POST"]
)
def view_answer(response: AgencyResponse) -> Any:
    """Say what the Board thinks of an answer that is short of acceptance, and challenge it where it wants."""
    require(viewer(), Permission.VIEW_ANSWER, response.owners)
    form, recommendation = ViewForm(data={"version": str(response.version)}), response.recommendation
    refusal = why_nothing_to_view(response.answer)
    at = {"reference": recommendation.review.reference, "number": recommendation.number}
    if refusal and request.method == "GET":
        flash(refusal)
        return redirect(url_for("reviews.read_answer", code=response.agency.code, **at))
    if form.carried_out(
        lambda: note_view(viewer(), response, form.text.data, form.seen_version), ViewForm.filled
    ):
        flash(say("The Board’s view is recorded."), "success")
        if request.form.get("next") == "challenge":
            return redirect(
                url_for("challenges.about_recommendation", agency=response.agency.code, answer=1, **at)
            )
        return redirect(url_for("reviews.read_answer", code=response.agency.code, **at))
    return render_template(
        "reviews/view_answer.html",
        form=form,
        response=response,
        recommendation=recommendation,
        answers=ANSWER_NAMES,
        given=list_given(response),
        may_challenge=bool(may(viewer(), Permission.RAISE_CHALLENGE, response.owners)),
    ), form.status


def _in_words(each: ToAsk) -> str:
    numbers = ", ".join(str(row.recommendation.number) for row in each.responses)
    due = sorted({row.due_on for row in each.responses if row.due_on})
    before = f"; asked before, by {', '.join(date_uk(day) for day in due)}" if due else ""
    count = len(each.responses)
    words = "recommendation" if count == 1 else "recommendations"
    people = ", ".join(person.name for person in each.people)
    return f"{each.agency.name}: {words} {numbers}; asks {people}{before}"


def _choices(person: Viewer) -> list[Choice]:
    sees_all = reach(person, Permission.READ_REVIEW) is Reach.ALL
    agencies = [each for each in list_agencies(False) if sees_all or each.id == person.agency_id]
    references = list_references(person, MOST_LISTED + 1)
    reviews = tuple((each, each) for each in references)
    return [
        choice("standing", "Answered by the date", STANDING_NAMES),
        choice("answer", "Answer", ANSWER_NAMES),
        Choice("agency", "Agency", tuple((each.code, each.name) for each in agencies)),
        Choice("review", "Review", reviews, len(references) > MOST_LISTED),
    ]
