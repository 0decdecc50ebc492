"""The reports of one year and of several, read side by side, against a solver that knows nothing of ours.

Some boards in the usual run, many with KSCB_LONG=1. With them go late cases, and corrections.
"""

import random
from dataclasses import replace
from datetime import date, timedelta

import pytest
from flask import Flask

from kscb_actions.access.policy import SYSTEM
from kscb_actions.child_deaths.cases.models import ChildDeath
from kscb_actions.database import db, writing
from kscb_actions.figures.annual.protection import protect_year
from kscb_actions.figures.counting.frozen import Cases, Counted, frozen_tallies
from kscb_actions.figures.counting.report_tables import REPORT_TABLES, TableName
from kscb_actions.figures.disclosure.refused import CannotPublish
from kscb_actions.figures.disclosure.tables import CountTable, Published, conditions_of, printed_quantities

from ...long import LONG, amount
from ..counting import kent
from .side_by_side import read_reports
from .year_rows import put, some

YEARS = ("2009-10", "2010-11", "2011-12")
DIED = (*YEARS, "2012-13")
BOARDS = amount(2, 60)
LATE = amount(3, 40)
Report = dict[TableName, Published]
# In the usual run every other board is corrected; in a long run each is tried both ways.
CASES = [(each, is_so) for each in range(BOARDS) for is_so in (False, True) if LONG or is_so == each % 2]


class Panel:
    """Issue the reports of a board one after another, with all that was issued before."""

    def __init__(self) -> None:
        self.reports: dict[str, Report] = {}
        self.cases: dict[str, Cases] = {}
        self.left_out: dict[str, tuple[TableName, ...]] = {}
        self.corrected: tuple[str, ...] = ()

    def protect(self, year: str) -> tuple[Report, Cases]:
        """Return the report of a year as it would be issued now, without the tables in the way."""
        tallies, cases = frozen_tallies(SYSTEM, year, Counted(self.cases))
        known = [pair for each in self.reports.values() for pair in each.values()]
        try:
            return protect_year(tallies, known), cases
        except CannotPublish as found:
            # The way out is told all at once: it is enough.
            self.left_out[year] = found.tables
            return protect_year(tallies, known, frozenset(found.tables)), cases

    def issue(self, year: str) -> Report:
        """Issue the report of a year."""
        self.reports[year], self.cases[year] = self.protect(year)
        return self.reports[year]

    def deduced(self, more: tuple[tuple[str, Report], ...] = ()) -> list[object]:
        """Return what an attacker deduces who has them all."""
        reports = [(year, papers_of(each)) for year, each in (*self.reports.items(), *more)]
        attacker = read_reports(reports, DIED, self.corrected)
        return attacker.deduce()


@pytest.mark.parametrize(("number", "is_corrected"), CASES)
def test_nothing_can_be_deduced_from_the_reports_of_three_years(
    app: Flask, number: int, is_corrected: bool
) -> None:
    rng = random.Random(f"years {number}")
    put(some(rng, rng.choice((60, 150, 320))))
    panel = Panel()
    panel.corrected = ("sex", "expected") if is_corrected else ()
    for year in YEARS:
        panel.issue(year)
        if is_corrected:
            correct_some(rng)
        put(late_cases(rng, rng.randrange(4), year))
    assert panel.deduced() == []


@pytest.mark.parametrize("number", [0, 4, 5, *((1, 9, 10) if LONG else ())])
def test_a_board_with_few_deaths_has_its_report_and_discloses_nothing(app: Flask, number: int) -> None:
    put(some(random.Random(f"few {number}"), number, date(2011, 4, 1), 365))
    panel = Panel()
    done = panel.issue("2011-12")
    assert set(done) | set(panel.left_out.get("2011-12", ())) == set(REPORT_TABLES)
    assert len(done) >= len(REPORT_TABLES) - 1
    assert panel.deduced() == []


def test_primary_suppression_alone_is_disclosed(app: Flask) -> None:
    put(some(random.Random("naive year"), 150))
    panel = Panel()
    done = panel.issue("2011-12")
    naive = {
        key: "<5" if 0 < number < 5 else number
        for key, number in printed_quantities((table, table) for table, _ in done.values()).items()
    }
    assert naive != printed_quantities(done.values())
    attacker = read_reports([("2011-12", {n: in_print(t, naive) for n, (t, _) in done.items()})], DIED)
    assert attacker.deduce()


def test_two_reports_have_no_number_in_common_that_could_be_subtracted(app: Flask) -> None:
    """The attack that was tried: a late case is taken in, and both reports are read by the same person."""
    put(kent.deaths())
    panel = Panel()
    first = panel.issue("2010-11")
    put([late_case(random.Random("subtracted"))])
    second = panel.issue("2011-12")
    printed = printed_quantities(second.values())
    assert not printed_quantities(first.values()).keys() & printed.keys()
    assert printed[frozenset({("died", "2011-12")})] == 95, "it counts like any other of the year"
    assert panel.deduced() == []


def test_single_late_cases_are_neither_given_away_nor_refused(app: Flask) -> None:
    put(kent.deaths())
    panel = Panel()
    panel.issue("2010-11")
    for number in range(LATE):
        with db.atomic() as taken_back:
            put([late_case(random.Random(f"late {number}"))])
            done, _ = panel.protect("2011-12")
            taken_back.rollback()
        assert set(done) == set(REPORT_TABLES), "0 refused"
        assert panel.deduced((("2011-12", done),)) == [], "0 attributes given away"


def test_what_was_counted_once_stays_counted_there(app: Flask) -> None:
    put([{"died_on": date(2010, 6, 1), "reviewed_on": date(2011, 2, 1)}] * 12)
    panel = Panel()
    first = panel.issue("2010-11")
    with writing():
        ChildDeath.update(died_on=date(2011, 6, 1), reviewed_on=date(2012, 2, 1)).where(
            ChildDeath.id < 7
        ).execute()
    second, _ = panel.protect("2011-12")
    assert printed_quantities(second.values())[frozenset({("died", "2011-12")})] == 0
    assert printed_quantities(first.values())[frozenset({("died", "2010-11")})] == 12


def papers_of(report: Report) -> dict[TableName, CountTable]:
    """Return the tables of a report as they are printed."""
    return {name: paper for name, (_, paper) in report.items()}


def late_case(rng: random.Random) -> dict[str, object]:
    """Return a death of 2010-11 that becomes known and is reviewed in 2011-12."""
    (facts,) = some(rng, 1, date(2010, 4, 1), 365)
    return {**facts, "reviewed_on": date(2011, 5, 1) + timedelta(days=rng.randrange(300)), "status": "none"}


def late_cases(rng: random.Random, number: int, year: str) -> list[dict[str, object]]:
    """Return a batch of deaths of a year that become known after its report."""
    first = date(int(year[:4]), 4, 1)
    return [
        {**facts, "reviewed_on": date(int(year[:4]) + 1, 6, 1), "status": "none"}
        for facts in some(rng, number, first, 365)
    ]


def correct_some(rng: random.Random) -> None:
    """Correct what is recorded of some cases, whether they are in print or not."""
    with writing():
        for case in rng.sample(range(1, ChildDeath.select().count() + 1), 5):
            ChildDeath.update(
                sex=rng.choice(("female", "male")), expected=rng.choice(("expected", "unexpected"))
            ).where(ChildDeath.id == case).execute()


def in_print(table: CountTable, texts: dict) -> CountTable:
    """Return a table with each quantity printed so."""
    lines = [tuple(texts[key] for key in keys) for keys in conditions_of(table)]
    rows = tuple(replace(row, cells=line) for row, line in zip(table.rows, lines, strict=False))
    return replace(table, rows=rows, totals=lines[-1])
