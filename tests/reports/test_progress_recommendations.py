"""The paper holds the recommendations in full, as they stood on its day."""

from datetime import date
from typing import Any

from kscb_actions import clock
from kscb_actions.reviews.recommendations import edit_recommendation
from kscb_actions.reviews.rules import RecommendationFacts
from tests.factories import World

from .faces import rows_of
from .stories import report


def recommendations(world: World, **choice: Any) -> list[list[str]]:
    """The rows of the recommendations in a paper for a reader."""
    return rows_of(report(world.reader, **choice), "Recommendations in full")


def test_a_past_paper_holds_the_words_of_its_day(world: World) -> None:
    with clock.at(date(2011, 3, 1)):
        first = world.recommendation(text="The first words.", intended_outcome="")
    with clock.at(date(2011, 9, 1)):
        facts = RecommendationFacts("The second words.", "Risk is seen sooner.")
        edit_recommendation(world.as_viewer(world.manager), first, facts, first.version)
        world.recommendation(first.review, text="One more.")
    reference = first.review.reference
    assert recommendations(world, as_at=date(2011, 8, 31)) == [[reference, "1", "The first words.", "–"]]
    assert recommendations(world) == [
        [reference, "1", "The second words.", "Risk is seen sooner."],
        [reference, "2", "One more.", "Risk is seen."],
    ]


def test_a_paper_of_one_agency_holds_what_it_has_an_action_for(world: World) -> None:
    ours, theirs = world.recommendation(text="For the police."), world.recommendation(text="For health.")
    world.action(recommendation=ours)
    world.action(recommendation=theirs, agency=world.health)
    texts = [row[2] for row in recommendations(world, agency="KPOL")]
    assert texts == ["For the police."]
