"""Tables have a row for each district that is offered, and for each closed one that some case has."""

from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask

from kscb_actions.access.policy import SYSTEM, Viewer
from kscb_actions.figures.annual import serialisation
from kscb_actions.figures.annual.protection import protect_year
from kscb_actions.figures.counting import queries
from kscb_actions.figures.counting.queries import tallies
from kscb_actions.figures.counting.tally import Basis, tables_of
from kscb_actions.figures.disclosure.tables import CountTable
from kscb_actions.settings.districts import add_district, close_district, rename_district
from kscb_actions.settings.models import District
from kscb_actions.settings.rules import BESIDE, Board
from kscb_actions.text import InvalidInput
from tests.figures.annual.issuing import issue_year

from ...factories import World
from ...factories_deaths import DISTRICTS
from ...pages import Visitor
from ...queries import counted
from ..annual.year_rows import put
from . import kent

YEAR, BOARD = "2011-12", Board(name="Kent Safeguarding Children Board")


@pytest.fixture
def coordinator(app: Flask, world: World) -> Viewer:
    return world.as_viewer(world.cdop_coordinator)


def called(code: str) -> District:
    return District.get(District.code == code)


def by_district(basis: Basis = Basis.DIED) -> dict[str, tuple[str, int]]:
    """Return {code: (label, number)} of the rows of the year's table."""
    made = tables_of(queries.tally(SYSTEM, basis, YEAR))["district"]
    return {row.code: (row.label, int(row.cells[0])) for row in made.rows}


def cells_of(table: CountTable) -> dict[str, tuple[object, ...]]:
    return {row.code: row.cells for row in table.rows}


def test_a_closed_district_has_a_row_only_where_a_case_has_it(coordinator: Viewer) -> None:
    earlier = {"district": "swale", "died_on": date(2009, 6, 1), "reviewed_on": date(2010, 6, 1)}
    rows = [{"district": each} for each in ("thanet", "thanet", "elsewhere", "outside-area", "not_known")]
    put([*rows, earlier])
    assert list(by_district()) == [*DISTRICTS, "outside-area", "not_known"]
    for code in ("thanet", "swale", "dover"):
        close_district(coordinator, called(code))
    rows = by_district()
    assert list(rows) == [*(code for code in DISTRICTS if code != "dover"), "outside-area", "not_known"]
    assert (rows["thanet"], rows["swale"]) == (("Thanet", 2), ("Swale", 0))
    assert (rows["outside-area"], rows["not_known"]) == (("Outside the Board’s area", 1), ("Not known", 2))
    assert by_district(Basis.REVIEWED) == rows


def test_a_new_name_is_printed_in_its_place_and_the_code_stays(coordinator: Viewer) -> None:
    put([{"district": "shepway"}])
    rename_district(coordinator, called("shepway"), "Folkestone and Hythe", 1)
    for taken in ("Not known", "outside the board's area"):
        with pytest.raises(InvalidInput, match="on the list already"):
            add_district(coordinator, taken)
    rows = by_district()
    assert rows["shepway"] == ("Folkestone and Hythe", 1)
    names = [name for name, _ in rows.values()]
    assert names == [*sorted(names[:-2]), "Outside the Board’s area", "Not known"]
    assert names[4] == "Folkestone and Hythe"


def test_a_board_without_an_open_district_has_its_table(coordinator: Viewer) -> None:
    for district in District.select():
        close_district(coordinator, district)
    put([{"district": "nowhere"}])
    assert by_district() == {
        "outside-area": ("Outside the Board’s area", 0),
        "not_known": ("Not known", 1),
    }


def test_an_issued_report_keeps_the_districts_it_was_issued_with(
    coordinator: Viewer, world: World, visit: Callable[..., Visitor]
) -> None:
    put(kent.deaths())
    issued, reader = issue_year(YEAR, BOARD), visit(world.reader)
    page = reader.get(f"/published/{issued.id}").text
    paper = reader.client.get(f"/published/{issued.id}/paper").data
    _, before = protect_year(tallies(coordinator, YEAR))[Basis.DIED, "district"]
    assert "is counted in every table like any other where this panel reviews the death" in page
    rename_district(coordinator, called("shepway"), "Folkestone and Hythe", 1)
    close_district(coordinator, called("dover"))
    add_district(coordinator, "Medway")
    assert reader.get(f"/published/{issued.id}").text == page and "Shepway" in page
    assert reader.client.get(f"/published/{issued.id}/paper").data == paper
    axes = [counts.rows_by for counts, _ in serialisation.read_counts(issued.counts_json)]
    labels = [each.labels for each in axes if each and each.code == "district"]
    assert labels and all(each == {**DISTRICTS, **BESIDE} for each in labels)
    _, after = protect_year(tallies(coordinator, YEAR))[Basis.DIED, "district"]
    assert cells_of(after) == {**cells_of(before), "medway": (0,)}
    asked = f"/child-death-tables?basis=died&year={YEAR}&publication=y"
    as_issued = visit(world.cdop_coordinator).get(asked).text
    assert "Shepway" in as_issued and "Folkestone" not in as_issued


def test_the_districts_are_read_once_for_a_page(
    coordinator: Viewer, world: World, visit: Callable[..., Visitor]
) -> None:
    put(kent.deaths())
    visitor = visit(world.cdop_coordinator)
    with counted() as count:
        assert visitor.get("/child-death-tables").status == 200
    assert sum('FROM "district"' in query for query in count.queries) == 1
