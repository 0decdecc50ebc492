"""The audit trail: who changed what, and the verification of its hash chain."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from flask import redirect, render_template, request

from kscb_actions import clock
from kscb_actions.access.policy import Permission
from kscb_actions.audit.models import AuditEvent
from kscb_actions.audit.queries import PER_PAGE, EventFilter, event_is_visible, every_event, head, list_events
from kscb_actions.audit.rules import first_break
from kscb_actions.audit.words import EVENT_NAMES, event_name
from kscb_actions.people.models import User
from kscb_actions.reviews.queries import get_review, list_references
from kscb_actions.text import one_line
from kscb_actions.web.shared.guard import Access, viewer
from kscb_actions.web.shared.templating import changed_address

from . import blueprint
from .rows import rows_of

LONGEST = 200
NO_SUCH_THING = 0


@blueprint.route("/audit", access=Access(Permission.READ_AUDIT))
def index() -> Any:
    """Show the trail, newest first, narrowed and paged as the address says."""
    if "" in request.args.values():
        filled = [pair for pair in request.args.items(multi=True) if pair[1]]
        return redirect(changed_address(request.script_root + request.path, filled, {}))
    asked = {name: one_line(value[:LONGEST]) for name, value in request.args.items()}
    narrow, errors = _filter_of(asked)
    people = {person.id: person.name for person in User.select().order_by(User.name)}
    page = list_events(viewer(), narrow, _number(asked.get("page", "")) or 1)
    return render_template(
        "audit/index.html",
        page=page,
        rows=rows_of(page.events, people),
        per_page=PER_PAGE,
        asked=asked,
        people=people,
        event_names=EVENT_NAMES,
        references=[(each, each) for each in list_references(viewer())],
        applied=list(_applied(asked, people)),
        form_errors=errors,
    )


@blueprint.route("/audit/chain", access=Access(Permission.READ_AUDIT))
def chain() -> Any:
    """Verify the whole hash chain and show the result. Reads only."""
    newest = head(viewer())
    broken = first_break(every_event())
    seen = broken is not None and event_is_visible(viewer(), broken)
    event = AuditEvent.get_by_id(broken) if seen else None
    return render_template("audit/chain.html", broken=broken, event=event, newest=newest, name=event_name)


def _filter_of(asked: Mapping[str, str]) -> tuple[EventFilter, list[dict[str, str]]]:
    """Return the filter an address asks for, and what is wrong with it. What is not there matches nothing."""
    days: dict[str, date | None] = {}
    errors = []
    for name, words in (("since", "first"), ("until", "last")):
        try:
            days[name] = _day(asked.get(name, ""))
        except ValueError:
            days[name] = None
            errors.append(
                {
                    "text": f"The {words} day is not a real date. Write it like 2012-03-31.",
                    "href": f"#filter-{name}",
                }
            )
    review = get_review(viewer(), asked["review"]) if asked.get("review") else None
    person = asked.get("person")
    return EventFilter(
        person=(_number(person) or NO_SUCH_THING) if person else None,
        event=asked.get("event", ""),
        review=(review.id if review else NO_SUCH_THING) if asked.get("review") else None,
        since=clock.start_of(days["since"]) if days["since"] else None,
        until=clock.start_of(days["until"] + timedelta(days=1)) if days["until"] else None,
    ), errors


def _applied(asked: Mapping[str, str], people: Mapping[int, str]) -> Iterable[dict[str, str]]:
    said = {
        "person": f"Who: {people.get(_number(asked.get('person', '')) or 0, 'nobody')}",
        "event": f"What: {event_name(asked.get('event', ''))}",
        "review": f"Review: {asked.get('review')}",
        "since": f"From {asked.get('since')}",
        "until": f"To {asked.get('until')}",
    }
    for name, text in said.items():
        if asked.get(name):
            kept = changed_address(
                request.script_root + request.path, request.args.items(multi=True), {name: None, "page": None}
            )
            yield {"text": text, "remove": kept}


def _day(text: str) -> date | None:
    """Return a day typed like 2012-03-31; None when nothing was typed. Raises ValueError."""
    if not text:
        return None
    day = date.fromisoformat(text)
    if not 1900 <= day.year <= 2100:
        raise ValueError(text)
    return day


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
