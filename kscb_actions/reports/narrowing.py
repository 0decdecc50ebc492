"""What the queries of a report have in common: its scope and period as conditions, and a part of the rows."""

from datetime import datetime
from typing import Any

from ..actions.models import Action
from ..reviews.queries import EVERYTHING
from .facts import end_of
from .scope import Scope


def part_of(query: Any, start: int, most: int | None) -> Any:
    """A query's rows from the place `start` on, at most `most` of them; all when none is said."""
    return query if most is None else query.limit(most).offset(start)


def within(scope: Scope, instant: Any) -> Any:
    """The condition that an instant is after the day `since` and not after the day of the report."""
    return (instant >= start_of(scope)) & (instant < scope.moment.before)


def start_of(scope: Scope) -> datetime:
    """The instant after which changes are told."""
    return end_of(scope.since)


def of_agency(scope: Scope, columns: Any) -> Any:
    """The condition that keeps the agency asked for, on anything that has an agency_id."""
    return EVERYTHING if scope.agency_id is None else columns.agency_id == scope.agency_id


def in_scope(scope: Scope) -> Any:
    """The condition on Action for what hangs on actions: neither review nor agency ever changes."""
    covered = scope.covered.have(Action.review)
    return covered if scope.agency_id is None else covered & (Action.agency == scope.agency_id)
