"""The Board's dashboard: what needs attention first, every number a link to what it counts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import g, render_template, url_for

from kscb_actions import clock
from kscb_actions.access.policy import Owners, Permission, Reach, Role, Viewer, may, reach
from kscb_actions.actions.listing import Listed, count_actions, list_actions
from kscb_actions.actions.models import Extension
from kscb_actions.actions.narrowing import Filter
from kscb_actions.actions.owners.queries import owners_of
from kscb_actions.actions.queries import count_by_agency, count_waits, list_open_requests
from kscb_actions.actions.rating import Colour, legend
from kscb_actions.actions.rules import PROGRESS_NAMES
from kscb_actions.actions.turn import WaitsForBoard
from kscb_actions.assurance.challenges.queries import ChallengeFilter, count_answered, count_challenges
from kscb_actions.assurance.queries import list_waiting_erasures
from kscb_actions.chasing.news.owed import list_owed
from kscb_actions.child_deaths.learning.referrals import count_open_referrals
from kscb_actions.impact.queries import count_waiting as count_impact
from kscb_actions.measures.queries import count_waiting as count_readings
from kscb_actions.meetings.deciding.queries import open_tasks_of
from kscb_actions.pages import Page
from kscb_actions.people.models import Agency
from kscb_actions.reports.content import Series
from kscb_actions.reviews.answers.queries import UNANSWERED, count_answers, count_to_view
from kscb_actions.reviews.answers.rules import Standing
from kscb_actions.reviews.deciding import list_waiting_for_decision
from kscb_actions.reviews.referring.queries import count_waiting
from kscb_actions.settings.rules import Thresholds
from kscb_actions.terms import say
from kscb_actions.upkeep.orphans.queries import sweep
from kscb_actions.web.shared.guard import Access, viewer
from kscb_actions.web.shared.navigation import list_address
from kscb_actions.wording import plural

from . import blueprint

# How many of each list are shown on the page; the rest is one link away.
SHORT = 5


@dataclass(frozen=True)
class Tile:
    """A number, what it counts, and where the list of exactly that is."""

    number: int
    label: str
    href: str
    colour: str | None = None


@dataclass(frozen=True)
class Pending:
    """A thing that waits for a decision. `choice`: "decide", "another" person must, or "" for a reader."""

    thing: Any
    choice: str


@dataclass(frozen=True)
class AgencyChart:
    """The chart of agencies by rating; links[agency][rating], each agency's total last."""

    alt: str
    categories: list[str]
    series: list[Series]
    links: list[list[str]]


@dataclass(frozen=True)
class AttentionItems:
    """What needs attention.

    `answered` challenges, and answers `to_view`, each with the day since which the oldest has waited.
    `asked`, `impossible` and `silent` are numbers of actions, `challenges` of those not closed, and
    `unanswered` of answers that are late.
    `board` is all that waits for the Board: what `waiting` is to check, what is `asked` and `impossible`.
    """

    counts: dict[Agency, dict[Colour, int]]
    board: WaitsForBoard
    waiting: Page[Listed]
    overdue: Page[Listed]
    requests: list[Extension]
    asked: int
    impossible: int
    silent: int
    challenges: int
    unanswered: int
    answered: tuple[int, date | None]
    to_view: tuple[int, date | None]

    def count(self, colour: Colour) -> int:
        """Return how many actions of all agencies have this rating."""
        return sum(of_agency[colour] for of_agency in self.counts.values())


@blueprint.route("/attention", access=Access(Permission.SEE_ATTENTION))
def attention() -> Any:
    """Show the Board's first page. Readers see it without the ways to decide."""
    person, thresholds = viewer(), g.board.thresholds
    found = find_attention(person, clock.today(), thresholds)
    decided: list[Any] = [*found.waiting.rows, *found.requests]
    swept = sweep(person, clock.today(), thresholds)
    owners = owners_of(each.action for each in decided)
    chairs_board = Role.INDEPENDENT_CHAIR in person.roles
    return render_template(
        "home/attention.html",
        found=found,
        today=clock.today(),
        tiles=_tiles(found, clock.today(), thresholds),
        waiting=[_pending(person, Permission.DECIDE_ASSURANCE, row, owners) for row in found.waiting.rows],
        requests=[_pending(person, Permission.DECIDE_EXTENSION, each, owners) for each in found.requests],
        picture=_picture(found) if found.counts else None,
        checks=reach(person, Permission.DECIDE_ASSURANCE) is not Reach.NONE,
        decides=reach(person, Permission.DECIDE_EXTENSION) is not Reach.NONE,
        progress_names=PROGRESS_NAMES,
        legend=legend(thresholds),
        erasures=list_waiting_erasures(person),
        tasks=open_tasks_of(person),
        orphans=swept.count,
        unreached=len(swept.bounced),
        readings=count_readings(person, clock.today()),
        impact=count_impact(person, clock.today(), g.board.impact_months),
        to_decide=list_waiting_for_decision(person),
        owed=list_owed(person, restricted=True) if chairs_board else None,
        cases=count_waiting(person) if may(person, Permission.ANSWER_CASE_REFERRAL) else 0,
        referrals=count_open_referrals(person)
        if reach(person, Permission.READ_REFERRAL) is not Reach.NONE
        else 0,
    )


def find_attention(person: Viewer, today: date, thresholds: Thresholds) -> AttentionItems:
    """Return what needs attention, as far as this person may see it. The number of queries is fixed."""

    def short(narrow: Filter, sort: str) -> Page[Listed]:
        return list_actions(person, narrow, today, thresholds, sort, per_page=SHORT)

    return AttentionItems(
        counts=count_by_agency(person, today, thresholds),
        board=count_waits(person, today),
        waiting=short(Filter(turn="check"), "reported"),
        overdue=short(Filter(timeliness="overdue"), "due"),
        requests=list_open_requests(person, SHORT),
        asked=count_actions(person, Filter(turn="more_time"), today, thresholds),
        impossible=count_actions(person, Filter(turn="cannot_be_done"), today, thresholds),
        silent=count_actions(person, Filter(silent=True), today, thresholds),
        challenges=count_challenges(person, ChallengeFilter(not_closed=True), today),
        unanswered=count_answers(person, UNANSWERED, today),
        answered=count_answered(person, restricted=True),
        to_view=count_to_view(person, restricted=True),
    )


def _tiles(found: AttentionItems, today: date, thresholds: Thresholds) -> list[Tile]:
    def tile(number: int, label: str, colour: Colour | None = None, **address: Any) -> Tile:
        return Tile(number, label, list_address(**address), colour)

    return [
        tile(found.overdue.total, "Overdue", Colour.RED, timeliness="overdue"),
        tile(found.count(Colour.AMBER), "At risk", Colour.AMBER, rating=Colour.AMBER),
        tile(found.silent, f"No update for {thresholds.silent_days} days", silent=1, sort="updated"),
        tile(found.board.count, _oldest(found.board, today), turn="board"),
        tile(found.waiting.total, "Done, waiting for a check", turn="check", sort="reported"),
        tile(found.asked, "Requests for more time", turn="more_time"),
        tile(found.impossible, "Cannot be done, waiting for a decision", turn="cannot_be_done"),
        Tile(found.challenges, "Challenges not closed", url_for("challenges.index", not_closed=1)),
        Tile(
            found.answered[0],
            _since(say("Challenges answered, waiting for the Board"), found.answered[1], today),
            url_for("challenges.index", state="answered"),
        ),
        Tile(
            found.to_view[0],
            _since("Agencies’ answers to look at", found.to_view[1], today),
            url_for("reviews.answers", to_view=1),
        ),
        Tile(
            found.unanswered,
            "Agencies’ answers overdue",
            url_for("reviews.answers", standing=Standing.UNANSWERED.value),
        ),
    ]


def _since(label: str, since: date | None, today: date) -> str:
    days = max((today - since).days, 0) if since else 0
    return f"{label}, oldest {plural(days, 'day')}" if days else label


def _oldest(board: WaitsForBoard, today: date) -> str:
    days = board.days(today)
    return (
        say("Waiting for the Board, oldest {days}", days=plural(days, "day"))
        if days
        else say("Waiting for the Board")
    )


def _pending(
    viewer: Viewer, permission: Permission, thing: Listed | Extension, owners: Mapping[int, Owners]
) -> Pending:
    if reach(viewer, permission) is Reach.NONE:
        return Pending(thing, "")
    own = not may(viewer, permission, owners[thing.action.id])
    asked_it = isinstance(thing, Extension) and thing.asked_by_id == viewer.id
    return Pending(thing, "another" if own or asked_it else "decide")


def _picture(found: AttentionItems) -> AgencyChart:
    counts, red = found.counts, found.count(Colour.RED)
    total = sum(found.count(colour) for colour in Colour)
    alt = f"{total} actions of {len(counts)} agencies; {red} are red"
    if red:
        worst = max(counts, key=lambda agency: counts[agency][Colour.RED])
        alt += f", most of them, {counts[worst][Colour.RED]}, with {worst.name}"
    return AgencyChart(
        f"{alt}. The table has every figure.",
        [agency.name for agency in counts],
        [
            Series(colour.capitalize(), colour, tuple(of_agency[colour] for of_agency in counts.values()))
            for colour in Colour
        ],
        [_links(agency) for agency in counts],
    )


def _links(agency: Agency) -> list[str]:
    of_agency = [list_address(agency=agency.code, owner="leads", rating=colour) for colour in Colour]
    return [*of_agency, list_address(agency=agency.code, owner="leads", closed=1)]
