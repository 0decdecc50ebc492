"""Events as the rows of a page: names in place of numbers, and where each thing is to be found."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from typing import Any

from flask import url_for

from kscb_actions.actions.models import Action
from kscb_actions.actions.rules import VOID
from kscb_actions.audit.models import AuditEvent
from kscb_actions.audit.words import HIDDEN_COLUMNS, SHOWN_DETAILS, column_name, event_name, shown
from kscb_actions.people.models import Agency
from kscb_actions.reviews.models import Review

PEOPLE = frozenset(
    {"lead_id", "user_id", "to_user_id", "asked_by_id", "decided_by_id", "by_id", "added_by_id", "contact_id"}
    | {"person_id", "stand_in_id"}
)


@dataclass(frozen=True)
class TrailRow:
    """One event in words. `details` holds (name, text) pairs: what was said, and what changed from what.

    `others`: the other events of the same save, in their order, where the row stands for the whole of it.
    """

    at: datetime
    who: str
    event: str
    about: str
    href: str | None
    details: list[tuple[str, str]]
    others: tuple["TrailRow", ...] = ()


@dataclass(frozen=True)
class EventNames:
    """The names behind the numbers on one page of events."""

    people: Mapping[int, str]
    agencies: Mapping[int, str]
    reviews: Mapping[int, str]
    actions: Mapping[int, int]
    void: frozenset[tuple[str, int]]


def rows_of(events: Sequence[AuditEvent], people: Mapping[int, str]) -> list[TrailRow]:
    """Return the events in words, newest first as they come, and those of one save as one row.

    `people` is {id: name}. Three queries, however many events.

    What was recorded in error is named and leads nowhere.

    The events have been fetched for a viewer, so what they are about may be named.
    """
    about = Review.id.in_(_ids(events, "review_id"))
    reviews = list(Review.select(Review.id, Review.reference, Review.is_void).where(about))
    about = Action.id.in_(_ids(events, "action_id"))
    actions = list(Action.select(Action.id, Action.number, Action.standing).where(about))
    names = EventNames(
        people,
        dict(Agency.select(Agency.id, Agency.name).tuples()),
        {each.id: each.reference for each in reviews},
        {each.id: each.number for each in actions},
        frozenset(
            [("review", each.id) for each in reviews if each.is_void]
            + [("action", each.id) for each in actions if each.standing == VOID]
        ),
    )
    return [_saved([_row(each, names) for each in save]) for save in _saves(events)]


def _saves(events: Sequence[AuditEvent]) -> list[list[AuditEvent]]:
    """Return the events by save, newest first, each save's in the order in which they were written.

    What sums a step up is written last, and is about no row: it comes first.
    """
    saves = [list(save)[::-1] for _, save in groupby(events, lambda event: event.save or event.hash)]
    return [[save[-1], *save[:-1]] if save[-1].object_id is None else save for save in saves]


def _saved(rows: Sequence[TrailRow]) -> TrailRow:
    return replace(rows[0], others=tuple(rows[1:]))


def _ids(events: Sequence[AuditEvent], column: str) -> list[int]:
    return sorted({getattr(event, column) for event in events} - {None})


def _row(event: AuditEvent, names: EventNames) -> TrailRow:
    about, href = _about(event, names)
    detail = json.loads(event.detail)
    details = [(column_name(name), shown(detail[name])) for name in SHOWN_DETAILS if detail.get(name)]
    for column, (old, new) in json.loads(event.changes).items():
        if column not in HIDDEN_COLUMNS:
            before, after = (shown(_named(column, value, names)) for value in (old, new))
            details.append((column_name(column), f"{before} → {after}"))
    return TrailRow(event.at, event.actor_name, event_name(event.event), about, href, details)


def _about(event: AuditEvent, names: EventNames) -> tuple[str, str | None]:
    reference = names.reviews.get(event.review_id)
    number = names.actions.get(event.action_id)
    if reference and number:
        href = url_for("actions.show", reference=reference, number=number)
        return f"{reference}/A{number}", None if ("action", event.action_id) in names.void else href
    if reference:
        href = url_for("reviews.show", reference=reference)
        return reference, None if ("review", event.review_id) in names.void else href
    state: dict[str, Any] = json.loads(event.state)
    about = state.get("name") or state.get("subject") or column_name(str(state.get("key") or ""))
    return shown(about) if about else "", None


def _named(column: str, value: Any, names: EventNames) -> Any:
    if column in PEOPLE:
        return names.people.get(value, value)
    return names.agencies.get(value, value) if column == "agency_id" else value
