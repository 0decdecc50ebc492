"""The year that was published is published again as it was: every cell, and every number in the text."""

from flask import Flask

from kscb_actions.access.policy import SYSTEM
from kscb_actions.figures.annual.protection import protect_year
from kscb_actions.figures.counting import queries
from kscb_actions.figures.counting.tally import Basis
from kscb_actions.figures.disclosure.tables import printed_quantities, quantity

from ..annual.year_rows import put
from . import kent

YEAR = "2011-12"
REVIEWED, DIED = ("reviewed", YEAR), ("died", YEAR)
UNEXPECTED = ("expected", "unexpected")
STATED = {
    quantity(REVIEWED): 106,
    quantity(REVIEWED, ("died", "2010-11")): 58,
    quantity(REVIEWED, DIED): 48,
    quantity(REVIEWED, ("died", "2010-11"), UNEXPECTED): 19,
    quantity(REVIEWED, DIED, UNEXPECTED): 13,
    quantity(REVIEWED, ("modifiable", "identified")): 14,
    quantity(DIED): 94,
    quantity(DIED, UNEXPECTED): 40,
}


def test_every_cell_and_every_stated_number_is_as_it_was_published(app: Flask) -> None:
    put(kent.deaths())
    tallies = {basis: queries.tally(SYSTEM, basis, YEAR) for basis in Basis}
    done = protect_year(tallies)
    _, paper = done[Basis.REVIEWED, "category"]
    assert paper.columns == tuple(kent.PRINTED)
    for number, year in enumerate(kent.PRINTED):
        assert [row.cells[number] for row in paper.rows] == kent.PRINTED[year]
    assert paper.totals == (58, 48)
    printed = printed_quantities(done.values())
    assert {key: printed[key] for key in STATED} == STATED
