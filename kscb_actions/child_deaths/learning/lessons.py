"""What a death teaches, as a recommendation in the Board's plan. The plan does not refer to the death."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from kscb_actions import clock
from kscb_actions.access.policy import SYSTEM, Permission, Reach, Refused, Viewer, reach, require
from kscb_actions.actions.models import Action, facts_of
from kscb_actions.actions.moves import moves_of
from kscb_actions.actions.narrowing import visible_action
from kscb_actions.actions.rating import RULE_NAMES, rate
from kscb_actions.audit.service import change
from kscb_actions.child_deaths.cases.models import ChildDeath
from kscb_actions.child_deaths.visibility import get_death
from kscb_actions.child_deaths.years import year_of
from kscb_actions.reviews.endings import ENDED_BY_BOARD
from kscb_actions.reviews.models import Recommendation, Review
from kscb_actions.reviews.queries import visible_recommendation
from kscb_actions.reviews.recommendations import add_learning
from kscb_actions.reviews.rules import RecommendationFacts
from kscb_actions.settings.districts import read_districts
from kscb_actions.settings.queries import get_board
from kscb_actions.settings.rules import Thresholds
from kscb_actions.text import InvalidInput
from kscb_actions.wording import lower_first, plural

from .models import Lesson
from .rules import why_identifies_case


@dataclass(frozen=True)
class LessonProgress:
    """Hold a recommendation that came of a case, and how its actions are rated, in words.

    `text` is "" where the Board has restricted the review. `withdrawn_on` is the day on which it ended, if it
    did, and `ended` says how; why is the Board's own.
    """

    reference: str
    text: str
    actions: str
    withdrawn_on: date | None = None
    ended: str = ""


def recommend(viewer: Viewer, death: ChildDeath, facts: RecommendationFacts) -> Recommendation:
    """Make a recommendation of what a death taught, in this reporting year's plan of child death reviews.

    Nothing of it identifies the case: neither the recommendation, nor its review, nor the audit events of
    them. Raise InvalidInput, Refused.
    """
    require(viewer, Permission.KEEP_PANELS)
    with change(viewer) as tx:
        seen = ChildDeath.get_by_id(death.id) if viewer.is_system else get_death(viewer, death.id)
        if seen is None:
            raise Refused("There is no such case.")
        if problems := problems_with_anonymity(seen, facts):
            raise InvalidInput(problems)
        recommendation = add_learning(tx, year_of(clock.today()), facts)
        lesson = Lesson(death=seen, recommendation=recommendation, recorded_at=clock.now())
        tx.add(lesson, "lesson.recorded")
        return recommendation


def problems_with_anonymity(death: ChildDeath, facts: RecommendationFacts) -> dict[str, str]:
    """Return {field: message} for what in a recommendation would identify the case."""
    texts = {
        "text": facts.text,
        "intended_outcome": facts.intended_outcome,
        "addressed_to": facts.addressed_to,
    }
    age, first = (death.age_number, death.age_unit), death.district.replace("_", " ")
    called = {read_districts().names.get(death.district, first), first}
    found = {
        name: why_identifies_case(text, death.case_number, death.died_on, called, age, texts.values())
        for name, text in texts.items()
    }
    return {name: why for name, why in found.items() if why}


def lessons_of(viewer: Viewer, death: ChildDeath) -> list[LessonProgress]:
    """Return what came of a case, for who keeps panels: its recommendations with counts of their actions."""
    if reach(viewer, Permission.KEEP_PANELS) is Reach.NONE or get_death(viewer, death.id) is None:
        return []
    rows = list(
        Lesson.select(Lesson, Recommendation, Review)
        .join_from(Lesson, Recommendation)
        .join_from(Recommendation, Review)
        .where(Lesson.death == death, visible_recommendation(SYSTEM))
        .order_by(Lesson.id)
    )
    ids = [row.recommendation_id for row in rows]
    ratings = count_ratings(ids, clock.today(), get_board().thresholds)
    return [_progress_of(row.recommendation, ratings[row.recommendation_id]) for row in rows]


def count_ratings(ids: Iterable[int], today: date, thresholds: Thresholds) -> dict[int, Counter[str]]:
    """Return how many actions of each of these recommendations each rule of rating rates. Two queries."""
    ratings: dict[int, Counter[str]] = {each: Counter() for each in ids}
    actions = list(Action.select().where(Action.recommendation.in_(list(ratings)), visible_action(SYSTEM)))
    moves = moves_of(action.id for action in actions)
    for action in actions:
        facts = facts_of(action, moves[action.id])
        ratings[action.recommendation_id][rate(facts, today, thresholds).code] += 1
    return ratings


def ratings_in_words(ratings: Counter[str]) -> str:
    """Return how many actions each rule of rating rates, in the order in which the rules are asked."""
    if not ratings:
        return "No action yet"
    words = [f"{lower_first(name)} {ratings[code]}" for code, name in RULE_NAMES.items() if ratings[code]]
    return f"{plural(ratings.total(), 'action')}: {'; '.join(words)}"


def _progress_of(recommendation: Recommendation, ratings: Counter[str]) -> LessonProgress:
    review = recommendation.review
    text = "" if review.is_restricted else recommendation.text
    reference = f"{review.reference}, recommendation {recommendation.label}"
    # Nobody waits for actions of what has ended, so that there are none is not said of it.
    actions = ratings_in_words(ratings) if ratings or not recommendation.withdrawn_on else ""
    ended = ENDED_BY_BOARD[recommendation.ended_as] if recommendation.ended_as else ""
    return LessonProgress(reference, text, actions, recommendation.withdrawn_on, ended)
