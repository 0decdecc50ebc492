"""The list of actions: its address holds what it is narrowed to, how it is sorted, and the page."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import g, redirect, render_template, request

from kscb_actions import clock
from kscb_actions.access.policy import Permission, Reach, Viewer, reach
from kscb_actions.actions.listing import PER_PAGE, SORTS, Page, list_actions
from kscb_actions.actions.narrowing import Filter
from kscb_actions.actions.rating import COLOUR_NAMES, TIMELINESS_NAMES, legend
from kscb_actions.actions.rules import ASSURANCE_NAMES, PROGRESS_NAMES
from kscb_actions.people.queries import list_agencies
from kscb_actions.reviews.queries import list_references, list_themes
from kscb_actions.text import one_line
from kscb_actions.web.shared.guard import Access, viewer
from kscb_actions.web.shared.templating import changed_address

from . import blueprint

LONGEST = 200
# More reviews than anybody looks through in a list; with more of them a reference is typed.
MOST_LISTED = 60


@dataclass(frozen=True)
class Choice:
    """A thing a list can be narrowed by: its name in the address, its label, its (value, words) pairs.

    `is_typed`: there are too many to list, so `options` holds only some.
    """

    name: str
    label: str
    options: tuple[tuple[str, str], ...]
    is_typed: bool = False

    def words_of(self, value: str) -> str:
        """What a value is called; the value itself when it is none of the options."""
        return dict(self.options).get(value, value)


@blueprint.route("/actions", access=Access(Permission.READ_ACTION))
def index() -> Any:
    """Every action this person may see, narrowed, sorted and paged as the address says."""
    if "" in request.args.values():
        filled = [pair for pair in request.args.items(multi=True) if pair[1]]
        return redirect(changed_address(request.script_root + request.path, filled, {}))
    asked = {name: one_line(value[:LONGEST]) for name, value in request.args.items()}
    person, choices, sort = viewer(), choices_for(viewer()), _sort_of(asked)
    return render_template(
        "actions/index.html",
        page=_page_of(person, asked, sort),
        per_page=PER_PAGE,
        asked=asked,
        choices=choices,
        applied=list(_applied(asked, choices)),
        sort=sort,
        progress_names=PROGRESS_NAMES,
        thresholds=g.board.thresholds,
        legend=legend(g.board.thresholds),
    )


def _page_of(person: Viewer, asked: Mapping[str, str], sort: Mapping[str, str]) -> Page:
    return list_actions(
        person,
        filter_of(asked),
        clock.today(),
        g.board.thresholds,
        sort["key"],
        sort["direction"] == "descending",
        _number(asked.get("page", "")) or 1,
        PER_PAGE,
    )


def _sort_of(asked: Mapping[str, str]) -> dict[str, str]:
    return {
        "key": asked["sort"] if asked.get("sort") in SORTS else "due",
        "direction": "descending" if asked.get("direction") == "descending" else "ascending",
    }


def filter_of(asked: Mapping[str, str]) -> Filter:
    """The filter an address asks for. What it names and is not there matches nothing."""
    theme = asked.get("theme")
    return Filter(
        review=asked.get("review", ""),
        agency=asked.get("agency", ""),
        rating=asked.get("rating", ""),
        timeliness=asked.get("timeliness", ""),
        assurance=asked.get("assurance", ""),
        theme=(_number(theme) or 0) if theme else None,
        silent=asked.get("silent") == "1",
        more_time=asked.get("more_time") == "1",
        words=asked.get("q", ""),
    )


def choices_for(person: Viewer) -> list[Choice]:
    """What this person can narrow the list by: reviews, agencies and the rest, as far as they see them."""
    sees_all = reach(person, Permission.READ_ACTION) is Reach.ALL
    agencies = [each for each in list_agencies(active_only=False) if sees_all or each.id == person.agency_id]
    themes = tuple((str(each.id), each.name) for each in list_themes())
    return [
        _reviews(person),
        Choice("agency", "Agency", tuple((each.code, each.name) for each in agencies)),
        Choice("rating", "Rating", _pairs(COLOUR_NAMES)),
        Choice("timeliness", "Timeliness", _pairs(TIMELINESS_NAMES)),
        Choice("assurance", "The Board’s check", _pairs(ASSURANCE_NAMES)),
        Choice("theme", "Theme", themes),
    ]


def _reviews(person: Viewer) -> Choice:
    references = list_references(person, MOST_LISTED + 1)
    return Choice(
        "review", "Review", tuple((each, each) for each in references), len(references) > MOST_LISTED
    )


def _applied(asked: Mapping[str, str], choices: Iterable[Choice]) -> Iterable[dict[str, str]]:
    silent = f"No update for {g.board.thresholds.silent_days} days"
    said = [(each.name, f"{each.label}: {each.words_of(asked.get(each.name, ''))}") for each in choices]
    said += [("silent", silent), ("more_time", "More time asked for"), ("q", f"Text: {asked.get('q', '')}")]
    for name, text in said:
        if asked.get(name) and (asked[name] == "1" or name not in ("silent", "more_time")):
            without = changed_address(
                request.script_root + request.path, request.args.items(multi=True), {name: None, "page": None}
            )
            yield {"text": text, "remove": without}


def _pairs(names: Mapping[Any, str]) -> tuple[tuple[str, str], ...]:
    return tuple((str(value), words) for value, words in names.items())


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
