"""The audit trail: who changed what, and the verification of its hash chain."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from typing import Any

from flask import g, render_template

from kscb_actions import clock
from kscb_actions.access.policy import Permission
from kscb_actions.audit.models import AuditEvent
from kscb_actions.audit.queries import PER_PAGE, EventFilter, event_is_visible, every_event, head, list_events
from kscb_actions.audit.rules import first_break
from kscb_actions.audit.words import event_choices, event_name
from kscb_actions.dates_written import Written, read_date
from kscb_actions.pages import every_page
from kscb_actions.people.models import User
from kscb_actions.reviews.queries import get_review, list_references, told_events
from kscb_actions.spreadsheets.rules import Column
from kscb_actions.text import whole_number
from kscb_actions.web.downloads import Taken, downloadable, local
from kscb_actions.web.shared.asked import (
    Choice,
    asked_for,
    choice,
    in_force,
    page_number,
    without_empty,
)
from kscb_actions.web.shared.days import why_no_day
from kscb_actions.web.shared.guard import Access, viewer
from kscb_actions.wording import date_uk

from . import blueprint
from .rows import TrailRow, rows_of

NO_SUCH_THING = 0
DAYS = {"since": "The first day", "until": "The last day"}


@blueprint.route("/audit", access=Access(Permission.READ_AUDIT))
def index() -> Any:
    """Show the trail, newest first, narrowed and paged as the address says."""
    if tidier := without_empty():
        return tidier
    asked = asked_for()
    narrow, wrong = _filter_of(asked)
    people = {person.id: person.name for person in User.select().order_by(User.name)}
    page = list_events(viewer(), told_events(viewer()), narrow, page_number(asked))
    choices = _choices(people)
    return render_template(
        "audit/index.html",
        page=page,
        rows=rows_of(page.rows, people),
        per_page=PER_PAGE,
        asked=asked,
        choices=choices,
        applied=_applied(asked, choices),
        wrong=wrong,
        form_errors=[{"text": text, "href": f"#filter-{name}"} for name, text in wrong.items()],
    )


@downloadable(blueprint, "/audit", "index", Access(Permission.READ_AUDIT), "people")
def taken() -> Taken:
    """Return the same list to be taken away."""
    asked, person = asked_for(), viewer()
    narrow, _ = _filter_of(asked)
    people = {each.id: each.name for each in User.select().order_by(User.name)}
    pages = every_page(lambda number: list_events(person, told_events(person), narrow, number))
    rows = (each for page in pages for each in rows_of(page.rows, people))
    return Taken("Audit trail", COLUMNS, rows, _applied(asked, _choices(people)))


COLUMNS = (
    Column("When", lambda row: local(row.at)),
    Column("Who", lambda row: row.who, 24),
    Column("What", lambda row: row.event, 40),
    Column("About", lambda row: row.about, 24),
    Column("Details", lambda row: "\n".join(_told(row)), 60),
    Column("In the same save", lambda row: "\n".join(_others(row)), 60),
)


def _told(row: TrailRow) -> list[str]:
    return [f"{name}: {text}" for name, text in row.details]


def _others(row: TrailRow) -> Iterator[str]:
    """Yield the other changes of a save, each with its details."""
    for other in row.others:
        yield f"{other.event}: {other.about}" if other.about else other.event
        yield from _told(other)


@blueprint.route("/audit/chain", access=Access(Permission.READ_AUDIT))
def chain() -> Any:
    """Verify the whole hash chain and show the result. Reads only."""
    told = told_events(viewer())
    newest = head(viewer(), told)
    broken = first_break(every_event())
    seen = broken is not None and event_is_visible(viewer(), told, broken)
    event = AuditEvent.get_by_id(broken) if seen else None
    return render_template("audit/chain.html", broken=broken, event=event, newest=newest, name=event_name)


def _filter_of(asked: Mapping[str, str]) -> tuple[EventFilter, dict[str, str]]:
    """Return the filter an address asks for, and {day: message}. What is not there matches nothing."""
    days = {name: _day_of(asked, name) for name in DAYS}
    wrong = {
        name: f"{DAYS[name]}: {why_no_day(written)}"
        for name, written in days.items()
        if asked.get(name) and written.on is None
    }
    since, until = days["since"].on, days["until"].on
    review = get_review(viewer(), asked["review"]) if asked.get("review") else None
    person = asked.get("person")
    return EventFilter(
        person=(whole_number(person) or NO_SUCH_THING) if person else None,
        event=asked.get("event", ""),
        review=(review.id if review else NO_SUCH_THING) if asked.get("review") else None,
        since=clock.start_of(since) if since else None,
        until=clock.start_of(until + timedelta(days=1)) if until else None,
    ), wrong


def _day_of(asked: Mapping[str, str], name: str) -> Written:
    return read_date(asked.get(name, ""))


def _choices(people: Mapping[int, str]) -> list[Choice]:
    """Return what the trail can be narrowed by, besides its days."""
    return [
        choice("person", "Who", people),
        choice("event", "What", event_choices(g.board.has_child_deaths)),
        choice("review", "Review", {each: each for each in list_references(viewer())}),
    ]


def _applied(asked: Mapping[str, str], choices: Iterable[Choice]) -> list[dict[str, str]]:
    shown = [each.in_words(asked.get(each.name, "")) for each in choices]
    days = {name: date_uk(_day_of(asked, name).on, asked.get(name, "")) for name in DAYS}
    return in_force(asked, [*shown, ("since", f"From {days['since']}"), ("until", f"To {days['until']}")])
