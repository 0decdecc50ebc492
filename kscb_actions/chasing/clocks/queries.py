"""Which statutory dates wait for a stage of their review, and what has been chased of them."""

from collections.abc import Mapping
from datetime import date, timedelta

from kscb_actions.chasing.queries import chased_by, gathered
from kscb_actions.people.absences.queries import people_away
from kscb_actions.reviews.models import NamedPerson, Review, StatutoryClock
from kscb_actions.reviews.queries import void_reviews
from kscb_actions.reviews.rules import Stage

from .models import ClockChase
from .rules import CLOCKS, UnmetClock


def list_waiting(on: date, begins: Mapping[str, int]) -> list[UnmetClock]:
    """Return the unmet statutory dates whose first stage has begun by `on`. Six queries.

    Not those of a review that is on hold or closed: nothing more is done there for the moment, or for good.
    """
    columns = (StatutoryClock.kind, StatutoryClock.due_on, StatutoryClock.review)
    rows = (
        StatutoryClock.select(*columns, Review.reference, Review.is_restricted)
        .join(Review)
        .where(
            StatutoryClock.met_on.is_null(),
            StatutoryClock.due_on <= on - timedelta(days=begins[CLOCKS.code]),
            Review.hold_kind == "",
            Review.stage != Stage.CLOSED,
            StatutoryClock.review.not_in(void_reviews()),
        )
        .namedtuples()
    )
    named = gathered(NamedPerson.select(NamedPerson.review, NamedPerson.user).tuples(), int)
    chased, away = chased_by(ClockChase.review, ClockChase.kind), people_away(on)
    return [
        UnmetClock(
            review_id=row.review,
            reference=row.reference,
            kind=row.kind,
            due_on=row.due_on,
            named=frozenset(named.get(row.review, ())) if row.is_restricted else None,
            chased=chased.get((row.review, row.kind), ()),
            away=away,
        )
        for row in rows
    ]
