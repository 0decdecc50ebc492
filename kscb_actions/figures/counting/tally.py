"""A year's counts, and the tables made of them.

A year is one of review (what the panel completed in it) or of death (who died in it, reviewed or not yet).
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property

from kscb_actions.child_deaths import terms
from kscb_actions.child_deaths.cases.rules import MODIFIABLE_SINCE
from kscb_actions.child_deaths.judging.profiles import DOMAIN_NAMES, ONLY_2018
from kscb_actions.child_deaths.years import days_of, year_of
from kscb_actions.figures.disclosure import axes
from kscb_actions.figures.disclosure.axes import Axis
from kscb_actions.figures.disclosure.tables import ANY_YEAR, Conditions, Counts, CountTable, build_table
from kscb_actions.terms import say_all

SAFE_SLEEPING = "safe_sleeping"
NOT_YET = "not_yet"
REFERRALS = say_all(
    {
        "referred": "Referred to the serious case review subgroup",
        "not_referred": "Considered, and not referred",
        "not_considered": "No reason to consider a referral",
    }
)
REFERRAL = Axis("referral", "Referral for a serious case review", REFERRALS, lambda record: "")
THEMES = {SAFE_SLEEPING: "Unsafe sleeping, by any of the five that follow"} | {
    code: terms.FACTOR_NAMES[code] for code in (*terms.SAFE_SLEEPING, *terms.FACTOR_NAMES)
}
THEME = axes.theme_axis(THEMES)
OUTCOMES = terms.PREVENTABLE_NAMES | terms.MODIFIABLE_NAMES
# What only its review tells of a death.
KNOWN_FROM_REVIEW = (axes.CATEGORY, axes.MONTHS, REFERRAL, THEME)
BY_OTHER_YEAR = ("category", "expected")
NAMES = {
    "category": "Category of death",
    "modifiable": "Modifiable factors by category",
    "age": "Age at death",
    "sex": "Sex",
    "ethnicity": "Ethnicity",
    "district": "District",
    "place": "Place of death",
    "expected": "Expected and unexpected deaths",
    "looked-after": "Looked after children",
    "protection-plan": "Child protection plans",
    "statutory-order": "Statutory orders",
    "asylum-seeking": "Children seeking asylum",
    "months": "Months from death to completion of the review",
    "domain": "Factors by domain, and the strongest influence found in each",
    "theme": "Themes: unsafe sleeping and other factors that recur",
    "referral": "Referrals for a serious case review",
    "completed": "Reviews completed",
}
FIRST_YEAR = 2008


class Basis(StrEnum):
    """State by which day deaths belong to a year."""

    REVIEWED = "reviewed"
    DIED = "died"


BASIS_NAMES = {Basis.REVIEWED: "Year of review", Basis.DIED: "Year of death"}
Cell = tuple[str | None, str | None, str]


@dataclass(frozen=True)
class Tally:
    """Hold the counts of a year.

    cells     {table: {(row, column or None, the other year): number}}; the other year is that of death in a
              year of review, and that of review, or NOT_YET, in a year of death
    districts {code: name} of those that have a row
    overlaps  deaths with an unsafe sleeping factor: {(first of its factors in print, other year): number}
    """

    basis: Basis
    year: str
    cells: Mapping[str, Counter[Cell]]
    districts: Mapping[str, str]
    overlaps: Mapping[tuple[str, str], int] = field(default_factory=dict)

    @property
    def of(self) -> Conditions:
        """Return the conditions that every death in it meets."""
        return frozenset({(self.basis.value, self.year)})

    @property
    def of_reviewed(self) -> Conditions:
        """Return the conditions that every death in it meets whose review is complete."""
        return self.of if self.basis is Basis.REVIEWED else self.of | {("reviewed", ANY_YEAR)}

    @cached_property
    def other_years(self) -> tuple[str, ...]:
        """Return the years of death of these reviews, or of review of these deaths; else the year itself."""
        found = {other for _, _, other in self.cells["sex"]} - {NOT_YET}
        return tuple(sorted(found or {self.year}))

    @property
    def reviewed(self) -> int:
        """Return the number of deaths in it whose review is complete."""
        return sum(number for (*_, other), number in self.cells["sex"].items() if other != NOT_YET)

    @property
    def total(self) -> int:
        """Return the number of all deaths in it."""
        return sum(self.cells["sex"].values())


def is_year(text: str) -> bool:
    """Return whether this is a reporting year, like "2011-12", since deaths are reviewed (April 2008)."""
    days = days_of(text)
    return days is not None and FIRST_YEAR <= days[0].year <= 2099


def table_of(tally: Tally, code: str) -> CountTable:
    """Return one of the tables that an annual report may have."""
    if code == "modifiable":
        return _two_way_table(tally, code, axes.CATEGORY, outcome_axis(tally))
    found = {axis.code: (axis, of) for axis, of in _axes(tally)}
    return _one_way_table(tally, *found[code])


def tables_of(tally: Tally) -> dict[str, CountTable]:
    """Return the tables of the year: {code: table}, in the order of print."""
    tables = {axis.code: _one_way_table(tally, axis, of) for axis, of in _axes(tally)}
    tables["modifiable"] = _two_way_table(tally, "modifiable", axes.CATEGORY, outcome_axis(tally))
    tables["domain"] = _two_way_table(tally, "domain", domain_axis(tally), axes.INFLUENCE)
    if tally.basis is Basis.DIED:
        tables["completed"] = build_table(
            {(other, None): number for other, number in _by_other_year(tally).items()},
            _other_axis(tally, is_all=True),
            of=tally.of,
        )
    return {code: tables[code] for code in NAMES if code in tables}


def outcome_axis(tally: Tally) -> Axis:
    """Return what the year's reviews could conclude: modifiable factors, or before April 2010 preventability.

    Of deaths whose reviews fell on both sides of that day, both; neither is translated into the other.
    """
    change = year_of(MODIFIABLE_SINCE)
    if tally.year >= change:
        return axes.MODIFIABLE
    if tally.basis is Basis.REVIEWED:
        return axes.PREVENTABLE
    return replace(axes.MODIFIABLE, labels=OUTCOMES)


def domain_axis(tally: Tally) -> Axis:
    """Return the axis of the domains of the forms by which the year's deaths were judged."""
    counted = {row for (row, *_), number in tally.cells["domain"].items() if number}
    labels = {code: name for code, name in DOMAIN_NAMES.items() if code in counted or code in terms.DOMAINS}
    if counted & ONLY_2018 and not counted & (set(terms.DOMAINS) - set(terms.DOMAINS_2018)):
        labels = terms.DOMAINS_2018
    return replace(axes.DOMAIN, labels=labels)


def _axes(tally: Tally) -> Iterable[tuple[Axis, Conditions]]:
    yield from ((axis, tally.of) for axis in axes.known_at_death(tally.districts))
    yield from ((axis, tally.of_reviewed) for axis in KNOWN_FROM_REVIEW)


def _one_way_table(tally: Tally, axis: Axis, of: Conditions) -> CountTable:
    cells = tally.cells[axis.code]
    if tally.basis is Basis.REVIEWED and axis.code in BY_OTHER_YEAR:
        counts: Counts = {(row, other): number for (row, _, other), number in cells.items()}
        return build_table(counts, axis, _other_axis(tally), of)
    heading = "Deaths" if of == tally.of and tally.basis is Basis.DIED else "Deaths reviewed"
    return build_table(_summed_over_years(cells), axis, of=of, heading=heading)


def _two_way_table(tally: Tally, code: str, rows: Axis, columns: Axis) -> CountTable:
    return build_table(_summed_over_years(tally.cells[code]), rows, columns, tally.of_reviewed, has_sum=True)


def _summed_over_years(
    cells: Mapping[Cell, int], year: str = "", is_same: bool = False
) -> dict[tuple[str | None, str | None], int]:
    """Return the counts of all other years; with `year`, of that one or of all but that one."""
    found: dict[tuple[str | None, str | None], int] = {}
    for (row, column, other), number in cells.items():
        if not year or (other == year) == is_same:
            found[row, column] = found.get((row, column), 0) + number
    return found


def _by_other_year(tally: Tally) -> Counter[str]:
    found: Counter[str] = Counter()
    for (*_, other), number in tally.cells["sex"].items():
        found[other] += number
    return found


def _other_axis(tally: Tally, is_all: bool = False) -> Axis:
    if tally.basis is Basis.REVIEWED:
        return axes.died_in(tally.other_years)
    axis = axes.reviewed_in(tally.other_years)
    return replace(axis, labels={**axis.labels, NOT_YET: "Not yet complete"}) if is_all else axis
