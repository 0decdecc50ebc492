"""A recommendation that came of a death and was withdrawn stands as withdrawn in the annual report."""

from kscb_actions.actions.service import withdraw_recommendation
from kscb_actions.child_deaths.learning.lessons import recommend
from kscb_actions.figures.annual.lessons import lessons
from kscb_actions.reviews.models import Recommendation
from kscb_actions.reviews.rules import RecommendationFacts
from kscb_actions.settings.rules import Thresholds

from ...factories import TODAY, World
from ...factories_deaths import Panel


def test_a_withdrawn_lesson_says_so(world: World) -> None:
    panel = Panel(world)
    death = panel.death()
    panel.decision(death)
    facts = RecommendationFacts("Tell every parent how a baby sleeps safely.", "Fewer babies die.")
    made = recommend(panel.coordinator, death, facts)
    year = "2011-12"
    assert [each.state for each in lessons(year, TODAY, Thresholds())] == ["No action yet"]
    standing = Recommendation.get_by_id(made.id)
    withdraw_recommendation(world.as_viewer(world.manager), standing, "Overtaken by a national one.", 1)
    assert [each.state for each in lessons(year, TODAY, Thresholds())] == ["Withdrawn by the Board"]
