"""Services of recommendations and answers."""

from datetime import date

import pytest

from kscb_actions import clock
from kscb_actions.access.policy import Refused
from kscb_actions.audit.service import StaleEdit
from kscb_actions.reviews.models import AgencyResponse, Recommendation
from kscb_actions.reviews.queries import themes_of_recommendation
from kscb_actions.reviews.recommendations import (
    add_recommendation,
    answer_recommendation,
    edit_recommendation,
)
from kscb_actions.reviews.rules import RecommendationFacts
from kscb_actions.reviews.service import add_theme
from kscb_actions.text import InvalidInput
from tests.trail import states_at

from ..factories import World
from .test_service import now, told


def test_recommendations_are_numbered_inside_their_review(world: World) -> None:
    first, second = world.review(), world.review()
    numbers = [world.recommendation(review).number for review in (first, first, second, first)]
    assert numbers == [1, 2, 1, 3]


def test_a_recommendation_is_added_and_changed_with_its_themes(world: World) -> None:
    manager, review = world.as_viewer(world.manager), world.review()
    one, two = add_theme(manager, "One"), add_theme(manager, "Two")
    since = now()
    facts = RecommendationFacts(" To note. \r\n", theme_ids=(one.id,))
    recommendation = add_recommendation(manager, review, facts)
    assert recommendation.text == " To note."
    changed = RecommendationFacts("Changed", "An outcome", "All Board agencies", (two.id,))
    edit_recommendation(manager, recommendation, changed, recommendation.version)
    assert [theme.name for theme in themes_of_recommendation(recommendation)] == ["Two"]
    assert told(since) == [
        "recommendation.added",
        "recommendation.theme-added",
        "recommendation.changed",
        "recommendation.theme-added",
        "recommendation.theme-removed",
    ]


def test_the_second_editor_of_a_recommendation_changes_nothing(world: World) -> None:
    manager, recommendation = world.as_viewer(world.manager), world.recommendation()
    edit_recommendation(manager, recommendation, RecommendationFacts("First"), 1)
    with pytest.raises(StaleEdit):
        edit_recommendation(
            manager, Recommendation.get_by_id(recommendation.id), RecommendationFacts("Second"), 1
        )
    assert Recommendation.get_by_id(recommendation.id).text == "First"


def test_an_agency_answers_first_and_again(world: World) -> None:
    manager, recommendation = world.as_viewer(world.manager), world.recommendation()
    since = now()
    first = answer_recommendation(manager, recommendation, world.police, "accepted", expected=0)
    why = {"why_changed": "Looked at again."}
    answer_recommendation(
        manager, recommendation, world.police, "partly", "Not all records.", first.version, **why
    )
    row = AgencyResponse.get()
    assert (row.answer, row.reason, row.version) == ("partly", "Not all records.", 2)
    assert told(since) == ["recommendation.answered", "recommendation.answer-given"] * 2


@pytest.mark.parametrize("expected", [0, 7])
def test_an_answer_that_has_moved_on_is_not_overwritten(world: World, expected: int) -> None:
    manager, recommendation = world.as_viewer(world.manager), world.recommendation()
    answer_recommendation(manager, recommendation, world.police, "accepted")
    with pytest.raises(StaleEdit):
        answer_recommendation(manager, recommendation, world.police, "awaited", expected=expected)
    assert AgencyResponse.get().answer == "accepted"


@pytest.mark.parametrize(("answer", "reason"), [("partly", " "), ("not_accepted", ""), ("maybe", "Why")])
def test_an_answer_with_something_wrong_is_not_recorded(world: World, answer: str, reason: str) -> None:
    recommendation = world.recommendation()
    with pytest.raises(InvalidInput):
        answer_recommendation(world.as_viewer(world.manager), recommendation, world.police, answer, reason)
    assert AgencyResponse.select().count() == 0


@pytest.mark.parametrize("role", ["chair", "reader", "police_lead"])
def test_only_a_manager_changes_recommendations(world: World, role: str) -> None:
    viewer, recommendation = world.as_viewer(getattr(world, role)), world.recommendation()
    since = now()
    with pytest.raises(Refused):
        add_recommendation(viewer, recommendation.review, RecommendationFacts("Text"))
    with pytest.raises(Refused):
        edit_recommendation(viewer, recommendation, RecommendationFacts("Text"), 1)
    with pytest.raises(Refused):
        answer_recommendation(viewer, recommendation, world.health, "accepted")
    assert told(since) == []


def test_the_trail_holds_an_answer_as_it_was_on_any_day(world: World) -> None:
    manager, recommendation = world.as_viewer(world.manager), world.recommendation()
    with clock.at(date(2011, 3, 1)):
        answer_recommendation(manager, recommendation, world.police, "awaited")
    with clock.at(date(2011, 4, 1)):
        answer_recommendation(manager, recommendation, world.police, "accepted")

    def as_at(day: date) -> list[str]:
        return [each["answer"] for each in states_at("agency_response", clock.start_of(day))]

    assert [as_at(date(2011, month, 2)) for month in (2, 3, 4)] == [[], ["awaited"], ["accepted"]]
