"""The page of all measures, and the page of one."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from flask import render_template

from kscb_actions import clock
from kscb_actions.access.policy import Permission, Reach, Viewer, may, reach
from kscb_actions.measures.models import Measure
from kscb_actions.measures.periods import EVERY, Period
from kscb_actions.measures.queries import (
    MeasureFilter,
    Shown,
    get_measure,
    list_accepted,
    list_history,
    list_measures,
    with_readings,
    words_of_subject,
)
from kscb_actions.measures.rules import (
    DIRECTION_NAMES,
    MOVING_NAMES,
    MOVING_RULE,
    UNIT_NAMES,
    can_give,
    written,
)
from kscb_actions.pages import Page, page_within
from kscb_actions.people.queries import list_agencies
from kscb_actions.reviews.queries import list_references
from kscb_actions.web.shared.asked import Choice, asked_for, choice, in_force, page_number, without_empty
from kscb_actions.web.shared.guard import Access, viewer

from . import blueprint
from .drawing import HEIGHT, drawn

PER_PAGE = 25
# More reviews than anybody looks through in a list; with more of them a reference is typed.
MOST_LISTED = 60


@blueprint.route("/measures", access=Access(Permission.READ_MEASURE))
def index() -> Any:
    """Show the measures this person may see, those that move the wrong way on top."""
    if tidier := without_empty():
        return tidier
    asked, person, today = asked_for(), viewer(), clock.today()
    found = list_measures(person, today, filter_of(asked))
    page, pages, start, count = page_within(page_number(asked), len(found), PER_PAGE)
    choices = _choices(person)
    words = [each.in_words(asked.get(each.name, "")) for each in choices]
    return render_template(
        "measures/index.html",
        page=Page(found[start : start + count], len(found), page, pages),
        per_page=PER_PAGE,
        asked=asked,
        choices=choices,
        applied=in_force(asked, [*words, ("waits", "Asked for, and not given")]),
        today=today,
        subject_of=words_of_subject,
        rule=MOVING_RULE,
        may_edit=bool(may(person, Permission.EDIT_MEASURE)),
    )


def filter_of(asked: Mapping[str, str]) -> MeasureFilter:
    """Return the filter an address asks for. What it names and is not there matches nothing."""
    return MeasureFilter(
        moving=asked.get("moving", ""),
        agency=asked.get("agency", ""),
        review=asked.get("review", ""),
        waits=asked.get("waits") == "1",
    )


@blueprint.route("/measures/<int:measure_id>", access=Access(Permission.READ_MEASURE, of=get_measure))
def show(measure: Measure) -> Any:
    """Show one measure: its line, its readings, and what is asked for."""
    person, [found] = viewer(), with_readings([measure])
    accepted = list_accepted(person, [measure]).get(measure.id, [])
    return render_template(
        "measures/show.html",
        measure=measure,
        found=found,
        picture=drawn(found, accepted),
        height=HEIGHT,
        history=list_history(measure),
        today=clock.today(),
        subject=words_of_subject(measure),
        every=EVERY[measure.months],
        unit_name=UNIT_NAMES[measure.kind],
        direction_name=DIRECTION_NAMES[measure.wanted],
        rule=MOVING_RULE,
        distance=lambda value: _distance(found, value),
        period_words=lambda row: Period(row.ends_on, measure.months).words,
        may_edit=bool(may(person, Permission.EDIT_MEASURE)),
        may_give=can_give(person, measure.agency_id),
    )


def _distance(found: Shown, value: Decimal) -> str:
    """Return how far a reading is from the target, such as "2.7 above"."""
    apart = value - Decimal(found.measure.target)
    if not apart:
        return "On it"
    return f"{written(abs(apart))} {'above' if apart > 0 else 'below'}"


def _choices(person: Viewer) -> list[Choice]:
    sees_all = reach(person, Permission.READ_MEASURE) is Reach.ALL
    agencies = [each for each in list_agencies(False) if sees_all or each.id == person.agency_id]
    references = list_references(person, MOST_LISTED + 1)
    return [
        choice("moving", "Which way it moves", MOVING_NAMES),
        Choice("agency", "Agency", tuple((each.code, each.name) for each in agencies)),
        Choice("review", "Review", tuple((each, each) for each in references), len(references) > MOST_LISTED),
    ]
