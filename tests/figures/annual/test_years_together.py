"""The reports of several years side by side: what one suppresses, the others together must not disclose."""

from datetime import date
from itertools import permutations, product

import pytest
from flask import Flask

from kscb_actions.access.policy import SYSTEM
from kscb_actions.child_deaths import terms
from kscb_actions.figures.annual.protection import IssuedTables, ProtectedYear, TableName, protect_year
from kscb_actions.figures.counting import queries
from kscb_actions.figures.counting.tally import Basis, Tally
from kscb_actions.figures.disclosure.suppression import CannotPublish

from ..disclosure.attacker import Attacker
from .year_rows import put

YEARS = ("2010-11", "2011-12", "2012-13")
# Expected and unexpected deaths by (year of death, year of review): all are reviewed by the end.
DEATHS = {
    (0, 0): (8, 6),
    (0, 1): (10, 3),
    (0, 2): (9, 7),
    (1, 1): (20, 9),
    (1, 2): (12, 8),
    (2, 2): (15, 6),
}
EXPECTED: TableName = (Basis.REVIEWED, "expected")
Place = frozenset[tuple[str, str]]


def issued_in(order: tuple[int, ...]) -> list[tuple[str, ProtectedYear]]:
    """Return the reports of the years, issued in this order after the last review."""
    put(
        {"died_on": date(2010 + died, 6, 1), "reviewed_on": date(2011 + reviewed, 2, 1), "expected": expected}
        for (died, reviewed), numbers in DEATHS.items()
        for expected, number in zip(("expected", "unexpected"), numbers, strict=True)
        for _ in range(number)
    )
    done: list[tuple[str, ProtectedYear]] = []
    for year in (YEARS[number] for number in order):
        tallies = {basis: queries.tally(SYSTEM, basis, year) for basis in Basis}
        known = tuple(pair for _, each in done for pair in each.pairs())
        done.append((year, protect_somehow(tallies, IssuedTables(known))))
    return done


def protect_somehow(tallies: dict[Basis, Tally], issued: IssuedTables) -> ProtectedYear:
    """Return the report, without the table by years of death where no way is left to print it."""
    try:
        return protect_year(tallies, issued)
    except CannotPublish as refusal:
        assert all(("reviewed", tallies[Basis.REVIEWED].year) in key for key in refusal.keys)
        return protect_year(tallies, issued, frozenset({EXPECTED}), with_extra=True)


def read_all(done: list[tuple[str, ProtectedYear]]) -> Attacker:
    """Return an attacker who has them all, and adds up the deaths of a year over the years of review."""
    attacker = Attacker()
    for year, each in done:
        for counts, paper in each.stated:
            attacker.read(counts.of, paper.totals[0])
        for basis, code in (
            (Basis.DIED, "completed"),
            (Basis.DIED, "expected"),
            (Basis.REVIEWED, "expected"),
        ):
            if (basis, code) in each.published:
                axis = "reviewed" if code == "completed" else code
                read(attacker, {(basis.value, year)}, axis, each, (basis, code))
    times = [("reviewed", year) for year in (*YEARS, "not_yet")]
    for year, code in product(YEARS, (*terms.EXPECTED, None)):
        whole: Place = frozenset({("died", year), *([("expected", code)] if code else [])})
        attacker.know_sum(whole, [whole | {each} for each in times])
    for year, time in product(YEARS, [*times, None]):
        whole = frozenset({("died", year), *([time] if time else [])})
        attacker.know_sum(whole, [whole | {("expected", code)} for code in terms.EXPECTED])
    return attacker


def read(
    attacker: Attacker, of: set[tuple[str, str]], axis: str, done: ProtectedYear, name: TableName
) -> None:
    """Read one table into an attacker: its cells, its totals, and that they add up."""
    paper, here = done.published[name], frozenset(of)
    lines: list[Place] = [*(here | {(axis, row.code)} for row in paper.rows), here]
    columns = [{("died", year)} for year in paper.column_codes]
    for line, cells in zip(lines, paper.lines(), strict=True):
        for column, text in zip(columns or [set()], cells, strict=False):
            attacker.read(line | column, text)
        if columns:
            attacker.know_sum(line, [line | column for column in columns])
    for column in columns or [set()]:
        attacker.know_sum(here | column, [line | column for line in lines[:-1]])


@pytest.mark.parametrize("order", [*permutations(range(3))], ids=str)
def test_no_year_discloses_what_another_suppresses(app: Flask, order: tuple[int, ...]) -> None:
    done = issued_in(order)
    attacker = read_all(done)
    assert attacker.deduce() == []
    # Where the other two came first, nothing of this table can be hidden any more.
    assert bool(attacker.suppressed) == (order[-1] != 1)
