"""What the check finds of rows that were changed past the application: one sentence a row."""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

from kscb_actions.actions.models import Action
from kscb_actions.audit.comparing import Comparison, Difference, Progress
from kscb_actions.audit.queries import last_event
from kscb_actions.audit.rules import DEATH_ROOMS
from kscb_actions.audit.words import column_name
from kscb_actions.reviews.models import Review
from kscb_actions.terms import say
from kscb_actions.wording import plural

MOST_TOLD = 20
# The columns by which people know a row that belongs to no review.
NAMES = {"agency": "code", "person": "name", "theme": "name", "setting": "key"}


def changed_rows(comparison: Comparison, progress: Progress = lambda done: None) -> Iterator[str]:
    """Yield a sentence for each row that is not what its events say, at most MOST_TOLD of a table."""
    found: Counter[str] = Counter()
    for difference in comparison.differences(progress):
        table = difference.model._meta.table_name
        found[table] += 1
        if found[table] <= MOST_TOLD:
            yield f"audit trail: {_named(difference)} {_happened(difference)}"
    for table, count in found.items():
        if count > MOST_TOLD:
            yield f"audit trail: {plural(count - MOST_TOLD, 'more row')} of the kind “{_kind(table)}”"


def _happened(difference: Difference) -> str:
    event = f"event {difference.event}" if difference.event else say("the first list of the board")
    columns = ", ".join(f"“{column_name(name)}”" for name in difference.columns)
    if difference.before is not None:
        return f"was changed past the application before {event}, which did not change it: {columns}"
    if difference.columns:
        return f"is not what {event} recorded, it was changed past the application: {columns}"
    if difference.event is not None:
        return f"is not there, it was removed past the application; {event} is the last that tells of it"
    return "was put in past the application: no event tells of it"


def _named(difference: Difference) -> str:
    """Return what people call a row. Of a death, and of a restricted review, its number alone."""
    table, state = difference.model._meta.table_name, difference.state
    plain = f"{_kind(table)} {difference.row_id}"
    if difference.model.event_room in DEATH_ROOMS:
        return plain
    if table in NAMES:
        return f"{_kind(table)} “{state.get(NAMES[table], difference.row_id)}”"
    review = Review.get_or_none(
        Review.id == (difference.row_id if table == "review" else state.get("review_id"))
    )
    if review is None:
        return plain
    if _is_restricted(review):
        return f"{plain} of a restricted review" if table != "review" else f"Restricted {plain.lower()}"
    return _within(review, table, difference.row_id, state)


def _is_restricted(review: Review) -> bool:
    """Return whether a review is restricted, or would be had nobody changed that past the application."""
    said = last_event(review)
    return bool(review.is_restricted or (said and json.loads(said.state).get("is_restricted")))


def _within(review: Review, table: str, row_id: int, state: dict[str, Any]) -> str:
    if table == "review":
        return f"Review {review.reference}"
    if table in ("action", "recommendation"):
        return f"{_kind(table)} {review.reference}/{table[0].upper()}{state.get('number', row_id)}"
    action = Action.get_or_none(Action.id == state.get("action_id"))
    return f"{_kind(table)} {row_id} of {review.reference}{f'/A{action.number}' if action else ''}"


def _kind(table: str) -> str:
    return table.replace("_", " ").capitalize()
