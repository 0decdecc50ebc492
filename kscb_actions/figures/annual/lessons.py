"""What came of a year's reviews: recommendations as all may read them, and how far their actions are."""

from collections import Counter
from datetime import date

from kscb_actions.actions.models import Action, facts_of
from kscb_actions.actions.rating import RULE_NAMES, rate
from kscb_actions.child_deaths.cases.models import ChildDeath
from kscb_actions.child_deaths.learning.models import Lesson
from kscb_actions.figures.counting.queries import within
from kscb_actions.figures.counting.tally import Basis
from kscb_actions.reviews.models import Recommendation, Review
from kscb_actions.settings.rules import Thresholds
from kscb_actions.wording import lower_first, plural

from .report import RecommendationStatus


def lessons(year: str, today: date, thresholds: Thresholds) -> list[RecommendationStatus]:
    """Return the recommendations of the year's reviews, without those of restricted reviews. Two queries.

    They stand in the order of the Board's plan, which discloses nothing of the order of the cases.
    """
    rows = list(
        Recommendation.select(Recommendation, Review)
        .join_from(Recommendation, Review)
        .join_from(Recommendation, Lesson)
        .join_from(Lesson, ChildDeath)
        .where(within(Basis.REVIEWED, year), ~Review.is_restricted)
        .order_by(Review.reference, Recommendation.number)
    )
    states: dict[int, Counter[str]] = {row.id: Counter() for row in rows}
    for action in Action.select().where(Action.recommendation.in_(list(states))):
        states[action.recommendation_id][rate(facts_of(action), today, thresholds).code] += 1
    return [
        RecommendationStatus(
            row.text, "Withdrawn by the Board" if row.withdrawn_on else _in_words(states[row.id])
        )
        for row in rows
    ]


def _in_words(states: Counter[str]) -> str:
    """Return how many actions each rule of rating rates, in the order in which the rules are asked."""
    if not states:
        return "No action yet"
    words = [f"{lower_first(name)} {states[code]}" for code, name in RULE_NAMES.items() if states[code]]
    return f"{plural(states.total(), 'action')}: {'; '.join(words)}"
