"""What a death teaches, as a recommendation in the Board's plan. The plan knows nothing of the death."""

from collections import Counter
from dataclasses import dataclass
from datetime import date

from kscb_actions import clock
from kscb_actions.access.policy import Permission, Reach, Refused, Viewer, reach, require
from kscb_actions.actions.models import Action
from kscb_actions.audit.service import change
from kscb_actions.child_deaths.cases.models import ChildDeath
from kscb_actions.child_deaths.visibility import get_death
from kscb_actions.child_deaths.years import year_of
from kscb_actions.reviews.models import Recommendation, Review
from kscb_actions.reviews.recommendations import add_learning
from kscb_actions.reviews.rules import RecommendationFacts
from kscb_actions.settings.districts import read_districts
from kscb_actions.text import InvalidInput

from .models import Lesson
from .rules import why_leads_back


@dataclass(frozen=True)
class Learnt:
    """A recommendation that came of a case, and how many of its actions stand how.

    `text` is "" where the Board has restricted the review. A state is accepted, submitted, stopped, overdue
    or open. `withdrawn_on` is the day on which the Board gave it up, if it did; why is the Board's own.
    """

    reference: str
    text: str
    states: dict[str, int]
    withdrawn_on: date | None = None

    @property
    def actions(self) -> int:
        """How many actions there are."""
        return sum(self.states.values())


def recommend(viewer: Viewer, death: ChildDeath, facts: RecommendationFacts) -> Recommendation:
    """Make a recommendation of what a death taught, in the plan of this reporting year's child death reviews.

    Nothing of it leads back: neither the recommendation, nor its review, nor what the trail tells of them.
    Raises InvalidInput, Refused.
    """
    require(viewer, Permission.KEEP_PANELS)
    with change(viewer) as tx:
        seen = ChildDeath.get_by_id(death.id) if viewer.is_system else get_death(viewer, death.id)
        if seen is None:
            raise Refused("There is no such case.")
        if problems := problems_with_leaving(seen, facts):
            raise InvalidInput(problems)
        recommendation = add_learning(tx, year_of(clock.today()), facts)
        lesson = Lesson(death=seen, recommendation=recommendation, recorded_at=clock.now())
        tx.add(lesson, "lesson.recorded")
        return recommendation


def problems_with_leaving(death: ChildDeath, facts: RecommendationFacts) -> dict[str, str]:
    """{field: message} for what in a recommendation would lead back to the case."""
    texts = {
        "text": facts.text,
        "intended_outcome": facts.intended_outcome,
        "addressed_to": facts.addressed_to,
    }
    age, first = (death.age_number, death.age_unit), death.district.replace("_", " ")
    called = {read_districts().names.get(death.district, first), first}
    found = {
        name: why_leads_back(text, death.case_number, death.died_on, called, age, texts.values())
        for name, text in texts.items()
    }
    return {name: why for name, why in found.items() if why}


def learnt_from(viewer: Viewer, death: ChildDeath) -> list[Learnt]:
    """What came of a case, for who keeps panels: its recommendations with counts of their actions. Three
    queries.
    """
    if reach(viewer, Permission.KEEP_PANELS) is Reach.NONE or get_death(viewer, death.id) is None:
        return []
    rows = list(
        Lesson.select(Lesson, Recommendation, Review)
        .join_from(Lesson, Recommendation)
        .join_from(Recommendation, Review)
        .where(Lesson.death == death)
        .order_by(Lesson.id)
    )
    states: dict[int, Counter[str]] = {row.recommendation_id: Counter() for row in rows}
    for action in Action.select().where(Action.recommendation.in_(list(states))):
        states[action.recommendation_id][_state(action)] += 1
    return [_learnt(row.recommendation, states[row.recommendation_id]) for row in rows]


def _learnt(recommendation: Recommendation, states: Counter[str]) -> Learnt:
    review = recommendation.review
    text = "" if review.is_restricted else recommendation.text
    reference = f"{review.reference}, recommendation {recommendation.number}"
    return Learnt(reference, text, dict(states), recommendation.withdrawn_on)


def _state(action: Action) -> str:
    if action.assurance in ("accepted", "submitted"):
        return str(action.assurance)
    if action.standing in ("superseded", "withdrawn"):
        return "stopped"
    is_late = action.current_due_on is not None and action.current_due_on < clock.today()
    return "overdue" if is_late and action.standing == "active" else "open"
