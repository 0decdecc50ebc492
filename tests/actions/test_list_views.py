"""The list of actions: filters, sorting, pages, and whatever else an address may hold."""

from collections.abc import Callable
from datetime import date, timedelta
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from kscb_actions import clock
from kscb_actions.access.policy import SYSTEM, Viewer
from kscb_actions.actions.extensions import change_due_date
from kscb_actions.actions.listing import SORTS, Listed, list_actions
from kscb_actions.actions.models import Action
from kscb_actions.actions.narrowing import Filter
from kscb_actions.actions.service import set_standing
from kscb_actions.audit.service import change
from kscb_actions.reports.progress.queries import CLOSED
from kscb_actions.reviews.models import Review
from kscb_actions.reviews.service import add_theme
from kscb_actions.settings.rules import Thresholds

from ..factories import TODAY, World
from ..queries import counted
from ..reading import Seen, see
from .stories import ask_for_more_time

NUMBERED = {"SCR-2010-01": {"is_key": True, "published_number": "4.3.1"}}
REFERENCES = ["SCR-2011-09", "SCR-2010-01", "AUD-2011-03"]


def listed_of(person: Viewer, narrow: Filter) -> list[Listed]:
    """Return every action that matches."""
    return list_actions(person, narrow, TODAY, Thresholds(), per_page=100).rows


@pytest.fixture
def chair(world: World, sign_in: Callable) -> FlaskClient:
    """Return the chair, signed in."""
    client: FlaskClient = sign_in(world.chair)
    return client


def found(page: Seen) -> list[str]:
    """Return the references on the page, in order."""
    assert page.status == 200
    return [row["Reference"] for row in page.rows("Actions")] if page.tree.xpath("//table") else []


def board(world: World) -> dict[str, Action]:
    """Return one action of each kind, by name, in three reviews entered out of their order."""
    named = {
        reference: world.recommendation(world.review(reference), **NUMBERED.get(reference, {}))
        for reference in REFERENCES
    }
    second, first, audit = (named[reference] for reference in REFERENCES)
    with clock.at(TODAY - timedelta(days=100)):
        quiet = world.action(TODAY + timedelta(days=40), world.probation, recommendation=audit)
    actions = {
        "quiet": quiet,
        "overdue": world.action(TODAY - timedelta(days=3), recommendation=second, text="Train the 50% team."),
        "soon": world.action(TODAY + timedelta(days=3), world.health, recommendation=second),
        "undated": world.action(None, world.health, recommendation=first),
        "held": world.action(TODAY - timedelta(days=9), recommendation=first),
        "waiting": world.action(TODAY + timedelta(days=9), recommendation=audit),
        "returned": world.action(TODAY + timedelta(days=50), recommendation=audit),
        "accepted": world.action(TODAY - timedelta(days=50), world.health, recommendation=first),
        "asked": world.action(TODAY + timedelta(days=60), recommendation=second),
    }
    set_standing(world.as_viewer(world.manager), actions["held"], "on_hold", "An inquest.")
    world.submission(actions["waiting"])
    world.decision(actions["returned"], accepted=False)
    world.decision(actions["accepted"])
    ask_for_more_time(world, actions["asked"])
    return actions


KEEPS: dict[str, set[str]] = {
    "review=SCR-2010-01": {"undated", "held"},
    "review=SCR-2010-01&closed=1": {"undated", "held", "accepted"},
    "agency=KPRO": {"quiet"},
    "rating=red": {"overdue"},
    "rating=amber": {"quiet", "soon", "undated", "returned"},
    "rating=green": {"waiting", "asked"},
    "rating=blue": {"accepted"},
    "rating=grey": {"held"},
    "timeliness=overdue": {"overdue"},
    "timeliness=due_soon": {"soon"},
    "timeliness=no_date": {"undated"},
    "timeliness=not_due": {"quiet", "returned", "asked"},
    "timeliness=done_on_time": {"waiting"},
    "timeliness=done_late": {"accepted"},
    "timeliness=stopped": {"held"},
    "assurance=submitted": {"waiting"},
    "assurance=returned": {"returned"},
    "silent=1": {"quiet"},
    "key=1": {"undated", "held"},
    "key=1&closed=1": {"undated", "held", "accepted"},
    "lead=nobody": {"quiet"},
    "key=1&rating=grey": {"held"},
    "turn=board": {"waiting", "asked"},
    "turn=check": {"waiting"},
    "turn=more_time": {"asked"},
    "turn=agency": {"quiet", "overdue", "soon", "undated", "returned"},
    "turn=agency&timeliness=overdue": {"overdue"},
    "q=50%25": {"overdue"},
    "q=TRAIN+team": {"overdue"},
    "q=train+procedure": set(),
    "q=SCR-2011-09/A1": {"overdue"},
    "q=4.3.1": {"undated", "held", "accepted"},
    "q=4.3": set(),
    "q=scr-2011-09/a1": {"overdue"},
    "q=AUD-2011-03": {"quiet", "waiting", "returned"},
    "agency=NHSK&rating=amber": {"soon", "undated"},
    "agency=NHSK&rating=amber&timeliness=no_date&review=SCR-2010-01": {"undated"},
}


def test_a_filter_keeps_what_it_says(world: World, chair: FlaskClient) -> None:
    names = {action.reference: name for name, action in board(world).items()}
    kept = {query: {names[each] for each in found(see(chair, f"/actions?{query}"))} for query in KEEPS}
    assert kept == KEEPS


def names_of(page: Seen, choice: str) -> list[str]:
    """Return what can be chosen, in words."""
    return [option.text for option in page.tree.xpath(f"//select[@name='{choice}']/option")]


def test_the_list_opens_with_what_is_open_the_worst_first(world: World, chair: FlaskClient) -> None:
    names = {action.reference: name for name, action in board(world).items()}
    page = see(chair, "/actions")
    opened = "overdue soon quiet returned undated waiting asked held"
    assert [names[each] for each in found(page)] == opened.split()
    assert "8 open actions" in page.text
    (heading,) = page.tree.xpath("//th[@aria-sort]")
    assert heading.text_content().startswith("Rating")
    # What leaves the closed out can be taken away, and its tick brings it back.
    assert page.links("app-filter__applied") == [
        ("Remove this filter: Open actions only ✕", "/actions?closed=1")
    ]
    whole = see(chair, "/actions?closed=1")
    assert [names[each] for each in found(whole)] == [*opened.split()[:-1], "accepted", "held"]
    assert whole.tree.xpath("//input[@name='closed']/@checked") == ["checked"]
    assert ("Remove this filter: Closed actions too ✕", "/actions") in whole.links()


def test_what_is_closed_is_what_the_papers_call_closed(world: World) -> None:
    board(world)
    for standing in ("withdrawn", "superseded"):
        set_standing(world.manager.viewer, world.action(TODAY), standing, "A reason.")
    chair = world.as_viewer(world.chair)
    rated = {
        row.rating.code: row.reference in kept
        for kept in [{each.reference for each in listed_of(chair, Filter(not_closed=True))}]
        for row in listed_of(chair, Filter())
    }
    assert {code for code, is_kept in rated.items() if not is_kept} == set(CLOSED)


def test_who_leads_is_a_column_and_a_choice_of_the_agency_that_is_chosen(
    world: World, chair: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    led = world.action(TODAY, world.health, lead=world.health_lead)
    world.action(TODAY, world.probation)
    page = see(chair, f"/actions?lead={world.health_lead.id}")
    assert [row["Lead"] for row in page.rows("Actions")] == [world.health_lead.name]
    assert found(page) == [led.reference]
    assert "Nobody" in {row["Lead"] for row in see(chair, "/actions").rows("Actions")}
    assert names_of(see(chair, "/actions?agency=NHSK"), "lead") == ["Any", world.health_lead.name, "Nobody"]
    monkeypatch.setattr("kscb_actions.web.actions.list.MOST_LISTED", 1)
    assert names_of(see(chair, "/actions"), "lead") == []
    one = see(chair, f"/actions?lead={world.health_lead.id}")
    assert names_of(one, "lead") == ["Any", world.health_lead.name, "Nobody"]


def test_a_theme_finds_the_actions_of_its_reviews_and_recommendations(
    world: World, chair: FlaskClient
) -> None:
    theme, other = (add_theme(world.as_viewer(world.manager), name) for name in ("Neglect", "Sharing"))
    of_review = world.action(TODAY, recommendation=world.recommendation(world.review(theme_ids=(theme.id,))))
    of_recommendation = world.action(TODAY, recommendation=world.recommendation(theme_ids=(theme.id,)))
    world.action(TODAY)
    page = see(chair, f"/actions?theme={theme.id}")
    assert set(found(page)) == {of_review.reference, of_recommendation.reference}
    assert ("Remove this filter: Theme: Neglect ✕", "/actions") in page.links()
    assert found(see(chair, f"/actions?theme={other.id}")) == []


SORTED = {
    "reference": "quiet waiting returned undated held accepted overdue soon asked",
    # Kent Police, Kent Probation, NHS Kent and Medway; by due date inside each.
    "agency": "held overdue waiting returned asked quiet accepted soon undated",
    "due": "accepted held overdue soon waiting quiet returned asked undated",
    # Red, amber, green, blue, grey; by due date inside each.
    "rating": "overdue soon quiet returned undated waiting asked accepted held",
}


def test_a_sort_goes_by_the_words_people_see_and_what_is_missing_comes_last(
    world: World, chair: FlaskClient
) -> None:
    names = {action.reference: name for name, action in board(world).items()}
    for sort, expected in SORTED.items():
        page = see(chair, f"/actions?closed=1&sort={sort}")
        assert [names[each] for each in found(page)] == expected.split()
        back = see(chair, f"/actions?closed=1&sort={sort}&direction=descending")
        if sort == "due":
            assert [names[each] for each in found(back)] == [*expected.split()[-2::-1], "undated"]


def test_the_sorted_column_says_so_and_its_link_turns_it_round(world: World, chair: FlaskClient) -> None:
    world.action(TODAY)
    for direction, other in (("ascending", "descending"), ("descending", "ascending")):
        page = see(chair, f"/actions?rating=amber&sort=agency&direction={direction}&page=1")
        (heading,) = page.tree.xpath("//th[@aria-sort]")
        assert heading.get("aria-sort") == direction
        assert heading.xpath(".//a/@href") == [f"/actions?rating=amber&sort=agency&direction={other}"]
    others = see(chair, "/actions?rating=amber").tree.xpath("//thead//th[not(@aria-sort)]//a/@href")
    assert others == [
        f"/actions?rating=amber&sort={key}&direction=ascending"
        for key in ("reference", "agency", "lead", "slippage", "updated", "rating")
    ]


def test_pages_follow_one_another_without_a_gap_in_any_order(world: World) -> None:
    board(world)
    chair, thresholds = world.as_viewer(world.chair), Thresholds()
    for sort in SORTS:
        for descending in (False, True):

            def page(number: int, size: int, sort: str = sort, descending: bool = descending) -> list[str]:
                found = list_actions(chair, Filter(), TODAY, thresholds, sort, descending, number, size)
                return [row.reference for row in found.rows]

            whole = page(1, 100)
            for size in (1, 2, 4, 5, 9):
                assert [
                    each for number in range(1, -(-9 // size) + 1) for each in page(number, size)
                ] == whole


def test_every_filter_in_force_is_named_and_can_be_taken_away_alone(world: World, chair: FlaskClient) -> None:
    board(world)
    page = see(chair, "/actions?agency=NHSK&rating=amber&silent=1&q=a+b&sort=agency&page=2")
    removable = dict(page.links("app-filter__applied"))
    start = "Remove this filter: "
    assert removable == {
        f"{start}Agency: NHS Kent and Medway ✕": "/actions?rating=amber&silent=1&q=a+b&sort=agency",
        f"{start}Rating: Amber: at risk ✕": "/actions?agency=NHSK&silent=1&q=a+b&sort=agency",
        f"{start}No update for 90 days ✕": "/actions?agency=NHSK&rating=amber&q=a+b&sort=agency",
        f"{start}Text: a b ✕": "/actions?agency=NHSK&rating=amber&silent=1&sort=agency",
        "Clear all filters": "/actions",
    }
    assert page.tree.xpath("//select[@name='agency']/option[@selected]/@value") == ["NHSK"]
    assert page.value("q") == "a b"


def test_empty_boxes_leave_the_address(chair: FlaskClient) -> None:
    page = see(chair, "/actions?q=&review=&rating=red&theme=&sort=due")
    assert (page.status, page.location) == (302, "/actions?rating=red&sort=due")


def test_the_list_is_paged_and_says_how_many(world: World, chair: FlaskClient) -> None:
    recommendation = world.recommendation()
    for day in range(30):
        world.action(TODAY + timedelta(days=20 + day), recommendation=recommendation)
    world.action(TODAY, agency=world.health)
    first = see(chair, "/actions?agency=KPOL")
    assert "30 open actions match" in first.text and "Showing 1 to 25 of 30 actions" in first.text
    last = see(chair, "/actions?agency=KPOL&page=2")
    assert len(found(first)) == 25 and len(found(last)) == 5
    assert not set(found(first)) & set(found(last))
    assert ("Next page", "/actions?agency=KPOL&page=2") in first.links()
    assert found(see(chair, "/actions?agency=KPOL&page=99")) == found(last)
    assert ("Show all 30 on one page, to print them", "/actions?agency=KPOL&page=all") in first.links()
    whole = see(chair, "/actions?agency=KPOL&page=all")
    assert found(whole) == [*found(first), *found(last)]
    assert "Showing 1 to 30 of 30 actions" in whole.text


ODD = [
    "rating=purple",
    "rating=red&rating=blue",
    "timeliness=never",
    "assurance=%00",
    "agency=%F0%9F%90%8D",
    "agency='%20OR%201=1",
    "review=SCR-1900-01",
    "theme=-1",
    "theme=99999999999999999999",
    "theme=%D9%A3",
    "theme=1.5",
    "silent=maybe",
    "turn=%20",
    "turn=nobody",
    "page=0",
    "page=-3",
    "page=abc",
    "page=999999999999999999999999",
    "sort=password_hash",
    "direction=sideways",
    "q=%FF%FE",
    "q=%25_%5C",
    "q=%E2%80%AE%00%07",
    "q=" + quote("a " * 400),
    "q=" + quote("long" * 2000),
    "q=X/A99999999999999999999",
    "unknown=1&[]=2",
]


def test_an_odd_address_is_answered_with_a_list(world: World, chair: FlaskClient) -> None:
    world.action(TODAY)
    answers = {query: see(chair, f"/actions?{query}") for query in ODD}
    assert {query: page.status for query, page in answers.items() if page.h1 != "Actions"} == {}


def test_what_is_not_there_matches_nothing_and_is_named(world: World, chair: FlaskClient) -> None:
    world.action(TODAY)
    for query in ("rating=purple", "agency=NOPE", "theme=x", "review=SCR-1900-01", "lead=x"):
        page = see(chair, f"/actions?closed=1&{query}")
        assert "Nothing matches." in page.text
        assert query.split("=")[1] in page.links("app-filter__applied")[0][0]


def test_a_reference_is_typed_where_there_are_too_many_reviews_to_list(
    world: World, chair: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    board(world)
    assert len(see(chair, "/actions").tree.xpath("//select[@name='review']/option")) == 1 + 3
    monkeypatch.setattr("kscb_actions.web.actions.list.MOST_LISTED", 2)
    page = see(chair, "/actions?review=AUD-2011-03")
    assert page.tree.xpath("//input[@name='review']/@value") == ["AUD-2011-03"]
    assert len(found(page)) == 3
    assert "Remove this filter: Review: AUD-2011-03 ✕" in dict(page.links("app-filter__applied"))


def test_a_lead_sees_only_their_agencys_actions_whatever_they_ask(world: World, sign_in: Callable) -> None:
    actions = board(world)
    lead = sign_in(world.health_lead)
    own = {actions[name].reference for name in ("soon", "undated", "accepted")}
    assert set(found(see(lead, "/actions?closed=1"))) == own
    assert found(see(lead, "/actions?agency=KPOL")) == []
    assert found(see(lead, "/actions?review=AUD-2011-03")) == []
    page = see(lead, "/actions")
    assert names_of(page, "lead") == ["Any", world.health_lead.name, "Nobody"]
    assert page.tree.xpath("//select[@name='agency']") == []
    offered = page.tree.xpath("//select[@name='review']/option/@value")
    assert offered == ["", "SCR-2010-01", "SCR-2011-09"]


def test_a_restricted_review_is_in_no_list_and_no_choice(world: World, chair: FlaskClient) -> None:
    open_one, hidden = world.action(TODAY), world.action(TODAY)
    review = Review.get_by_id(hidden.review_id)
    review.is_restricted = True
    with change(SYSTEM) as tx:
        tx.update(review, "review.changed")
    assert found(see(chair, "/actions")) == [open_one.reference]
    for query in (f"review={review.reference}", f"q={review.reference}"):
        page = see(chair, f"/actions?{query}")
        assert found(page) == []
    assert review.reference not in see(chair, "/actions").body


def test_an_empty_board_says_what_to_do_next(chair: FlaskClient) -> None:
    page = see(chair, "/actions")
    assert "There are no open actions here." in page.text
    assert ("Go to the reviews", "/reviews") in page.links()


def test_a_moved_due_date_shows_the_first_one_too(world: World, chair: FlaskClient) -> None:
    action = world.action(date(2012, 5, 1))
    change_due_date(world.as_viewer(world.manager), action, date(2012, 6, 1), "A reason.")
    (row,) = see(chair, "/actions").rows("Actions")
    assert row["Due"] == "1 Jun 2012 Due in 63 days First due 1 May 2012"
    assert row["Moved"] == "31 days later, extended once"
    assert row["Rating"] == "Green On course Agency’s turn since 30 Mar 2012"


def test_slippage_is_counted_from_the_first_due_date_and_sorted_by(world: World, chair: FlaskClient) -> None:
    days = {"far": 100, "near": 20, "kept": 0, "undated": None}
    names = {}
    for name, moved in days.items():
        action = world.action(None if moved is None else TODAY + timedelta(days=10))
        names[action.reference] = name
        if moved:
            due_on = TODAY + timedelta(days=10 + moved)
            change_due_date(world.manager.viewer, action, due_on, "A reason.")
    for direction, expected in (("descending", ["far", "near"]), ("ascending", ["near", "far"])):
        page = see(chair, f"/actions?sort=slippage&direction={direction}")
        assert [names[each] for each in found(page)][:2] == expected
    moved = {names[row["Reference"]]: row["Moved"] for row in page.rows("Actions")}
    assert moved == {
        "far": "100 days later, extended once",
        "near": "20 days later, extended once",
        "kept": "Not moved",
        "undated": "Not moved",
    }


def test_what_is_overdue_against_the_first_date_is_found_however_far_it_has_moved(
    world: World, chair: FlaskClient
) -> None:
    past = TODAY - timedelta(days=20)
    late, moved, done, held = (world.action(past) for _ in range(4))
    world.action(TODAY + timedelta(days=1))
    world.action(None)
    change_due_date(world.manager.viewer, moved, TODAY + timedelta(days=9), "A reason.")
    world.submission(done)
    set_standing(world.manager.viewer, held, "on_hold", "An inquest.")
    page = see(chair, "/actions?first=1")
    assert set(found(page)) == {late.reference, moved.reference}
    assert ("Remove this filter: Overdue against the first due date ✕", "/actions") in page.links()
    assert page.tree.xpath("//input[@name='first']/@checked") == ["checked"]


def test_the_number_of_queries_does_not_grow_with_the_actions(world: World, chair: FlaskClient) -> None:
    recommendation = world.recommendation()

    def queries() -> int:
        with counted() as count:
            found(see(chair, "/actions?sort=agency&rating=green"))
        return int(count)

    for day in range(3):
        world.action(TODAY + timedelta(days=20 + day), recommendation=recommendation)
    few = queries()
    for day in range(27):
        world.action(TODAY + timedelta(days=20 + day), world.health, recommendation=recommendation)
    assert queries() == few == 10
