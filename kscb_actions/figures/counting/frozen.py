"""Counting for a report: each death once by the year of death, and once by the year of review.

A case that came too late for the report of its own year counts in the next report like any other of that
year, and nothing says how many did. What was counted once stays counted there, whatever is corrected.
"""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from kscb_actions.access.policy import Permission, Viewer, require
from kscb_actions.child_deaths.cases.models import ChildDeath
from kscb_actions.child_deaths.cases.queries import counted_districts
from kscb_actions.child_deaths.cases.rules import completion_band
from kscb_actions.child_deaths.visibility import IN_FORCE
from kscb_actions.child_deaths.years import days_of, year_of
from kscb_actions.figures.disclosure.axes import AXES, known_at_death
from kscb_actions.reviews.queries import NOTHING

from .tally import NOT_YET, Basis, Cell, Tally

Cases = Mapping[Basis, frozenset[int]]
_KNOWN = {
    "age": "age_band",
    "sex": "sex",
    "ethnicity": "ethnicity",
    "district": "district",
    "place": "place",
    "expected": "expected",
}


@dataclass(frozen=True)
class Counted:
    """Hold which cases each issued report counts by each basis: {year: {basis: ids}}."""

    by_year: Mapping[str, Cases]

    def year_for(self, case: int, basis: Basis, day: date | None) -> str:
        """Return the year in whose report this case counts by this basis; NOT_YET without a day."""
        for year, cases in self.by_year.items():
            if case in cases[basis]:
                return year
        return NOT_YET if day is None else _next_open(year_of(day), self.by_year)


def frozen_tallies(viewer: Viewer, year: str, counted: Counted) -> tuple[dict[Basis, Tally], Cases]:
    """Return the counts of the year's report by both bases, and the cases that it counts. Raise Refused."""
    require(viewer, Permission.READ_FIGURES)
    districts = counted_districts()
    known = {axis.code: axis for axis in known_at_death(districts)}
    cells: dict[Basis, dict[str, Counter[Cell]]] = {basis: _empty() for basis in Basis}
    cases: dict[Basis, set[int]] = {basis: set() for basis in Basis}
    fields = ("id", "died_on", "reviewed_on", "primary_category", "status", *_KNOWN.values())
    days = days_of(year)
    query = ChildDeath.select(*(getattr(ChildDeath, name) for name in fields))
    until = ChildDeath.died_on <= days[1] if days else NOTHING
    for row in query.where(until, IN_FORCE).dicts().iterator():
        died = counted.year_for(row["id"], Basis.DIED, row["died_on"])
        reviewed = counted.year_for(row["id"], Basis.REVIEWED, row["reviewed_on"])
        for basis, own, other in ((Basis.DIED, died, reviewed), (Basis.REVIEWED, reviewed, died)):
            if own == year:
                cases[basis].add(row["id"])
                for code, field in _KNOWN.items():
                    cells[basis][code][known[code].code_of({field: row[field]}), None, other] += 1
                if basis is Basis.REVIEWED:
                    category = str(row["primary_category"])
                    cells[basis]["category"][category, None, other] += 1
                    cells[basis]["modifiable"][category, row["status"], other] += 1
                    band = completion_band(row["died_on"], row["reviewed_on"])
                    cells[basis]["months"][band, None, other] += 1
    tallies = {basis: Tally(basis, year, cells[basis], districts) for basis in Basis}
    return tallies, {basis: frozenset(found) for basis, found in cases.items()}


def cases_of_earlier(year: str, issued_on: date) -> Cases:
    """Return the cases that a report counts which kept none of them: those known when it was issued.

    What was closed as recorded in error since is among them: it was issued, and stays.
    """
    days = days_of(year)
    if days is None:
        return dict.fromkeys(Basis, frozenset())
    died = ChildDeath.select(ChildDeath.id).where(
        ChildDeath.died_on.between(*days), ChildDeath.notified_on <= issued_on
    )
    reviewed = ChildDeath.select(ChildDeath.id).where(
        ChildDeath.reviewed_on.between(*days), ChildDeath.reviewed_on <= issued_on
    )
    return {
        Basis.DIED: frozenset(case for (case,) in died.tuples()),
        Basis.REVIEWED: frozenset(case for (case,) in reviewed.tuples()),
    }


def _next_open(year: str, issued: Collection[str]) -> str:
    while year in issued:
        first = int(year[:4]) + 1
        year = year_of(date(first, 4, 1))
    return year


def _empty() -> dict[str, Counter[Cell]]:
    return {code: Counter() for code in (*AXES, "district")}
