"""The list of what has come back, and the page of one recommendation's difference."""

from collections.abc import Mapping
from typing import Any

from flask import g, render_template

from kscb_actions import clock
from kscb_actions.access.policy import Permission, Viewer, may
from kscb_actions.assurance.erasable import may_erase_shown
from kscb_actions.impact.queries import (
    ImpactFilter,
    files_of,
    get_question,
    list_accounts,
    list_judgements,
    list_questions,
    visible_work,
)
from kscb_actions.impact.rules import OUTCOME_NAMES, STATE_NAMES, State, can_judge, impact_rule
from kscb_actions.pages import Page, page_within
from kscb_actions.reviews.models import Recommendation
from kscb_actions.reviews.queries import get_recommendation
from kscb_actions.web.shared.asked import asked_for, choice, in_force, page_number, without_empty
from kscb_actions.web.shared.guard import Access, viewer

from . import blueprint

PER_PAGE = 25
BELOW = "/reviews/<reference>/recommendations/<int:number>/impact"


@blueprint.route("/impact", access=Access(Permission.READ_REVIEW))
def index() -> Any:
    """Show the recommendations of which it is asked, or was judged, what difference they made."""
    if tidier := without_empty():
        return tidier
    asked, person, today = asked_for(), viewer(), clock.today()
    found = list_questions(person, today, g.board.impact_months, filter_of(asked))
    page, pages, start, count = page_within(page_number(asked), len(found), PER_PAGE)
    choices = [choice("state", "Where it stands", STATE_NAMES), choice("outcome", "Judged", OUTCOME_NAMES)]
    words = [each.in_words(asked.get(each.name, "")) for each in choices]
    return render_template(
        "impact/index.html",
        page=Page(found[start : start + count], len(found), page, pages),
        per_page=PER_PAGE,
        asked=asked,
        choices=choices,
        applied=in_force(asked, [*words, ("waits", "Waits for you")]),
        today=today,
        rule=impact_rule(g.board.impact_months),
        outcomes=OUTCOME_NAMES,
    )


def filter_of(asked: Mapping[str, str]) -> ImpactFilter:
    """Return the filter an address asks for. What it names and is not there matches nothing."""
    return ImpactFilter(
        state=asked.get("state", ""),
        outcome=asked.get("outcome", ""),
        agency=asked.get("agency", ""),
        review=asked.get("review", ""),
        waits=asked.get("waits") == "1",
    )


@blueprint.route(BELOW, access=Access(Permission.READ_REVIEW, of=get_recommendation))
def show(recommendation: Recommendation) -> Any:
    """Show what difference a recommendation made: what is asked, what agencies say, what was judged."""
    person, today = viewer(), clock.today()
    question = get_question(person, today, g.board.impact_months, recommendation)
    judgements = list_judgements(recommendation)
    return render_template(
        "impact/show.html",
        recommendation=recommendation,
        review=recommendation.review,
        question=question,
        today=today,
        rule=impact_rule(g.board.impact_months),
        outcomes=OUTCOME_NAMES,
        accounts=(accounts := list_accounts(person, recommendation)),
        files=(files := files_of(accounts)),
        erasable={one.id for own in files.values() for one in own if may_erase_shown(person, one.paper)},
        current={each.id for each in question.accounts} if question else set(),
        judgements=judgements,
        seen_work=visible_work(person, judgements),
        may_say=_may_say(person, question),
        may_judge=question is not None and not question.why_not_judged and _may_judge(person, question),
        may_take_back=bool(may(person, Permission.EDIT_REVIEW)),
    )


def _may_say(person: Viewer, question: Any) -> bool:
    is_open = question is not None and question.standing.state is not State.JUDGED
    may_write = may(person, Permission.WRITE_IMPACT, person.agency_id)
    return bool(is_open and may_write and person.agency_id in question.agencies)


def _may_judge(person: Viewer, question: Any) -> bool:
    return bool(can_judge(person, question.bodies))
