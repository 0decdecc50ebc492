"""Every number of the panel's tables leads to the cases it counts, for those whose list holds all of them."""

import random
from collections.abc import Callable

import pytest
from flask import Flask

from kscb_actions import clock
from kscb_actions.access.policy import SYSTEM
from kscb_actions.child_deaths.cases.models import ChildDeath
from kscb_actions.child_deaths.cases.queries import DeathFilter, list_deaths
from kscb_actions.child_deaths.meetings.models import Interest
from kscb_actions.database import writing
from kscb_actions.figures.counting.queries import tally
from kscb_actions.figures.counting.tally import Basis, tables_of
from kscb_actions.web.figures.tables import case_filters

from ..factories import World
from ..pages import Page, Visitor
from ..queries import counted
from .annual.year_rows import put, some

TABLES = "/child-death-tables?year=2011-12"
LINKED = {"category", "modifiable", "age", "sex", "district", "place", "expected"}


@pytest.fixture
def world_of_deaths(app: Flask, world: World) -> World:
    """Give a board with deaths of several years, reviewed or not."""
    put(some(random.Random("links"), 150))
    return world


def leads(page: Page) -> dict[str, str]:
    """Return {address: text} of the numbers that are links."""
    links = page.tree.xpath("//main//table//td//a")
    return {link.get("href"): " ".join(link.text_content().split()) for link in links}


@pytest.mark.parametrize("basis", list(Basis))
def test_the_list_has_as_many_cases_as_each_number_says(world_of_deaths: World, basis: Basis) -> None:
    seen = set()
    for code, table in tables_of(tally(SYSTEM, basis, "2011-12")).items():
        behind = case_filters(table, "Caption")
        assert len(behind) == len([*table.lines()])
        for cells, line in zip(table.lines(), behind, strict=True):
            for cell, each in zip(cells, line, strict=True):
                if each is not None:
                    seen.add(code)
                    assert cell != 0
                    assert list_deaths(SYSTEM, DeathFilter(**each[0])).total == cell, (code, each)
                else:
                    assert cell == 0 or code not in LINKED | {"completed"}
    # Of the others the sum of all deaths leads somewhere.
    assert seen >= LINKED
    assert ("completed" in seen) == (basis is Basis.DIED)


def test_a_number_is_a_link_that_says_what_it_counts(
    world_of_deaths: World, visit: Callable[..., Visitor]
) -> None:
    coordinator = visit(world_of_deaths.cdop_coordinator)
    found = leads(coordinator.get(f"{TABLES}&basis=died&table=sex"))
    number = ChildDeath.select().where(ChildDeath.died_on.between("2011-04-01", "2012-03-31")).count()
    assert found["/deaths?year=2011-12"] == f"{number} deaths, All: Deaths in 2011-12 by sex"
    assert "/deaths?year=2011-12&sex=female" in found
    listed = coordinator.get("/deaths?year=2011-12&sex=female")
    matching = int(found["/deaths?year=2011-12&sex=female"].split()[0])
    assert f"{matching} cases match" in listed.text or f"{matching} case matches" in listed.text
    assert "Sex: Female" in listed.text


def test_zero_and_what_is_published_are_no_links(
    world_of_deaths: World, visit: Callable[..., Visitor]
) -> None:
    coordinator = visit(world_of_deaths.cdop_coordinator)
    page = coordinator.get(f"{TABLES}&table=place")
    cells = page.tree.xpath("//main//table//td")
    linked = {cell.text_content().split()[0]: bool(cell.xpath(".//a")) for cell in cells}
    assert linked.pop("0") is False
    assert all(linked.values())
    assert leads(coordinator.get(f"{TABLES}&publication=y")) == {}
    assert leads(coordinator.get("/child-death-tables/annual/2011-12")) == {}
    assert leads(coordinator.get(f"{TABLES}&table=ethnicity")).keys() == {"/deaths?reviewed=2011-12"}


def test_whoever_does_not_see_every_case_gets_no_link(
    world_of_deaths: World, visit: Callable[..., Visitor]
) -> None:
    assert leads(visit(world_of_deaths.cdop_member).get(TABLES)) == {}
    coordinator = visit(world_of_deaths.cdop_coordinator)
    assert leads(coordinator.get(TABLES))
    own = world_of_deaths.cdop_coordinator
    with writing():
        interest = Interest.create(death=1, user=own, nature="A patient.", declared_at=clock.now())
    assert leads(coordinator.get(TABLES)) == {}
    with writing():
        Interest.update(lifted_at=clock.now()).where(Interest.id == interest.id).execute()
    assert leads(coordinator.get(TABLES))


def test_the_number_of_queries_is_fixed(world_of_deaths: World, visit: Callable[..., Visitor]) -> None:
    coordinator = visit(world_of_deaths.cdop_coordinator)

    def asked(path: str) -> int:
        with counted() as queries:
            assert coordinator.get(path).status == 200
        return int(queries)

    paths = [TABLES, "/deaths", "/deaths?reviewed=2011-12&sex=male&district=thanet&category=3"]
    before = [asked(path) for path in paths]
    put(some(random.Random("more"), 100))
    assert [asked(path) for path in paths] == before
