"""The recommendations of a report: what each is called, their order, and how many ended. One query."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import peewee

from kscb_actions.reviews.endings import Ending, ending_of
from kscb_actions.reviews.models import Recommendation
from kscb_actions.reviews.numbering import Numbered, in_reading_order, label_of

from .past import Moment, Reviews, read, state_at

NAMES = ("id", "review", "number", "published_number", "heading", "is_key", "withdrawn_on", "ending")


@dataclass(frozen=True)
class Numbering:
    """The recommendations that a report lists, as their reports have them, review by review.

    ids        of those listed
    published  {id: the number its report gives it} of every one that has a number
    endings    how each of those listed that ended did
    key_count  how many of those listed are key recommendations
    """

    ids: Sequence[int]
    published: Mapping[int, str]
    endings: Sequence[Ending]
    key_count: int
    has_headings: bool

    def label(self, recommendation_id: int, number: int) -> str:
        """Return what a recommendation is called on the day of the report."""
        return label_of(number, self.published.get(recommendation_id))


def numbering_at(moment: Moment, reviews: Reviews, listed: Any) -> Numbering:
    """Return the recommendations of these reviews; `listed` makes the condition that the report lists one."""
    then = state_at(Recommendation, moment, NAMES, reviews)
    is_listed = peewee.Case(None, [(listed(then), 1)], 0).alias("is_listed")
    query = peewee.Select([then], [peewee.SQL('"state".*'), is_listed])
    rows = list(read(query.order_by(then.c.review_id, then.c.number)))
    shown = [row for row in rows if row["is_listed"]]
    endings = (ending_of(row["withdrawn_on"], row["ending"]) for row in shown)
    return Numbering(
        ids=list(_in_order(shown)),
        published={row["id"]: row["published_number"] for row in rows if row["published_number"]},
        endings=[each for each in endings if each],
        key_count=sum(bool(row["is_key"]) for row in shown),
        has_headings=any(row["heading"] for row in shown),
    )


def _in_order(rows: Iterable[Mapping[str, Any]]) -> Iterator[int]:
    for _, own in groupby(rows, lambda row: row["review_id"]):
        yield from (each.id for each in in_reading_order(map(_numbered, own)))


def _numbered(row: Mapping[str, Any]) -> Numbered:
    # What was recorded before there were such numbers and headings has none.
    return Numbered(row["id"], row["number"], row["published_number"] or "", row["heading"] or "")
