"""Random boards whose reports of three years are issued in any order: together they disclose no number.

A few in the usual run, many with KSCB_LONG=1. The attacker adds up a year's deaths over the years of review.
"""

import random
from itertools import product

import pytest
from flask import Flask

from kscb_actions.access.policy import SYSTEM
from kscb_actions.child_deaths import terms
from kscb_actions.figures.annual.protection import IssuedTables, ProtectedYear, TableName, protect_year
from kscb_actions.figures.counting import queries
from kscb_actions.figures.counting.tally import NAMES, Basis
from kscb_actions.figures.disclosure.suppression import CannotPublish

from ...long import amount
from ..disclosure.attacker import Attacker
from .test_years_together import Place, read
from .year_rows import put, some

BOARDS = amount(2, 60)
ISSUED = ("2009-10", "2010-11", "2011-12")
DIED = (*ISSUED, "2012-13")
REVIEWED = (*DIED, "2013-14", "not_yet")
READ = ((Basis.DIED, "completed"), (Basis.DIED, "expected"), (Basis.REVIEWED, "expected"))


def issued_one_by_one(order: list[str]) -> list[tuple[str, ProtectedYear]]:
    """Return the reports in this order, each without the tables that those before leave no way to print."""
    done: list[tuple[str, ProtectedYear]] = []
    for year in order:
        tallies = {basis: queries.tally(SYSTEM, basis, year) for basis in Basis}
        known = IssuedTables(tuple(pair for _, each in done for pair in each.pairs()))
        left_out: frozenset[TableName] = frozenset()
        while year not in dict(done):
            try:
                done.append((year, protect_year(tallies, known, left_out)))
            except CannotPublish as refusal:
                named = frozenset(name for key in refusal.keys for name in tables_of(key))
                assert not named <= left_out
                left_out |= named
    return done


def tables_of(key: object) -> set[TableName]:
    """Return the tables in which a quantity stands."""
    conditions = dict(key[-1] if isinstance(key, tuple) else key)  # type: ignore[call-overload]
    basis = Basis.REVIEWED if conditions.get("reviewed", "any") != "any" else Basis.DIED
    codes = [code for code in ("modifiable", "domain", *NAMES) if code in conditions]
    if codes:
        return {(basis, codes[0])}
    return {(Basis.REVIEWED, "expected"), (Basis.REVIEWED, "category"), (Basis.DIED, "completed")}


def read_all(done: list[tuple[str, ProtectedYear]]) -> Attacker:
    """Return an attacker who has the texts of all reports, and the tables by year and by expectation."""
    attacker = Attacker()
    for year, each in done:
        for counts, paper in each.stated:
            attacker.read(counts.of, paper.totals[0])
        for basis, code in READ:
            if (basis, code) in each.published:
                axis = "reviewed" if code == "completed" else code
                read(attacker, {(basis.value, year)}, axis, each, (basis, code))
    times = [("reviewed", year) for year in REVIEWED]
    for year, code in product(DIED, (*terms.EXPECTED, None)):
        whole: Place = frozenset({("died", year), *([("expected", code)] if code else [])})
        attacker.know_sum(whole, [whole | {each} for each in times])
    for year, time in product(DIED, [*times, None]):
        whole = frozenset({("died", year), *([time] if time else [])})
        attacker.know_sum(whole, [whole | {("expected", code)} for code in terms.EXPECTED])
    return attacker


@pytest.mark.parametrize("number", range(BOARDS))
def test_three_reports_give_nothing_away_together(app: Flask, number: int) -> None:
    rng = random.Random(f"years {number}")
    put(some(rng, rng.choice((120, 250, 400))))
    done = issued_one_by_one(rng.sample(ISSUED, len(ISSUED)))
    attacker = read_all(done)
    assert attacker.deduce() == []
    assert attacker.suppressed
