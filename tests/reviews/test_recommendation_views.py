"""Pages with which a board manager records recommendations and answers."""

from collections.abc import Callable
from typing import Any

import pytest

from kscb_actions.people.models import User
from kscb_actions.reviews.models import AgencyResponse, Recommendation
from kscb_actions.reviews.queries import themes_of_recommendation
from kscb_actions.reviews.recommendations import answer_recommendation, edit_recommendation
from kscb_actions.reviews.rules import RecommendationFacts
from kscb_actions.reviews.service import add_theme

from ..factories import World
from ..long import amount
from ..pages import Visitor

Visit = Callable[[User], Visitor]
LONG = "x" * 10_001
WRONG = [
    ({"text": ""}, "text"),
    ({"text": " \r\n\x00"}, "text"),
    ({"text": LONG}, "text"),
    ({"intended_outcome": LONG}, "intended_outcome"),
    ({"addressed_to": "a" * 201}, "addressed_to"),
    ({"themes": ["999999"]}, "themes"),
    ({"themes": ["1", "no number"]}, "themes"),
]


@pytest.mark.parametrize(
    ("button", "leads_to"),
    [
        ("another", "/reviews/SCR-2011-02/recommendations/new?after=1"),
        ("", "/reviews/SCR-2011-02#recommendation-1"),
        ("nowhere", "/reviews/SCR-2011-02#recommendation-1"),
    ],
)
def test_a_recommendation_is_saved_and_the_button_says_what_comes_next(
    world: World, visit: Visit, button: str, leads_to: str
) -> None:
    review = world.review("SCR-2011-02")
    theme = add_theme(world.as_viewer(world.manager), "One")
    fields = {
        "text": "Share 👶\r\nwhat is known.",
        "intended_outcome": "Risk is seen.",
        "addressed_to": "All",
    }
    page = visit(world.manager).post(
        "/reviews/SCR-2011-02/recommendations/new", fields, themes=[str(theme.id)], next=button
    )
    assert page.leads_to == leads_to
    (saved,) = review.recommendations
    assert (saved.text, saved.intended_outcome, saved.addressed_to) == (
        "Share 👶\nwhat is known.",
        "Risk is seen.",
        "All",
    )
    assert [each.name for each in themes_of_recommendation(saved)] == ["One"]


def test_recommendations_can_be_typed_one_after_another(world: World, visit: Visit) -> None:
    world.review("SCR-2011-02")
    manager, path = visit(world.manager), "/reviews/SCR-2011-02/recommendations/new"
    numbers = range(1, amount(12, 50) + 1)
    for number in numbers:
        assert f"Add recommendation {number}" in manager.get(path).text
        path = manager.post(path, text=f"Text {number}.", next="another").leads_to
    assert [each.number for each in Recommendation.select().order_by(Recommendation.number)] == [*numbers]


@pytest.mark.parametrize(("changed", "field"), WRONG)
def test_what_is_wrong_with_a_recommendation_is_said_and_the_rest_is_kept(
    world: World, visit: Visit, changed: dict[str, Any], field: str
) -> None:
    add_theme(world.as_viewer(world.manager), "One")
    recommendation = world.recommendation(world.review("SCR-2011-02"))
    fields = {"text": "Typed text", "intended_outcome": "Typed outcome", "addressed_to": "Typed", **changed}
    for path in ("new", "1/edit"):
        page = visit(world.manager).send(f"/reviews/SCR-2011-02/recommendations/{path}", fields)
        assert (page.status, set(page.errors)) == (200, {field})
        for name in {"text", "intended_outcome", "addressed_to"} - {field}:
            assert page.value(name) == fields[name]
    kept = Recommendation.get()
    assert (kept.text, kept.version, Recommendation.select().count()) == (recommendation.text, 1, 1)


def test_a_recommendation_is_edited(world: World, visit: Visit) -> None:
    world.recommendation(world.review("SCR-2011-02"))
    page = visit(world.manager).send("/reviews/SCR-2011-02/recommendations/1/edit", text="New words.")
    assert page.leads_to == "/reviews/SCR-2011-02#recommendation-1"
    kept = Recommendation.get()
    assert (kept.text, kept.intended_outcome) == ("New words.", "Risk is seen.")


def test_the_second_editor_of_a_recommendation_is_shown_both_texts(world: World, visit: Visit) -> None:
    recommendation = world.recommendation(world.review("SCR-2011-02"))
    manager = world.as_viewer(world.manager)
    edit_recommendation(manager, Recommendation.get(), RecommendationFacts("Saved first."), 1)
    path = "/reviews/SCR-2011-02/recommendations/1/edit"
    page = visit(world.manager).post(path, version="1", text="Typed second.", intended_outcome="")
    assert page.status == 409
    assert "Saved first." in page.text and page.value("text") == "Typed second."
    assert Recommendation.get_by_id(recommendation.id).text == "Saved first."
    again = visit(world.manager).post(path, version=page.value("version"), text="Typed second.")
    assert (again.status, Recommendation.get().text) == (302, "Typed second.")


def test_an_agency_that_was_asked_answers(world: World, visit: Visit) -> None:
    world.action(recommendation=world.recommendation(world.review("SCR-2011-02")))
    path = "/reviews/SCR-2011-02/recommendations/1/answers/KPOL"
    page = visit(world.manager).send(path, answer="partly", reason="Not all records.")
    assert page.leads_to == "/reviews/SCR-2011-02#recommendation-1"
    assert (AgencyResponse.get().answer, AgencyResponse.get().reason) == ("partly", "Not all records.")


def test_an_agency_that_was_not_asked_answers_too_and_only_once(world: World, visit: Visit) -> None:
    world.recommendation(world.review("SCR-2011-02"))
    manager, path = visit(world.manager), "/reviews/SCR-2011-02/recommendations/1/answers/new"
    fields = {"agency": "NHSK", "answer": "not_accepted", "reason": "It is not ours to do."}
    assert manager.post(path, fields).status == 302
    assert AgencyResponse.get().agency_id == world.health.id
    assert manager.post(path, fields).errors == {"agency": "Choose an agency."}
    assert AgencyResponse.select().count() == 1


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"answer": "partly", "reason": ""}, "reason"),
        ({"answer": "not_accepted", "reason": LONG}, "reason"),
        ({"answer": "perhaps", "reason": "Why"}, "answer"),
        ({"answer": "", "reason": "Why"}, "answer"),
    ],
)
def test_what_is_wrong_with_an_answer_changes_nothing(
    world: World, visit: Visit, fields: dict[str, str], field: str
) -> None:
    world.action(recommendation=world.recommendation(world.review("SCR-2011-02")))
    page = visit(world.manager).send("/reviews/SCR-2011-02/recommendations/1/answers/KPOL", fields)
    assert (page.status, set(page.errors), page.value("reason")) == (200, {field}, fields["reason"])
    new = visit(world.manager).post(
        "/reviews/SCR-2011-02/recommendations/1/answers/new", fields, agency="NHSK"
    )
    assert (new.status, set(new.errors)) == (200, {field})
    assert [row.answer for row in AgencyResponse.select()] == ["awaited"]


def test_an_answer_of_no_agency_is_refused(world: World, visit: Visit) -> None:
    world.recommendation(world.review("SCR-2011-02"))
    path = "/reviews/SCR-2011-02/recommendations/1/answers/new"
    for agency in ({}, {"agency": ""}, {"agency": "NONE"}, {"agency": "\x00"}):
        page = visit(world.manager).post(path, agency, answer="accepted")
        assert (page.status, set(page.errors)) == (200, {"agency"})
    assert AgencyResponse.select().count() == 0


def test_the_second_to_record_an_answer_is_shown_the_first(world: World, visit: Visit) -> None:
    recommendation = world.recommendation(world.review("SCR-2011-02"))
    answer_recommendation(world.as_viewer(world.manager), recommendation, world.police, "accepted")
    path = "/reviews/SCR-2011-02/recommendations/1/answers/KPOL"
    page = visit(world.manager).post(path, version="0", answer="not_accepted", reason="We cannot.")
    assert page.status == 409
    assert "Accepted" in page.text and page.value("reason") == "We cannot."
    assert AgencyResponse.get().answer == "accepted"


@pytest.mark.parametrize(
    "path",
    [
        "/reviews/SCR-2011-02/recommendations/2/edit",
        "/reviews/SCR-2011-02/recommendations/0/edit",
        "/reviews/SCR-2011-02/recommendations/99999999999999999999999/edit",
        "/reviews/SCR-2011-02/recommendations/1/answers/NHSK",
        "/reviews/SCR-2011-02/recommendations/1/answers/%00",
        "/reviews/SCR-1999-01/recommendations/1/edit",
        "/reviews/%00/recommendations/new",
        "/reviews/SCR-2011-02/recommendations/99999999999999999999999/actions/new",
        "/reviews/SCR-2011-02/actions/99999999999999999999999/edit",
        "/reviews/SCR-2011-02/actions/99999999999999999999999/standing",
    ],
)
def test_what_is_not_there_is_not_found(world: World, visit: Visit, path: str) -> None:
    world.action(recommendation=world.recommendation(world.review("SCR-2011-02")))
    assert visit(world.manager).get(path).status == 404
    assert visit(world.manager).post(path).status == 404
