"""The annual report and a case's own page rate the actions that came of a death as every page does."""

from datetime import date
from typing import Any

import pytest

from kscb_actions.actions.models import facts_of
from kscb_actions.actions.rating import RULE_NAMES, RatingFacts, rate
from kscb_actions.child_deaths.cases.models import ChildDeath
from kscb_actions.child_deaths.learning.lessons import lessons_of, recommend
from kscb_actions.figures.annual.lessons import lessons
from kscb_actions.reviews.models import Recommendation
from kscb_actions.reviews.rules import RecommendationFacts
from kscb_actions.settings.rules import Thresholds
from kscb_actions.wording import lower_first

from ...actions.rows import put
from ...factories import TODAY, World
from ...factories_deaths import Panel

YEAR, LATE, THRESHOLDS = "2011-12", date(2012, 3, 1), Thresholds()
# What a rating by hand told otherwise: each was overdue, submitted or accepted to it.
CASES = [
    ({"standing": "on_hold"}, "on hold"),
    ({"progress": "cannot_be_done"}, "the agency says it cannot be done"),
    ({"standing": "superseded", "assurance": "accepted", "reported_done_on": LATE}, "superseded"),
    ({"standing": "on_hold", "assurance": "submitted", "reported_done_on": LATE}, "on hold"),
]


def learnt(world: World) -> Recommendation:
    """Return a recommendation that came of a case decided in YEAR."""
    panel = Panel(world)
    death = panel.death()
    panel.decision(death)
    facts = RecommendationFacts("Tell every parent how a baby sleeps safely.", "Fewer babies die.")
    made: Recommendation = recommend(panel.coordinator, death, facts)
    return Recommendation.get_by_id(made.id)


@pytest.mark.parametrize(("changes", "words"), CASES)
def test_an_action_is_told_by_its_rating(world: World, changes: dict[str, Any], words: str) -> None:
    action = world.action(due_on=TODAY, recommendation=learnt(world))
    plain: dict[str, Any] = {"standing": "active", "progress": "in_progress", "assurance": "none"}
    dates: dict[str, Any] = {"updated_on": TODAY, "original_due_on": LATE, "current_due_on": LATE}
    put(action, RatingFacts(**{**plain, **dates, "reported_done_on": None, "extension_count": 0, **changes}))
    (lesson,) = lessons(YEAR, TODAY, THRESHOLDS)
    (shown,) = lessons_of(world.as_viewer(world.cdop_coordinator), ChildDeath.get())
    assert lesson.state == shown.actions == f"1 action: {words} 1"
    code = rate(facts_of(type(action).get_by_id(action.id)), TODAY, THRESHOLDS).code
    assert words == lower_first(RULE_NAMES[code])


def test_the_actions_of_a_recommendation_are_counted_by_rating(world: World) -> None:
    recommendation = learnt(world)
    for due_on in (LATE, LATE, date(2012, 12, 1)):
        world.action(due_on=due_on, recommendation=recommendation)
    (lesson,) = lessons(YEAR, TODAY, THRESHOLDS)
    assert lesson.state == "3 actions: overdue 2; on course 1"
