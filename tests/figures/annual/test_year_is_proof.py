"""All tables of a year and the numbers of its report's text, published together, against a solver.

Some years in the usual run, many with KSCB_LONG=1. What the attacker knows is written here anew: which
counts are sums of which, that a factor of unsafe sleeping is no rarer than any of them together, and that
the deaths that belong to the year by both bases are part of either.
"""

import random
from dataclasses import replace
from datetime import date

import pytest
from flask import Flask

from kscb_actions.access.policy import SYSTEM
from kscb_actions.child_deaths import terms
from kscb_actions.figures.annual.protection import IssuedTables, ProtectedYear, in_report, protect_year
from kscb_actions.figures.counting import queries
from kscb_actions.figures.counting.tally import SAFE_SLEEPING, Basis
from kscb_actions.figures.disclosure.axes import KNOWN_AT_DEATH
from kscb_actions.figures.disclosure.tables import CountTable

from ...long import LONG, amount
from ..disclosure.attacker import Attacker
from .year_rows import put, some

YEAR = "2011-12"
YEARS = amount(2, 40)
KNOWN = set(KNOWN_AT_DEATH)
Conditions = frozenset[tuple[str, str]]


class Reader:
    """Read the whole of a year in print into an attacker."""

    def __init__(self, is_overlap_protected: bool) -> None:
        self.attacker = Attacker()
        self.is_overlap_protected = is_overlap_protected

    def read(self, basis: Basis, code: str, paper: CountTable) -> None:
        """Read one table: its cells, its totals, and which are sums of which."""
        of = self.of(basis, code)
        rows, columns = self.axes(basis, code)
        across = len(paper.column_codes)
        names = [row.code for row in paper.rows]
        lines = [[self.place(of, (rows, name), (columns, c)) for c in paper.column_codes] for name in names]
        sums = [self.place(of, (rows, name)) for name in names] if code != "domain" else [of] * len(names)
        tops = [self.place(of, (columns, c)) for c in paper.column_codes]
        for cells, whole, row in zip(lines, sums, paper.rows, strict=True):
            for place, text in zip([*cells, whole] if across else [whole], row.cells, strict=False):
                self.attacker.read(place, text)
            if cells:
                self.attacker.know_sum(whole, cells)
        for place, text in zip([*tops, of] if across else [of], paper.totals, strict=False):
            self.attacker.read(place, text)
        if code not in ("domain", "theme"):
            for number, top in enumerate(tops):
                self.attacker.know_sum(top, [cells[number] for cells in lines])
            self.attacker.know_sum(of, sums)
            if tops:
                self.attacker.know_sum(of, tops)
        if code == "theme":
            self._know_sleeping(of)
        self._know_both(basis, code, paper, of, rows, columns)

    @staticmethod
    def axes(basis: Basis, code: str) -> tuple[str, str]:
        if code == "completed":
            return "reviewed", ""
        other = "died" if basis is Basis.REVIEWED and code in ("category", "expected") else ""
        return {"modifiable": ("category", "modifiable"), "domain": ("domain", "influence")}.get(
            code, (code, other)
        )

    @staticmethod
    def of(basis: Basis, code: str) -> Conditions:
        if basis is Basis.REVIEWED:
            return frozenset({("reviewed", YEAR)})
        is_known = code in KNOWN or code == "completed"
        return frozenset({("died", YEAR)} if is_known else {("died", YEAR), ("reviewed", "ever")})

    @staticmethod
    def place(of: Conditions, *more: tuple[str, str]) -> Conditions:
        whole = of | {each for each in more if each[0]}
        known = {axis for axis, code in whole if code != "ever"}
        return frozenset(each for each in whole if each != ("reviewed", "ever") or "reviewed" not in known)

    def _know_sleeping(self, of: Conditions) -> None:
        anyone = self.place(of, ("theme", SAFE_SLEEPING))
        each = [self.place(of, ("theme", code)) for code in terms.SAFE_SLEEPING]
        for one in each:
            self.attacker.know_sum(anyone, [one, ("others than", one)])
        self.attacker.know_sum(("all factors", of), each)
        self.attacker.know_sum(("all factors", of), [anyone, ("counted twice", of)])

    def _know_both(
        self, basis: Basis, code: str, paper: CountTable, of: Conditions, rows: str, columns: str
    ) -> None:
        """Take in that the deaths of the year by both bases, row by row, and the others make up all."""
        if code == "completed" or not self.is_overlap_protected:
            return
        both = self.place(of, ("died", YEAR), ("reviewed", YEAR))
        parts = []
        for row in paper.rows:
            for column in paper.column_codes if columns not in ("", "died") else ("",):
                more = [(rows, row.code), *([(columns, column)] if column else [])]
                part = self.place(both, *more)
                self.attacker.know_sum(self.place(of, *more), [part, ("rest", basis, part)])
                parts.append(part)
        if code not in ("domain", "theme"):
            self.attacker.know_sum(both, parts)


def read_all(done: ProtectedYear) -> Reader:
    """Return a reader who has every published table and every figure of the text."""
    reader = Reader(done.is_overlap_protected)
    for (basis, code), paper in done.published.items():
        reader.read(basis, code, paper)
    died = [paper for (basis, code), paper in done.published.items() if code == "completed"]
    for paper in died:
        every = Reader.of(Basis.DIED, "category")
        parts = [
            Reader.place(Reader.of(Basis.DIED, "completed"), ("reviewed", row.code))
            for row in paper.rows
            if row.code != "not_yet"
        ]
        reader.attacker.know_sum(every, parts)
    for counts, paper in done.stated:
        reader.attacker.read(counts.of, paper.totals[0])
    return reader


@pytest.mark.parametrize("number", range(YEARS))
def test_no_suppressed_number_of_a_whole_year_can_be_deduced(app: Flask, number: int) -> None:
    rng = random.Random(f"year {number}")
    put(some(rng, rng.choice((20, 60, 150, 320))))
    tallies = {basis: queries.tally(SYSTEM, basis, YEAR) for basis in Basis}
    done = protect_year(tallies, IssuedTables(), with_extra=True)
    reader = read_all(done)
    assert reader.attacker.deduce() == []
    assert reader.attacker.suppressed or not done.published


@pytest.mark.parametrize("number", [0, 4, 5, *((1, 9, 10) if LONG else ())])
def test_a_board_with_few_deaths_has_its_report_and_discloses_nothing(app: Flask, number: int) -> None:
    put(some(random.Random(f"few {number}"), number, date(2011, 4, 1), 365))
    tallies = {basis: queries.tally(SYSTEM, basis, YEAR) for basis in Basis}
    assert tallies[Basis.DIED].total == number
    done = protect_year(tallies, IssuedTables(), with_extra=True)
    assert {name for name in done.counts if in_report(name)} <= set(done.published)
    assert read_all(done).attacker.deduce() == []
    (total,) = done.published[Basis.DIED, "sex"].totals
    assert total in (number, "*", "[c]") if number > 4 else total == ("<5" if number else 0)


def test_primary_suppression_alone_is_disclosed(app: Flask) -> None:
    put(some(random.Random("naive year"), 150))
    tallies = {basis: queries.tally(SYSTEM, basis, YEAR) for basis in Basis}
    done = protect_year(tallies, IssuedTables(), with_extra=True)
    unprotected = {name: primary_suppression_only(done.counts[name]) for name in done.published}
    assert read_all(replace(done, published=unprotected)).attacker.deduce()


def primary_suppression_only(table: CountTable) -> CountTable:
    """Return a table as it is often published: 1 to 4 suppressed, and nothing else."""

    def hide(line: tuple) -> tuple:
        return tuple("<5" if 0 < cell < 5 else cell for cell in line)

    rows = tuple(replace(row, cells=hide(row.cells)) for row in table.rows)
    return replace(table, rows=rows, totals=hide(table.totals))
