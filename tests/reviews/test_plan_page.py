"""A review's page shows its plan as its report has it: numbers, headings, key marks, and what has ended."""

from collections.abc import Callable

import pytest

from kscb_actions.actions.rules import Standing
from kscb_actions.actions.service import set_standing
from kscb_actions.people.models import User
from kscb_actions.reviews.models import Recommendation, Review

from ..factories import World
from ..pages import Page, Visitor

Visit = Callable[[User], Visitor]
REVIEW = "/reviews/SCR-2011-02"
WITHDRAW = f"{REVIEW}/recommendations/1/withdraw"
BRING_BACK = f"{REVIEW}/recommendations/1/bring-back"


@pytest.fixture
def review(world: World) -> Review:
    """Return SCR-2011-02 with three recommendations out of their order."""
    found = world.review("SCR-2011-02")
    world.recommendation(found, text="Last.", published_number="4.3.10", heading="Phase two")
    world.recommendation(found, text="Middle.", published_number="4.3.2", heading="Phase two", is_key=True)
    world.recommendation(found, text="First.")
    return found


def headings(page: Page) -> list[str]:
    """Return the headings of the plan, in their order and with their level."""
    found = page.tree.xpath("//h2[@id='plan']/following::*[self::h3 or self::h4]")
    return [f"{each.tag} {' '.join(each.text_content().split())}" for each in found if each.get("class")]


def plan_of(page: Page) -> list[str]:
    """Return the headings that name a recommendation or stand above some."""
    return [each for each in headings(page) if "Recommendation" in each or "Phase" in each]


def test_recommendations_stand_under_their_headings_in_the_order_of_the_report(
    world: World, visit: Visit, review: Review
) -> None:
    assert plan_of(visit(world.manager).get(REVIEW)) == [
        "h3 Recommendation 3",
        "h3 Phase two",
        "h4 Recommendation 4.3.2 (R2) Key recommendation",
        "h4 Recommendation 4.3.10 (R1)",
    ]


def test_key_recommendations_alone_are_shown_on_request(world: World, visit: Visit, review: Review) -> None:
    reader = visit(world.reader)
    page = reader.get(REVIEW)
    assert "1 key recommendation. Show only key recommendations" in page.text
    assert f"{REVIEW}?key=1#plan" in page.links()
    only = reader.get(f"{REVIEW}?key=1")
    assert plan_of(only) == ["h3 Phase two", "h4 Recommendation 4.3.2 (R2) Key recommendation"]
    assert "Only the 1 key recommendation is shown." in only.text
    world.recommendation(world.review("SCR-2011-03"))
    none = reader.get("/reviews/SCR-2011-03?key=1")
    assert "Recommendation 1" in none.text and "key recommendation" not in none.text


@pytest.mark.parametrize(
    ("ending", "reason", "words"),
    [
        ("noted", "", "Noted on 30 March 2012"),
        ("noted", "For the next report.", "Noted on 30 March 2012: For the next report."),
        ("not_for_us", "For the courts.", "Not for us on 30 March 2012: For the courts."),
        ("withdrawn", "Overtaken.", "Withdrawn on 30 March 2012: Overtaken."),
    ],
)
def test_each_end_is_shown_in_its_own_words_and_taken_back_with_a_reason(
    world: World, visit: Visit, review: Review, ending: str, reason: str, words: str
) -> None:
    manager = visit(world.manager)
    page = manager.send(WITHDRAW, ending=ending, reason=reason)
    assert page.leads_to == f"{REVIEW}#recommendation-1"
    name = ending.replace("_", " ")
    shown = manager.get(REVIEW).text
    assert words in shown and f"3 recommendations, of them 1 {name}" in shown
    assert f"Recommendation 4.3.10 (R1) is {name}." in shown and "No actions." in shown
    assert manager.send(BRING_BACK).errors == {"reason": "Say why, for whoever reads this later."}
    assert words.split(":")[0] in manager.get(BRING_BACK).text
    manager.send(BRING_BACK, reason="It is needed.")
    kept = Recommendation.get_by_id(1)
    assert (kept.ended_as, kept.ending, kept.withdrawn_reason) == (None, "", "")


@pytest.mark.parametrize("ending", ["", "finished", "\x00"])
def test_how_it_ends_has_to_be_chosen(world: World, visit: Visit, review: Review, ending: str) -> None:
    page = visit(world.manager).send(WITHDRAW, ending=ending, reason="Typed.")
    assert page.errors == {"ending": "Choose how the recommendation ends."}
    assert page.value("reason") == "Typed." and Recommendation.get_by_id(1).version == 1


def test_nothing_is_asked_of_what_is_noted_and_its_actions_stay_stopped(
    world: World, visit: Visit, review: Review
) -> None:
    manager, first = visit(world.manager), Recommendation.get_by_id(1)
    action = world.action(recommendation=first)
    page = manager.send(WITHDRAW, ending="noted", reason="", version="1")
    assert "Not finished yet: SCR-2011-02/A1." in page.errors[""] and "supersede or withdraw it" in page.text
    set_standing(world.as_viewer(world.manager), action, Standing.SUPERSEDED, "Nothing to do.")
    assert manager.post(WITHDRAW, ending="noted", reason="", version="1").status == 302
    assert "No longer asked for" in manager.get(REVIEW).text
    for path in ("rows", "actions/new", "answers/new", "answers/KPOL"):
        refused = manager.get(f"{REVIEW}/recommendations/1/{path}")
        assert refused.leads_to == f"{REVIEW}#recommendation-1"
        assert "4.3.10 (R1) is noted, so nothing more is asked for it." in manager.get(REVIEW).text
    standing = manager.send(f"{REVIEW}/actions/1/standing", standing="active", reason="Again.")
    assert standing.errors == {
        "standing": "Its recommendation is noted. Bring the recommendation back first."
    }
    lead = visit(world.police_lead).get(f"{REVIEW}/actions/1").text
    assert "Recommendation ended Noted on 30 March 2012" in lead
    assert "Number 4.3.10 (R1): Last." in lead


def test_the_number_heading_and_key_mark_are_edited(world: World, visit: Visit, review: Review) -> None:
    manager, path = visit(world.manager), f"{REVIEW}/recommendations/2/edit"
    assert (manager.get(path).value("published_number"), manager.get(path).value("is_key")) == (
        "4.3.2",
        ["y"],
    )
    taken = manager.send(path, published_number=" 4.3.10 ")
    assert taken.errors == {"published_number": "Recommendation R1 of this review has this number."}
    assert manager.send(path, published_number="5 (ii)", heading="Phase  three", is_key="").status == 302
    kept = Recommendation.get_by_id(2)
    assert (kept.label, kept.heading, kept.is_key) == ("5 (ii) (R2)", "Phase three", False)


def test_a_plan_without_a_recommendation_says_so_under_its_own_heading(world: World, visit: Visit) -> None:
    world.review("SCR-2011-07")
    for person in (world.manager, world.reader):
        text = visit(person).get("/reviews/SCR-2011-07").text
        assert "Recommendations No recommendation is recorded yet." in text
