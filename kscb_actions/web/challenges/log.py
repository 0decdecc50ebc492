"""The log of challenges: its address holds what it is narrowed to, how it is sorted, and the page."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import render_template, url_for

from kscb_actions import clock
from kscb_actions.access.policy import Permission, Reach, Viewer, reach
from kscb_actions.assurance.challenges.queries import (
    PER_PAGE,
    SORTS,
    ChallengeFilter,
    figures_of,
    first_raised,
    list_challenges,
    list_to_answer,
)
from kscb_actions.assurance.challenges.rules import (
    IN_TIME_NAMES,
    LEVEL_NAMES,
    OUTCOME_NAMES,
    STATE_NAMES,
    InTime,
    State,
)
from kscb_actions.child_deaths.years import days_of, year_of, years_between
from kscb_actions.pages import every_page
from kscb_actions.people.queries import list_agencies
from kscb_actions.reviews.answers.queries import waiting_for
from kscb_actions.reviews.answers.rules import answers_for
from kscb_actions.reviews.queries import list_references
from kscb_actions.web.downloads import Taken, downloadable
from kscb_actions.web.shared.asked import (
    Choice,
    Sort,
    asked_for,
    choice,
    in_force,
    page_number,
    sort_of,
    without_empty,
)
from kscb_actions.web.shared.guard import Access, viewer
from kscb_actions.wording import NO_DAYS, days_of_month, month_uk

from . import blueprint
from .columns import columns_of_challenges

# More reviews than anybody looks through in a list; with more of them a reference is typed.
MOST_LISTED = 60
LATEST_FIRST = Sort("raised", "descending")
# What the paper of a year's challenges is narrowed to as the list is.
PRINTED = ("agency", "review", "level", "state", "outcome", "in_time")


@blueprint.route("/challenges", access=Access(Permission.READ_CHALLENGE))
def index() -> Any:
    """Show the challenges this person may see, as the address says, and the figures of a year."""
    if tidier := without_empty():
        return tidier
    asked, person, today = asked_for(), viewer(), clock.today()
    sort = sort_of(asked, SORTS, LATEST_FIRST)
    year = asked.get("year", "") if days_of(asked.get("year", "")) else year_of(today)
    choices = _choices(person)
    return render_template(
        "challenges/index.html",
        page=list_challenges(
            person, filter_of(asked), today, sort.key, sort.is_descending, page_number(asked)
        ),
        per_page=PER_PAGE,
        asked=asked,
        choices=choices,
        applied=_applied(asked, choices),
        sort=sort,
        today=today,
        year=year,
        figures=_figures(person, year),
        agencies=_agencies(person) if reach(person, Permission.RAISE_CHALLENGE) is not Reach.NONE else [],
        level_names=LEVEL_NAMES,
        state_names=STATE_NAMES,
        outcome_names=OUTCOME_NAMES,
        answers=waiting_for(person),
        to_answer=list_to_answer(person, PER_PAGE),
        answers_for=answers_for(person),
        may_print=reach(person, Permission.READ_REPORTS) is not Reach.NONE,
        printed={name: asked[name] for name in PRINTED if asked.get(name)},
    )


@downloadable(blueprint, "/challenges", "index", Access(Permission.READ_CHALLENGE), "assurance")
def taken() -> Taken:
    """Return the same list to be taken away."""
    asked, person, today = asked_for(), viewer(), clock.today()
    sort, narrow = sort_of(asked, SORTS, LATEST_FIRST), filter_of(asked)
    pages = every_page(
        lambda number: list_challenges(person, narrow, today, sort.key, sort.is_descending, number)
    )
    rows = (each for page in pages for each in page.rows)
    return Taken("Challenges", columns_of_challenges(today), rows, _applied(asked, _choices(person)))


def _applied(asked: dict[str, str], choices: list[Choice]) -> list[dict[str, str]]:
    words = [each.in_words(asked.get(each.name, "")) for each in choices]
    words += [("not_closed", "Not closed"), ("overdue", "Not answered by the date"), ("answered", "Answered")]
    for name, happened in (("raised_in", "Raised"), ("answered_in", "First answered")):
        words.append((name, f"{happened} in {month_uk(asked.get(name, ''))}"))
    words.append(("restricted", "Without those about restricted reviews"))
    words.append(("q", f"Text: {asked.get('q', '')}"))
    return in_force(asked, words)


def filter_of(asked: Mapping[str, str]) -> ChallengeFilter:
    """Return the filter an address asks for. What it names and is not there matches nothing."""
    return ChallengeFilter(
        state=asked.get("state", ""),
        level=asked.get("level", ""),
        agency=asked.get("agency", ""),
        review=asked.get("review", ""),
        outcome=asked.get("outcome", ""),
        in_time=asked.get("in_time", ""),
        not_closed=asked.get("not_closed") == "1",
        overdue=asked.get("overdue") == "1",
        answered=asked.get("answered") == "1",
        words=asked.get("q", ""),
        raised=_raised(asked),
        restricted=asked.get("restricted") != "0",
        first_answered=_month(asked.get("answered_in", "")),
    )


def _raised(asked: Mapping[str, str]) -> tuple[date, date] | None:
    """Return the days of the year or the month in which they are to be raised; None where none is named."""
    if asked.get("raised_in"):
        return _month(asked["raised_in"])
    return (days_of(asked["year"]) or NO_DAYS) if asked.get("year") else None


def _month(named: str) -> tuple[date, date] | None:
    return (days_of_month(named) or NO_DAYS) if named else None


def _choices(person: Viewer) -> list[Choice]:
    today = clock.today()
    years = years_between(first_raised(person) or today, today)
    references = list_references(person, MOST_LISTED + 1)
    reviews = tuple((each, each) for each in references)
    return [
        choice("state", "State", STATE_NAMES),
        choice("level", "Level", LEVEL_NAMES),
        Choice("agency", "Agency", tuple((each.code, each.name) for each in _agencies(person))),
        Choice("review", "Review", reviews, len(references) > MOST_LISTED),
        choice("outcome", "Outcome", OUTCOME_NAMES),
        choice("in_time", "In time", IN_TIME_NAMES),
        Choice("year", "Raised in", tuple((each, each) for each in years)),
    ]


def _agencies(person: Viewer) -> list[Any]:
    sees_all = reach(person, Permission.READ_CHALLENGE) is Reach.ALL
    return [each for each in list_agencies(active_only=False) if sees_all or each.id == person.agency_id]


def _figures(person: Viewer, year: str) -> list[tuple[str, int, str]]:
    """Return (words, number, address of what is counted) of the challenges raised in a year."""
    raised = days_of(year)
    if raised is None:
        return []
    found = figures_of(person, raised, clock.today())
    return [
        ("Raised", found.raised, url_for("challenges.index", year=year)),
        ("Answered", found.answered, url_for("challenges.index", year=year, answered=1)),
        ("Answered in time", found.in_time, url_for("challenges.index", year=year, in_time=InTime.YES.value)),
        ("Closed", found.closed, url_for("challenges.index", year=year, state=State.CLOSED.value)),
        (
            "Something changed because of it",
            found.changed,
            url_for("challenges.index", year=year, outcome="changed"),
        ),
    ]
