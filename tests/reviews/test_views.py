"""The list of reviews and one review: what each person sees of them."""

from collections.abc import Callable
from datetime import date

import pytest

from kscb_actions.people.models import User
from kscb_actions.reviews.recommendations import answer_recommendation
from kscb_actions.reviews.service import add_theme, name_person, reach_stage, set_hold

from ..factories import TODAY, World
from ..pages import Visitor
from ..queries import counted

Visit = Callable[[User], Visitor]


def plan(world: World, recommendations: int, reference: str = "SCR-2011-02") -> None:
    """Record a review whose every recommendation has a theme, an answer and two actions."""
    review = world.review(reference, title=f"Title of {reference}")
    theme = add_theme(world.as_viewer(world.manager), f"Theme of {reference}")
    for _ in range(recommendations):
        recommendation = world.recommendation(review, theme_ids=(theme.id,))
        world.action(date(2012, 3, 1), recommendation=recommendation)
        world.action(date(2012, 9, 1), recommendation=recommendation, agency=world.health)


def test_the_list_shows_kind_stage_and_counts_that_lead_to_what_they_count(
    world: World, visit: Visit
) -> None:
    plan(world, 2)
    page = visit(world.reader).get("/reviews")
    for words in ("SCR-2011-02", "Title of SCR-2011-02", "Serious case review", "Action plan monitoring"):
        assert words in page.text
    assert "Red 2" in page.text and "Green 2" in page.text and "Blue" not in page.text
    assert "/actions?review=SCR-2011-02&rating=red" in page.links()
    assert "/reviews/new" not in page.links()


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("manager", "Record the first one"),
        ("reader", "There is no review you can see"),
        ("police_lead", "Your agency has no part in a review yet"),
    ],
)
def test_an_empty_list_says_what_to_do_next(world: World, visit: Visit, name: str, words: str) -> None:
    assert words in visit(getattr(world, name)).get("/reviews").text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", {"SCR-2011-01", "RCA-2011-01", "AUD-2011-01"}),
        ("kind=rca", {"RCA-2011-01"}),
        ("kind=nothing", set()),
        ("stage=closed", {"AUD-2011-01"}),
        ("q=scr", {"SCR-2011-01"}),
        ("q=burns+hospital", {"RCA-2011-01"}),
        ("q=burns+school", set()),
        ("q=Child+Z", {"SCR-2011-01"}),
        ("q=%25", set()),
        ("q=%00", {"SCR-2011-01", "RCA-2011-01", "AUD-2011-01"}),
        ("q=" + "zz+" * 2_000, set()),
        ("kind=rca&q=scr", set()),
        ("page=99999999999999999999", {"SCR-2011-01", "RCA-2011-01", "AUD-2011-01"}),
        ("page=x&sort=nothing&direction=up", {"SCR-2011-01", "RCA-2011-01", "AUD-2011-01"}),
    ],
)
def test_the_list_is_narrowed_by_its_address(world: World, visit: Visit, query: str, found: set[str]) -> None:
    world.review("SCR-2011-01", pseudonym="Child Z")
    world.review("RCA-2011-01", kind="rca", title="Burns", summary="Seen in hospital.")
    reach_stage(world.as_viewer(world.manager), world.review("AUD-2011-01", kind="audit"), "closed", TODAY)
    page = visit(world.reader).get(f"/reviews?{query}")
    assert page.status == 200
    assert {
        ref for ref in ("SCR-2011-01", "RCA-2011-01", "AUD-2011-01") if f">{ref}<" in page.source
    } == found
    assert found or "No review matches these filters" in page.text


def test_the_list_is_sorted_and_paged(world: World, visit: Visit) -> None:
    for number in range(30):
        world.review(f"SCR-2011-{(number * 7) % 30:02}")
    reader = visit(world.reader)
    first = reader.get("/reviews?sort=reference&direction=ascending")
    shown = [link.text for link in first.tree.xpath("//tbody//th//a")]
    assert shown == [f"SCR-2011-{number:02}" for number in range(25)]
    second = reader.get("/reviews?sort=reference&direction=ascending&page=2")
    assert len(second.tree.xpath("//tbody/tr")) == 5


def test_the_number_of_queries_does_not_grow_with_the_reviews(world: World, visit: Visit) -> None:
    counts = []
    for size in (3, 20):
        for number in range(size):
            plan(world, 1, f"SCR-20{size}-{number:02}")
        reader = visit(world.reader)
        with counted() as count:
            assert reader.get("/reviews").status == 200
        counts.append(int(count))
    assert counts[0] == counts[1] <= 12


@pytest.mark.parametrize("name", ["manager", "reader", "police_lead"])
def test_the_number_of_queries_does_not_grow_with_the_plan(world: World, visit: Visit, name: str) -> None:
    counts = []
    for size in (3, 30):
        plan(world, size, f"SCR-2011-{size}")
        person = visit(getattr(world, name))
        with counted() as count:
            assert person.get(f"/reviews/SCR-2011-{size}").status == 200
        counts.append(int(count))
    assert counts[0] == counts[1] <= 23


def test_a_review_shows_its_facts_stages_clocks_and_plan(world: World, visit: Visit) -> None:
    manager, review = world.as_viewer(world.manager), world.review("SCR-2011-02", summary="Its summary.")
    reach_stage(manager, review, "decided", date(2010, 12, 14), "The criteria are met.")
    reach_stage(manager, review, "report_to_board", date(2011, 7, 1))
    set_hold(manager, review, "inquest", "Until June.")
    recommendation = world.recommendation(review, addressed_to="All Board agencies")
    answer_recommendation(manager, recommendation, world.police, "partly", "Not all records.")
    world.action(date(2012, 3, 1), recommendation=recommendation)
    page = visit(world.reader).get("/reviews/SCR-2011-02")
    for words in (
        "Its summary.",
        "Action plan monitoring",
        "14 June 2011",
        "Met 17 days late, on 1 July 2011",
        "The criteria are met.",
        "Until June.",
        "All Board agencies",
        "Partly accepted",
        "Not all records.",
        "Overdue by 29 days",
        "SCR-2011-02/A1",
    ):
        assert words in page.text
    assert "/reviews/SCR-2011-02/actions/1" in page.links()
    assert "/actions?review=SCR-2011-02&rating=red" in page.links()
    assert not [link for link in page.links() if link.endswith(("/edit", "/new", "/stage", "/hold"))]


def test_a_manager_finds_every_way_to_go_on(world: World, visit: Visit) -> None:
    review = world.review("SCR-2011-02")
    manager = visit(world.manager)
    assert "Add the first one as the report words it" in manager.get("/reviews/SCR-2011-02").text
    world.action(recommendation=world.recommendation(review))
    base = "/reviews/SCR-2011-02"
    assert {
        f"{base}/edit",
        f"{base}/stage",
        f"{base}/hold",
        f"{base}/recommendations/new",
        f"{base}/recommendations/1/edit",
        f"{base}/recommendations/1/actions/new",
        f"{base}/recommendations/1/answers/new",
        f"{base}/recommendations/1/answers/KPOL",
    } <= manager.get(base).links()


def test_a_lead_sees_only_their_own_part_of_a_review(world: World, visit: Visit) -> None:
    manager = world.as_viewer(world.manager)
    secret = {"title": "Canary title", "summary": "Canary summary", "pseudonym": "Child Q"}
    review = world.review("SCR-2011-02", **secret)
    reach_stage(manager, review, "decided", date(2011, 1, 1), "Canary note")
    set_hold(manager, review, "inquest", "Canary hold")
    shared = world.recommendation(review, text="For both.", addressed_to="Canary addressee")
    world.action(recommendation=shared, text="Police work.")
    world.action(recommendation=shared, agency=world.health, text="Canary health work.")
    answer_recommendation(manager, shared, world.health, "partly", "Canary reason")
    others = world.recommendation(review, text="Canary recommendation.")
    world.action(recommendation=others, agency=world.health)
    lead = visit(world.police_lead)
    page = lead.get("/reviews/SCR-2011-02")
    for words in ("Child Q", "For both.", "Police work.", "Answer of Kent Police"):
        assert words in page.text
    for source in (page.source, lead.get("/reviews").source):
        assert "Canary" not in source and "SCR-2011-02" in source
    assert "1 recommendation " in page.text
    for words in ("canary", "summary"):
        assert "SCR-2011-02" not in lead.get(f"/reviews?q={words}").text
    assert "SCR-2011-02" in lead.get("/reviews?q=child+q").text
    assert "SCR-2011-02" in lead.get("/reviews?stage=closed").text


def test_a_review_without_their_agency_is_not_there_for_a_lead(world: World, visit: Visit) -> None:
    world.action(recommendation=world.recommendation(world.review("SCR-2011-02")))
    assert visit(world.police_lead).get("/reviews/SCR-2011-02").status == 200
    assert visit(world.health_lead).get("/reviews/SCR-2011-02").status == 404
    assert "SCR-2011-02" not in visit(world.health_lead).get("/reviews").source


def test_a_restricted_review_is_there_for_those_named_only(world: World, visit: Visit) -> None:
    review = world.review("SCR-2011-02", is_restricted=True)
    for name in ("chair", "reader", "police_lead", "cdop_coordinator"):
        page = visit(getattr(world, name)).get("/reviews/SCR-2011-02")
        assert page.status == 404
    name_person(world.as_viewer(world.manager), review, world.reader)
    page = visit(world.reader).get("/reviews/SCR-2011-02")
    assert page.status == 200
    assert "Restricted" in page.text and "Manager" in page.text


def test_text_is_shown_as_text(world: World, visit: Visit) -> None:
    hostile = "<script>alert(1)</script>"
    review = world.review("SCR-2011-02", title=hostile, summary=hostile, pseudonym=hostile)
    world.action(recommendation=world.recommendation(review, text=hostile), text=hostile)
    for path in ("/reviews", "/reviews/SCR-2011-02", "/reviews/SCR-2011-02/recommendations/1/actions/new"):
        page = visit(world.manager).get(path)
        assert hostile in page.text and hostile not in page.source
