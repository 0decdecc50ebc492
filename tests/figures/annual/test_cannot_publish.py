"""Where what is in print already discloses a number, people are told what to do, and nothing is issued."""

from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask

from kscb_actions import clock
from kscb_actions.access.policy import SYSTEM
from kscb_actions.database import writing
from kscb_actions.figures.annual import serialisation
from kscb_actions.figures.annual.models import IssuedReport
from kscb_actions.figures.annual.protection import IssuedTables, protect_year
from kscb_actions.figures.annual.year import issued_before
from kscb_actions.figures.counting import queries
from kscb_actions.figures.counting.tally import Basis
from kscb_actions.figures.disclosure.publish import headline, printed_quantities, quantity

from ...factories import World
from ...pages import Visitor
from ...people.visitor import PASSWORD, with_password
from ..counting import kent
from .test_year_is_proof import Reader, read_all
from .year_rows import put

ANNUAL = "/child-death-tables/annual/2011-12"
EARLIER = "2010-11"
ONE_PLAN = quantity(("reviewed", "2011-12"), ("protection-plan", "at_death"))


@pytest.fixture
def visitor(app: Flask, world: World, visit: Callable[..., Visitor]) -> Visitor:
    """Give the co-ordinator at the pages, after a report that printed one small number as it was."""
    put(kent.deaths())
    coordinator = with_password(world.cdop_coordinator)
    table = headline(ONE_PLAN, number_of(ONE_PLAN))  # type: ignore[arg-type]
    with writing(IssuedReport):
        IssuedReport.create(
            year=EARLIER,
            number=1,
            title="Printed by hand",
            issued_on=date(2012, 3, 1),
            issued_by="CDOP co-ordinator",
            issued_at=clock.now(),
            report_json="",
            counts_json=serialisation.write_counts([(table, table)]),
            paper=b"",
            paper_sha256="",
        )
    return visit(coordinator)


def number_of(key: object) -> int:
    counts = protect_year(
        {basis: queries.tally(SYSTEM, basis, "2011-12") for basis in Basis}, IssuedTables()
    ).counts
    found = {}
    for table in counts.values():
        found |= printed_quantities(table, table)
    number = found[key]  # type: ignore[index]
    assert isinstance(number, int)
    assert 0 < number < 5
    return number


def test_where_it_is_solved_apart_the_same_is_said(visitor: Visitor, lasting: None) -> None:
    page = visitor.get(ANNUAL)
    assert page.status == 200
    assert "What to leave out: Child protection plans, by year of review." in page.text


def test_every_way_says_what_to_leave_out(visitor: Visitor) -> None:
    said = "What to leave out: Child protection plans, by year of review. Tick it under “Leave out”"
    page = visitor.get(ANNUAL)
    assert (page.status, said in page.text) == (200, True)
    page = visitor.post(f"{ANNUAL}/word", {"password": PASSWORD})
    assert (page.status, said in page.text) == (200, True)
    page = visitor.post(f"{ANNUAL}/issue", {"number": "1", "version": "0"})
    assert said in page.text
    assert " or " not in page.text.split("What to leave out:")[1].split(". Tick")[0], "one table at a time"
    assert IssuedReport.select().count() == 1


def test_doing_so_helps(visitor: Visitor) -> None:
    visitor.send(f"{ANNUAL}/texts", {"left_out": ["reviewed:protection-plan"]})
    assert "leave out" not in visitor.get(ANNUAL).text
    assert visitor.send(f"{ANNUAL}/issue").leads_to.endswith("/published")
    assert IssuedReport.select().where(IssuedReport.year == "2011-12").exists()
    page = visitor.get("/child-death-tables?year=2011-12&publication=y")
    assert "Reviews completed in 2011-12 by child protection plan" not in page.text


def test_two_editions_together_give_nothing_away(app: Flask, world: World) -> None:
    put(kent.deaths())
    tallies = {basis: queries.tally(SYSTEM, basis, "2011-12") for basis in Basis}
    first = protect_year(tallies, IssuedTables(), frozenset({(Basis.REVIEWED, "age"), (Basis.DIED, "sex")}))
    second = protect_year(
        tallies, IssuedTables(tuple(first.pairs())), frozenset({(Basis.REVIEWED, "place")}), with_extra=True
    )
    reader: Reader = read_all(first)
    for (basis, code), paper in second.published.items():
        reader.read(basis, code, paper)
    assert reader.attacker.deduce() == []
    assert issued_before() == IssuedTables()
