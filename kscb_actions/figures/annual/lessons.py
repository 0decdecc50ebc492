"""What came of a year's reviews: recommendations as all may read them, and how far their actions are."""

from collections import Counter
from datetime import date

from kscb_actions.actions.models import Action
from kscb_actions.child_deaths.cases.models import ChildDeath
from kscb_actions.child_deaths.learning.models import Lesson
from kscb_actions.figures.counting.queries import within
from kscb_actions.figures.counting.tally import Basis
from kscb_actions.reviews.models import Recommendation, Review
from kscb_actions.wording import plural

from .report import RecommendationStatus

STATES = {
    "accepted": "accepted by the Board",
    "submitted": "done, waiting to be checked",
    "stopped": "stopped",
    "overdue": "overdue",
    "open": "under way",
}


def lessons(year: str, today: date) -> list[RecommendationStatus]:
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
        states[action.recommendation_id][_state(action, today)] += 1
    return [
        RecommendationStatus(
            row.text, "Withdrawn by the Board" if row.withdrawn_on else _in_words(states[row.id])
        )
        for row in rows
    ]


def _state(action: Action, today: date) -> str:
    if action.assurance in ("accepted", "submitted"):
        return str(action.assurance)
    if action.standing in ("superseded", "withdrawn"):
        return "stopped"
    is_late = action.current_due_on is not None and action.current_due_on < today
    return "overdue" if is_late and action.standing == "active" else "open"


def _in_words(states: Counter[str]) -> str:
    if not states:
        return "No action yet"
    counts = [f"{states[code]} {words}" for code, words in STATES.items() if states[code]]
    return f"{plural(states.total(), 'action')}: {', '.join(counts)}"
