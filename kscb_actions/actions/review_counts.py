"""Counting actions by review and rating."""

from collections.abc import Iterable
from datetime import date

import peewee

from ..access.policy import Viewer
from ..settings.rules import Thresholds
from .models import Action
from .narrowing import rule_place, visible_action
from .rating import Colour, rating_rules


def count_by_review(
    viewer: Viewer, reviews: Iterable[int], today: date, thresholds: Thresholds
) -> dict[int, dict[Colour, int]]:
    """{review id: {colour: count}} of the actions this person may see in these reviews. One query.

    A review without any action is not among the keys.
    """
    rules = rating_rules(thresholds)
    query = (
        Action.select(
            Action.review, rule_place(rules, today).alias("place"), peewee.fn.COUNT(peewee.SQL("1"))
        )
        .where(visible_action(viewer), Action.review.in_(list(reviews)))
        .group_by(Action.review, peewee.SQL("place"))
        .tuples()
    )
    counts: dict[int, dict[Colour, int]] = {}
    for review_id, place, count in query:
        counts.setdefault(review_id, dict.fromkeys(Colour, 0))[Colour(rules[place].result)] += count
    return counts
