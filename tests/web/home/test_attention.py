"""What needs attention: every number leads to exactly what it counts, and nobody decides for their own."""

import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient

from kscb_actions import clock
from kscb_actions.access.policy import Role
from kscb_actions.actions.models import Action
from kscb_actions.actions.service import set_standing

from ...actions.stories import ask_for_more_time
from ...assurance.challenges.asking import closed, raised
from ...factories import TODAY, World
from ...queries import counted
from ...reading import Seen, see


def board(world: World) -> dict[str, Action]:
    """Return something to count on every tile, and some of it the chair's own agency's (probation)."""
    recommendation = world.recommendation()

    def action(days: int | None, agency: object = None) -> Action:
        due_on = None if days is None else TODAY + timedelta(days=days)
        return world.action(due_on, agency, recommendation=recommendation)  # type: ignore[arg-type]

    with clock.at(TODAY - timedelta(days=100)):
        quiet = action(40)
    actions = {
        "quiet": quiet,
        "overdue": action(-3),
        "worst": action(-30, world.health),
        "soon": action(3, world.health),
        "undated": action(None, world.health),
        "held": action(-9),
        "accepted": action(50),
        "on course": action(60),
    }
    with clock.at(TODAY - timedelta(days=2)):
        actions["waited"] = action(20, world.health)
        world.submission(actions["waited"])
    for name, agency in (("waiting", None), ("own waiting", world.probation)):
        actions[name] = action(20, agency)
        world.submission(actions[name])
    for name, agency in (("asked", None), ("own asked", world.probation)):
        actions[name] = action(30, agency)
        ask_for_more_time(world, actions[name])
    set_standing(world.as_viewer(world.manager), actions["held"], "on_hold", "An inquest.")
    world.decision(actions["accepted"])
    return actions


def listed(client: FlaskClient, address: str) -> int:
    """Return how many actions the list behind an address holds."""
    page = see(client, address)
    assert page.status == 200
    said = re.search(r"([\d,]+) (?:open )?(?:action|challenge)s?( match(es)?)?\b", page.text)
    return 0 if "Nothing matches." in page.text else int(said[1].replace(",", "")) if said else -1


def tiles(page: Seen) -> dict[str, int]:
    """Return {label: number} of the tiles."""
    numbers = (words.split(" ", 1) for words, _ in page.links("app-tiles"))
    return {label: int(number) for number, label in numbers}


def test_each_tile_counts_what_it_says(world: World, sign_in: Callable) -> None:
    board(world)
    for action in [world.action(date(2012, 9, 1)) for _ in range(2)]:
        challenge = raised(world, action)
    closed(world, challenge)
    assert tiles(see(sign_in(world.chair), "/attention")) == {
        "Overdue": 2,
        "At risk": 3,
        "Waiting for the Board, oldest 2 days": 5,
        "Done, waiting for a check": 3,
        "No update for 90 days": 1,
        "Requests for more time": 2,
        "Cannot be done, waiting for a decision": 0,
        "Challenges not closed": 1,
        "Challenges answered, waiting for the Board": 0,
        "Agencies’ answers to look at": 0,
        "Agencies’ answers overdue": 0,
    }


@pytest.mark.parametrize("who", ["chair", "manager", "reader"])
def test_every_number_leads_to_exactly_what_it_counts(world: World, sign_in: Callable, who: str) -> None:
    board(world)
    client = sign_in(getattr(world, who))
    page = see(client, "/attention")
    numbers = page.links("app-tiles") + page.links("app-chart")
    assert len(numbers) == 11 + 3 * 6
    wrong = {
        (words, address): listed(client, address)
        for words, address in numbers
        if listed(client, address) != int(words.split()[0])
    }
    assert wrong == {}
    totals = [int(words) for words, address in numbers if "agency=" in address and "rating=" not in address]
    assert sum(totals) == listed(client, "/actions?closed=1") == 13


def test_the_picture_has_a_bar_for_each_figure_of_its_table(world: World, sign_in: Callable) -> None:
    board(world)
    page = see(sign_in(world.chair), "/attention")
    (picture,) = page.tree.find_class("app-chart__picture")
    bars = {title.text for title in picture.xpath(".//rect/title")}
    figures = {
        f"{row['Agency']}, {colour}: {row[colour]}"
        for row in page.rows("Actions by agency and rating")
        for colour in ("Red", "Amber", "Green", "Blue", "Grey")
        if row[colour] != "0"
    }
    assert bars == figures
    assert "13 actions of 3 agencies; 2 are red" in picture.findtext("desc")


def test_the_lists_name_the_oldest_and_the_worst_first(world: World, sign_in: Callable) -> None:
    actions = board(world)
    page = see(sign_in(world.chair), "/attention")

    def references(caption: str) -> list[str]:
        return [row["Reference"] for row in page.rows(caption)]

    def expected(*names: str) -> list[str]:
        return [actions[name].reference for name in names]

    assert references("Reported done, oldest first") == expected("waited", "waiting", "own waiting")
    assert references("Requests for more time, oldest first") == expected("asked", "own asked")
    assert references("Longest overdue") == expected("worst", "overdue")


def test_what_is_the_chairs_own_agencys_another_person_must_decide(world: World, sign_in: Callable) -> None:
    actions = board(world)
    page = see(sign_in(world.chair), "/attention")
    waiting = {row["Reference"]: row["Decision"] for row in page.rows("Reported done, oldest first")}
    asked = {row["Reference"]: row["Decision"] for row in page.rows("Requests for more time, oldest first")}
    another = "Another person must decide. It is your own agency’s."
    assert waiting[actions["own waiting"].reference] == another
    assert asked[actions["own asked"].reference] == another
    reference = actions["waiting"].reference
    assert waiting[reference] == f"Check {reference}"
    assert asked[actions["asked"].reference] == f"Decide {actions['asked'].reference}"
    for words, address in page.links():
        if words.startswith(("Check", "Decide")):
            assert see(sign_in(world.chair), address).status == 200
    assert "Waiting for your check" in page.text


def test_a_reader_sees_the_same_without_deciding(world: World, sign_in: Callable) -> None:
    board(world)
    chair, reader = (see(sign_in(person), "/attention") for person in (world.chair, world.reader))
    assert tiles(reader) == tiles(chair)
    assert not [words for words, _ in reader.links() if words.startswith(("Check", "Decide"))]
    assert "Decision" not in reader.rows("Reported done, oldest first")[0]
    assert "another person must decide" not in reader.text.lower()


def test_a_manager_decides_on_dates_but_not_on_evidence(world: World, sign_in: Callable) -> None:
    board(world)
    page = see(sign_in(world.manager), "/attention")
    assert "Decision" not in page.rows("Reported done, oldest first")[0]
    assert len([words for words, _ in page.links() if words.startswith("Decide")]) == 2


def test_who_has_asked_does_not_decide(world: World, sign_in: Callable) -> None:
    both = world.person("lead-and-manager", Role.MANAGER, Role.AGENCY_LEAD, agency=world.police)
    action = world.action(TODAY + timedelta(days=30))
    ask_for_more_time(world, action)
    (row,) = see(sign_in(both), "/attention").rows("Requests for more time, oldest first")
    assert row["Decision"].startswith("Another person must decide.")


def test_long_lists_are_shown_short_with_the_way_to_all(world: World, sign_in: Callable) -> None:
    recommendation = world.recommendation()
    for days in range(7):
        world.action(TODAY - timedelta(days=1 + days), recommendation=recommendation)
    client = sign_in(world.chair)
    page = see(client, "/attention")
    assert len(page.rows("Longest overdue")) == 5
    (address,) = [href for words, href in page.links() if words == "See all 7 actions that are overdue"]
    assert listed(client, address) == 7


def test_a_board_without_actions_says_what_to_do(world: World, sign_in: Callable) -> None:
    page = see(sign_in(world.chair), "/attention")
    assert "No actions are recorded yet." in page.text
    assert ("Go to the reviews", "/reviews") in page.links()


def test_nothing_to_do_is_said_in_words(world: World, sign_in: Callable) -> None:
    world.action(TODAY + timedelta(days=60))
    page = see(sign_in(world.chair), "/attention")
    for words in ("Nothing waits for a check.", "No agency waits for an answer.", "Nothing is overdue."):
        assert words in page.text


def test_the_number_of_queries_does_not_grow_with_the_actions(world: World, sign_in: Callable) -> None:
    client = sign_in(world.chair)

    def queries() -> int:
        with counted() as count:
            assert see(client, "/attention").status == 200
        return int(count)

    def more(times: int) -> None:
        recommendation = world.recommendation()
        for _ in range(times):
            world.action(TODAY - timedelta(days=1), recommendation=recommendation)
            world.submission(world.action(TODAY, world.health, recommendation=recommendation))
            ask_for_more_time(world, world.action(TODAY, recommendation=recommendation))

    more(3)
    few = queries()
    more(10)
    assert queries() == few == 25
