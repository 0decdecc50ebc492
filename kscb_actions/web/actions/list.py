"""The list of actions: its address holds what it is narrowed to, how it is sorted, and the page."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask import g, render_template

from kscb_actions import clock
from kscb_actions.access.policy import Permission, Reach, Viewer, reach
from kscb_actions.actions.earlier.rules import EXAMINED_NAMES
from kscb_actions.actions.listing import PER_PAGE, SORTS, Listed, list_actions
from kscb_actions.actions.narrowing import NOBODY, RED_OR_AMBER, Filter
from kscb_actions.actions.rating import COLOUR_NAMES, TIMELINESS_NAMES, legend
from kscb_actions.actions.rules import CHECK_NAMES, PROGRESS_NAMES
from kscb_actions.actions.turn import WAITS_FOR_NAMES
from kscb_actions.assurance.challenges.queries import open_challenges_of
from kscb_actions.pages import Page, every_page
from kscb_actions.people.models import Agency
from kscb_actions.people.queries import list_agencies, list_leads
from kscb_actions.reviews.queries import get_recommendation, list_references, list_themes
from kscb_actions.terms import say
from kscb_actions.text import whole_number
from kscb_actions.upkeep.bulk.rules import CHANGE_NAMES
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
from .columns import COLUMNS

# More reviews than anybody looks through in a list; with more of them a reference is typed.
MOST_LISTED = 60
# What the filter by agency is narrowed to by a link of a count; by itself it finds both.
OWNER_WORDS = {"leads": "Only what the agency leads", "shares": "Only what the agency shares"}

# What is asked for by one of these may be closed; whoever asks for none of them sees what is open.
SAYS_WHETHER_CLOSED = (
    "closed",
    *("rating", "timeliness", "turn", "assurance", "examined", "records"),
    *("silent", "first", "over_a_year", "reminded", "accepted", "q"),
)
NOT_CLOSED = "Open actions only"
CLOSED_ONLY = "Closed actions only"
WITH_CLOSED = "Closed actions too"
OVERDUE_AT_FIRST = "Overdue against the first due date"
REMINDED = "Reminded again and again, no answer"
FROM_RECORDS = "From earlier records"
TICKED = {
    "key": "Key recommendations only",
    "first": OVERDUE_AT_FIRST,
    "over_a_year": "Overdue by more than a year",
    "reminded": REMINDED,
    "records": FROM_RECORDS,
}


@blueprint.route("/actions", access=Access(Permission.READ_ACTION))
def index() -> Any:
    """Return every action this person may see, narrowed, sorted and paged as the address says."""
    if tidier := without_empty():
        return tidier
    asked = asked_for()
    person, choices, sort = viewer(), choices_for(viewer(), asked), sort_of(asked, SORTS, _usual_sort(asked))
    page = _page_of(person, asked, sort)
    return render_template(
        "actions/index.html",
        page=page,
        challenges=open_challenges_of(person, [each.action.id for each in page.rows]),
        per_page=PER_PAGE,
        asked=asked,
        choices=choices,
        applied=_applied(asked, choices),
        with_closed=WITH_CLOSED,
        not_closed=NOT_CLOSED if is_not_closed(asked) else "",
        sort=sort,
        progress_names=PROGRESS_NAMES,
        thresholds=g.board.thresholds,
        overdue_at_first=OVERDUE_AT_FIRST,
        reminded=REMINDED,
        from_records=FROM_RECORDS,
        legend=legend(g.board.thresholds),
        changes=CHANGE_NAMES if reach(person, Permission.EDIT_ACTION) is not Reach.NONE else {},
    )


@downloadable(blueprint, "/actions", "index", Access(Permission.READ_ACTION), "actions")
def taken() -> Taken:
    """Return the same list to be taken away."""
    person, asked = viewer(), asked_for()
    sort = sort_of(asked, SORTS, _usual_sort(asked))
    pages = every_page(lambda number: _page_of(person, {**asked, "page": str(number)}, sort))
    rows = (
        (each, challenges.get(each.action.id))
        for page in pages
        for challenges in [open_challenges_of(person, [each.action.id for each in page.rows])]
        for each in page.rows
    )
    return Taken("Actions", COLUMNS, rows, _applied(asked, choices_for(person, asked)))


def _usual_sort(asked: Mapping[str, str]) -> Sort:
    """Return the worst first, then what is due first; by date alone where all are much alike."""
    is_alike = asked.get("rating", RED_OR_AMBER) != RED_OR_AMBER or asked.get("timeliness")
    return Sort("due" if is_alike else "rating", "ascending")


def _page_of(person: Viewer, asked: Mapping[str, str], sort: Sort) -> Page[Listed]:
    return list_actions(
        person,
        filter_of(asked),
        clock.today(),
        g.board.thresholds,
        sort.key,
        sort.is_descending,
        page_number(asked),
        PER_PAGE,
    )


def filter_of(asked: Mapping[str, str]) -> Filter:
    """Return the filter an address asks for. What it names and is not there matches nothing."""
    theme, lead = asked.get("theme"), asked.get("lead")
    return Filter(
        review=asked.get("review", ""),
        agency=asked.get("agency", ""),
        owner=asked.get("owner", ""),
        rating=asked.get("rating", ""),
        timeliness=asked.get("timeliness", ""),
        assurance=asked.get("assurance", ""),
        theme=(whole_number(theme) or 0) if theme else None,
        lead=(NOBODY if lead == "nobody" else whole_number(lead) or -1) if lead else None,
        recommendation=(whole_number(one) or 0) if (one := asked.get("recommendation")) else None,
        not_closed=is_not_closed(asked),
        closed_only=asked.get("closed") == "only",
        key_only=asked.get("key") == "1",
        silent=asked.get("silent") == "1",
        overdue_at_first=asked.get("first") == "1",
        over_a_year=asked.get("over_a_year") == "1",
        open_only=asked.get("restricted") == "0",
        turn=asked.get("turn", ""),
        reminded=asked.get("reminded") == "1",
        accepted=(days_of_month(asked["accepted"]) or NO_DAYS) if asked.get("accepted") else None,
        from_records=asked.get("records") == "1",
        examined=asked.get("examined", ""),
        words=asked.get("q", ""),
    )


def is_not_closed(asked: Mapping[str, str]) -> bool:
    """Return whether an address asks for open actions only: it says nothing of what may be closed."""
    return not any(asked.get(name) for name in SAYS_WHETHER_CLOSED)


def choices_for(person: Viewer, asked: Mapping[str, str]) -> list[Choice]:
    """Return what this person can narrow the list by: the reviews, agencies and so on that they see."""
    sees_all = reach(person, Permission.READ_ACTION) is Reach.ALL
    agencies = [each for each in list_agencies(active_only=False) if sees_all or each.id == person.agency_id]
    themes = tuple((str(each.id), each.name) for each in list_themes())
    return [
        _reviews(person),
        Choice("agency", "Agency", tuple((each.code, each.name) for each in agencies)),
        Choice("lead", "Lead", _leads(agencies, asked)),
        choice("rating", "Rating", {**COLOUR_NAMES, RED_OR_AMBER: "Red or amber"}),
        choice("timeliness", "Timeliness", TIMELINESS_NAMES),
        choice("turn", "Whose turn", WAITS_FOR_NAMES),
        choice("assurance", say("The Board’s check"), CHECK_NAMES),
        Choice("theme", "Theme", themes),
        choice("examined", "Examined again", EXAMINED_NAMES),
    ]


def _leads(agencies: Sequence[Agency], asked: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """Return who leads for these agencies, or for the one that is asked for, and nobody.

    Of more people than anybody looks through, only whoever is asked for: an agency is chosen first.
    """
    ids = [each.id for each in agencies if asked.get("agency", each.code) == each.code]
    people = list_leads(ids[0] if len(ids) == 1 else None) if ids else []
    pairs = tuple((str(each.id), each.name) for each in people)
    if len(pairs) > MOST_LISTED:
        pairs = tuple(pair for pair in pairs if pair[0] == asked.get("lead"))
    return (*pairs, ("nobody", "Nobody"))


def _reviews(person: Viewer) -> Choice:
    references = list_references(person, MOST_LISTED + 1)
    return Choice(
        "review", "Review", tuple((each, each) for each in references), len(references) > MOST_LISTED
    )


def _applied(asked: Mapping[str, str], choices: Iterable[Choice]) -> list[dict[str, str]]:
    shown = [each.in_words(asked.get(each.name, "")) for each in choices]
    if asked.get("agency") and asked.get("owner") in OWNER_WORDS:
        shown.append(("owner", OWNER_WORDS[asked["owner"]]))
    one = asked.get("recommendation", "")
    found = get_recommendation(viewer(), asked.get("review", ""), whole_number(one) or 0) if one else None
    shown.append(("recommendation", found.name if found else f"Recommendation {one}"))
    silent = f"No update for {g.board.thresholds.silent_days} days"
    ticked = {"silent": silent, **TICKED}
    shown += [(name, words) for name, words in ticked.items() if asked.get(name) == "1"]
    if asked.get("accepted"):
        shown.append(("accepted", f"Accepted in {month_uk(asked['accepted'])}"))
    if asked.get("restricted") == "0":
        shown.append(("restricted", "Without restricted reviews"))
    if asked.get("closed"):
        shown.append(("closed", CLOSED_ONLY if asked["closed"] == "only" else WITH_CLOSED))
    return in_force(asked, [*shown, ("q", f"Text: {asked.get('q', '')}")])
