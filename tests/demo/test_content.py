"""The demonstration's content: complete, consistent, and without a real person in it."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from kscb_actions.demo.content import AS_AT, FOLDER, Content, PlannedReview, parse_file, read_content

POSTS = re.compile(
    r"\b(Manager|Officer|Director|Superintendent|Chair|Member|Co-ordinator|Doctor|Paediatrician|Inspector|Head|"
    r"Nurse|GP|Professional|Lead|Executive|Teacher|Senior Probation Officer)\b"
)
MAY_LIE_AHEAD = {"due", "due_on", "ask_until", "moved_to", "due_held_on", "due_proposals_on"} | {
    # The days of a meeting that is to come.
    *("call_on", "closes_on", "papers_on", "held_on"),
}


@pytest.fixture(scope="module")
def content() -> Content:
    return read_content()


def dated(value: Any, key: str = "") -> Iterator[tuple[str, date]]:
    """Yield every date in parsed TOML with the key it stands under; a note's leading date too."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from dated(inner, name)
    elif isinstance(value, list):
        for inner in value:
            yield from dated(inner, key)
    elif isinstance(value, date):
        yield key, value
    elif isinstance(value, str) and re.match(r"\d{4}-\d\d-\d\d \| ", value):
        yield key, date.fromisoformat(value[:10])


def test_the_board_has_the_size_the_pages_need(content: Content) -> None:
    actions = [plot for review in content.reviews for plot in review.plots()]
    assert len(content.agencies) >= 15
    assert 10 <= len(content.reviews) <= 12
    assert sum(len(review.recommendations) for review in content.reviews) == 61
    assert 195 <= len(actions) <= 210
    working = {plot.lead for plot in actions}
    leads = {person.email for person in content.people if "agency_lead" in person.roles}
    assert working == leads, "every lead has an action"


def test_the_years_reviews_are_those_the_annual_report_counts(content: Content) -> None:
    kinds = Counter(
        review.facts["kind"] for review in content.reviews if review.reference.split("-")[1] == "2011"
    )
    assert kinds == {"scr": 2, "rca": 1, "independent": 1, "inspection": 1, "audit": 1}


def test_every_recommendation_has_an_outcome_themes_and_actions(content: Content) -> None:
    for review in content.reviews:
        assert set(review.facts["themes"]) <= set(content.themes)
        for recommendation in review.recommendations:
            where = f"{review.reference} R{recommendation.number}"
            assert recommendation.text and recommendation.outcome, where
            assert recommendation.themes and set(recommendation.themes) <= set(content.themes), where
            assert recommendation.actions or recommendation.ends, where


def test_every_theme_is_used(content: Content) -> None:
    used = {theme for review in content.reviews for each in review.recommendations for theme in each.themes}
    assert used == set(content.themes)


def test_every_lead_belongs_to_the_actions_agency(content: Content) -> None:
    agency_of = {person.email: person.agency for person in content.people}
    for review in content.reviews:
        for recommendation in review.recommendations:
            for action in recommendation.actions:
                for agency, plot in action.plots.items():
                    assert agency_of[plot.lead] == agency, plot.key


def test_nobody_decides_for_their_own_agency(content: Content) -> None:
    agency_of = {person.email: person.agency for person in content.people}
    deciders = Counter()
    for review in content.reviews:
        for plot in review.plots():
            for decider in filter(None, (plot.deciders.now, plot.deciders.before)):
                assert agency_of[decider] != agency_of[plot.lead], plot.key
                deciders[decider] += 1
    assert len(deciders) == 3


def test_everybody_at_work_on_a_restricted_review_is_named_on_it(content: Content) -> None:
    restricted = [review for review in content.reviews if review.facts.get("is_restricted")]
    assert restricted
    for review in restricted:
        at_work = {
            person for plot in review.plots() for person in (plot.lead, plot.deciders.now, plot.manager)
        }
        assert at_work <= set(review.named)
        assert set(review.named) < {person.email for person in content.people}


def test_people_are_post_titles(content: Content) -> None:
    for person in content.people:
        assert POSTS.search(person.name), person.name
        assert not re.search(r"\b(Mr|Mrs|Ms|Miss|Dr|Prof|Sir|Dame|Cllr)\b\.?", person.name), person.name


def test_every_address_ends_in_example(content: Content) -> None:
    assert len({person.email for person in content.people}) == len(content.people)
    for file in FOLDER.rglob("*.toml"):
        for address in re.findall(r"[\w.+-]+@[\w.-]+", file.read_text(encoding="utf-8")):
            assert address.endswith(".example"), f"{file.name}: {address}"


def test_nothing_has_happened_after_the_demonstrations_day() -> None:
    for file in FOLDER.rglob("*.toml"):
        for key, day in dated(parse_file(file)):
            assert key in MAY_LIE_AHEAD or day <= AS_AT, f"{file.name}: {key} {day}"


def test_no_two_actions_have_the_same_text(content: Content) -> None:
    recommendations = [each for review in content.reviews for each in review.recommendations]
    texts = Counter(action.text for each in recommendations for action in each.actions)
    assert [text for text, count in texts.items() if count > 1] == []


def test_stages_and_holds_come_in_order(content: Content) -> None:
    for review in content.reviews:
        reached = [stage["on"] for stage in review.stages]
        assert reached == sorted(reached), review.reference
        assert reached[0] <= review.plan_on, review.reference
        for hold in review.holds:
            assert reached[0] <= hold["placed_on"] < hold.get("lifted_on", AS_AT), review.reference


def report_of_2009(content: Content) -> PlannedReview:
    return next(review for review in content.reviews if review.reference == "REP-2009-01")


def test_the_2009_report_keeps_its_five_recommendations_with_their_owners_and_dates(content: Content) -> None:
    five = report_of_2009(content).recommendations
    dates = [{action.due_on for action in each.actions} for each in five]
    assert dates == [
        {date(2009, 11, 30)},
        {None},
        {date(2009, 10, 31)},
        {date(2010, 1, 31)},
        {date(2009, 12, 31)},
    ]
    assert five[4].addressed_to == "All Board agencies"
    (everybody,) = five[4].actions
    assert len(everybody.plots) >= 10


def test_each_pool_of_phrases_can_be_filled_in(content: Content) -> None:
    for pools in content.phrases.values():
        for phrases in pools.values():
            assert phrases
            for phrase in phrases:
                filled = phrase.format(thing="the thing", Thing="The thing", number=7)
                assert "{" not in filled
