"""Counting for many people at once what each of them may see: by agency, and by restricted review.

The conditions are those of the lists, so that each number is the one of the list it leads to. The number of
queries does not grow with people, agencies or actions.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import peewee

from kscb_actions.access.policy import Permission, Reach, Viewer, reach
from kscb_actions.actions.models import Action, JointOwner
from kscb_actions.actions.moves import StateColumns
from kscb_actions.actions.narrowing import Filter, state_as_sql
from kscb_actions.assurance.challenges.queries import ChallengeFilter, tally
from kscb_actions.database import db
from kscb_actions.people.models import Agency
from kscb_actions.reports.progress.past import Moment, joint_then, state_at
from kscb_actions.reports.progress.queries import ACTION_FIELDS
from kscb_actions.reviews.models import NamedPerson, Review
from kscb_actions.settings.rules import Thresholds


@dataclass(frozen=True)
class View:
    """What one person may count: of one agency, or of all; of restricted reviews those they are named on."""

    agency: Agency | None
    named: frozenset[int] = frozenset()

    @classmethod
    def of(cls, person: Viewer, agency: Agency | None, named: Mapping[int, frozenset[int]]) -> "View | None":
        """Return a person's view on an agency's actions, or on all; None where they may not read them."""
        width = reach(person, Permission.READ_ACTION)
        if width is Reach.NONE:
            return None
        if width is Reach.OWN_AGENCY and (agency is None or agency.id != person.agency_id):
            return None
        return cls(agency, named.get(person.id or 0, frozenset()))

    def narrowed(self, address: str) -> str:
        """Return the address of a list, narrowed to the agency."""
        if self.agency is None:
            return address
        return f"{address}{'&' if '?' in address else '?'}agency={self.agency.code}"


@dataclass(frozen=True)
class Count:
    """How many there are of each name: of an agency, and of a review where that is restricted.

    is_shared  whether another agency leads them
    """

    agency_id: int
    review_id: int | None
    numbers: Mapping[str, int]
    is_shared: bool = False


@dataclass(frozen=True)
class Tally:
    """Everything there is, counted so that it can be added up for each person."""

    counts: tuple[Count, ...]

    def of(self, view: View, name: str) -> int:
        """Return how many of a name a person may see."""
        return sum(each.numbers[name] for each in self._seen(view))

    def restricted(self, view: View) -> frozenset[int]:
        """Return the restricted reviews of which a person's numbers count anything."""
        seen = (each for each in self._seen(view) if any(each.numbers.values()))
        return frozenset(each.review_id for each in seen if each.review_id is not None)

    def _seen(self, view: View) -> list[Count]:
        return [
            each
            for each in self.counts
            if (each.review_id is None or each.review_id in view.named)
            and (not each.is_shared if view.agency is None else each.agency_id == view.agency.id)
        ]


def named_people() -> dict[int, frozenset[int]]:
    """Return {person: the restricted reviews on which they are named}. One query."""
    rows = NamedPerson.select(NamedPerson.user, NamedPerson.review).join(Review).where(Review.is_restricted)
    found: dict[int, set[int]] = {}
    for person_id, review_id in rows.tuples():
        found.setdefault(person_id, set()).add(review_id)
    return {person_id: frozenset(reviews) for person_id, reviews in found.items()}


def tally_actions(parts: Mapping[str, Filter], thresholds: Thresholds, moment: Moment) -> Tally:
    """Return how many actions each filter keeps at a moment, of what it says of their state. Two queries."""
    then = state_at(Action, moment, ACTION_FIELDS)
    columns = StateColumns(moment.before if moment.is_past else None)
    holds = [state_as_sql(each, moment.as_at, thresholds, columns) for each in parts.values()]
    sums = [peewee.fn.SUM(peewee.Case(None, [(each, 1)], 0)) for each in holds]
    restricted = peewee.Case(None, [(Review.is_restricted, then.c.review_id)])

    def counted(agency: Any, is_shared: bool) -> Iterator[Count]:
        query = peewee.Select([then], [agency, restricted, *sums])
        query = query.join(Review, on=(Review.id == then.c.review_id))
        if is_shared:
            query = query.join(JointOwner, on=(JointOwner.action == then.c.id))
            query = query.where(joint_then(moment), JointOwner.agency != then.c.agency_id)
        for row in db.execute(query.group_by(agency, restricted)):
            yield Count(row[0], row[1], dict(zip(parts, row[2:], strict=True)), is_shared)

    return Tally((*counted(then.c.agency_id, False), *counted(JointOwner.agency, True)))


def tally_challenges(parts: Mapping[str, ChallengeFilter], today: date) -> Tally:
    """Return how many challenges each filter keeps. One query."""
    return Tally(tuple(Count(*row) for row in tally(parts, today)))
