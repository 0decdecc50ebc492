"""A year's counts, and the tables made of them.

A year is one of review (what the panel completed in it) or of death (who died in it, reviewed or not yet).
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property

from kscb_actions.child_deaths import terms
from kscb_actions.child_deaths.cases.rules import MODIFIABLE_SINCE
from kscb_actions.child_deaths.years import days_of, year_of
from kscb_actions.figures.disclosure import axes
from kscb_actions.figures.disclosure.axes import Axis
from kscb_actions.figures.disclosure.publish import ANY_YEAR, Tie
from kscb_actions.figures.disclosure.tables import Conditions, Counts, CountTable, counted

SAFE_SLEEPING = "safe_sleeping"
NOT_YET = "not_yet"
REFERRALS = {
    "referred": "Referred to the serious case review subgroup",
    "not_referred": "Considered, and not referred",
    "not_considered": "No reason to consider a referral",
}
REFERRAL = Axis("referral", "Referral for a serious case review", REFERRALS, lambda record: "")
THEMES = {SAFE_SLEEPING: "Unsafe sleeping, by any of the five that follow"} | {
    code: terms.FACTOR_NAMES[code] for code in (*terms.SAFE_SLEEPING, *terms.FACTOR_NAMES)
}
THEME = axes.theme_axis(THEMES)
OUTCOMES = terms.PREVENTABLE_NAMES | terms.MODIFIABLE_NAMES
# What only its review tells of a death.
TOLD_BY_REVIEW = (axes.CATEGORY, axes.MONTHS, REFERRAL, THEME)
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
    """By which day deaths belong to a year."""

    REVIEWED = "reviewed"
    DIED = "died"


BASIS_NAMES = {Basis.REVIEWED: "Year of review", Basis.DIED: "Year of death"}
Cell = tuple[str | None, str | None, str]


@dataclass(frozen=True)
class Tally:
    """The counts of a year.

    cells     {table: {(row, column or None, the other year): number}}; the other year is that of death in a
              year of review, and that of review, or NOT_YET, in a year of death
    districts {code: name} of those that have a row
    overlaps  the deaths with an unsafe sleeping factor: {(first of its factors in print, the other year)}
    """

    basis: Basis
    year: str
    cells: Mapping[str, Counter[Cell]]
    districts: Mapping[str, str]
    overlaps: Mapping[tuple[str, str], int] = field(default_factory=dict)

    @property
    def of(self) -> Conditions:
        """What every death in it meets."""
        return frozenset({(self.basis.value, self.year)})

    @property
    def of_reviewed(self) -> Conditions:
        """What every death in it meets whose review is complete."""
        return self.of if self.basis is Basis.REVIEWED else self.of | {("reviewed", ANY_YEAR)}

    @cached_property
    def other_years(self) -> tuple[str, ...]:
        """The years of death of these reviews, or of review of these deaths; the year itself if none."""
        found = {other for _, _, other in self.cells["sex"]} - {NOT_YET}
        return tuple(sorted(found or {self.year}))

    @property
    def reviewed(self) -> int:
        """Those of them whose review is complete."""
        return sum(number for (*_, other), number in self.cells["sex"].items() if other != NOT_YET)

    @property
    def total(self) -> int:
        """All deaths in it."""
        return sum(self.cells["sex"].values())


def is_year(text: str) -> bool:
    """Is this a reporting year, like "2011-12", since deaths are reviewed?"""
    days = days_of(text)
    return days is not None and FIRST_YEAR <= days[0].year <= 2099


def tables_of(tally: Tally) -> dict[str, CountTable]:
    """The tables of the year: {code: table}, in the order of print."""
    tables = {axis.code: _one(tally, axis, of) for axis, of in _axes(tally)}
    tables["modifiable"] = _across(tally, "modifiable", axes.CATEGORY, outcome_axis(tally))
    tables["domain"] = _across(tally, "domain", axes.DOMAIN, axes.INFLUENCE)
    if tally.basis is Basis.DIED:
        tables["completed"] = counted(
            {(other, None): number for other, number in _by_other(tally).items()},
            _other_axis(tally, is_all=True),
            of=tally.of,
        )
    return {code: tables[code] for code in NAMES if code in tables}


def outcome_axis(tally: Tally) -> Axis:
    """What the year's reviews could say: of modifiable factors, or before April 2010 of preventability.

    Of deaths whose reviews fell on both sides of that day, both; neither is translated into the other.
    """
    change = year_of(MODIFIABLE_SINCE)
    if tally.year >= change:
        return axes.MODIFIABLE
    if tally.basis is Basis.REVIEWED:
        return axes.PREVENTABLE
    return replace(axes.MODIFIABLE, labels=OUTCOMES)


def behind(tally: Tally) -> Iterator[CountTable]:
    """Tables that are printed nowhere: of the deaths that belong to the year by both bases, and of the rest.

    The tables by year of review and those by year of death have the former in common.
    """
    for layout in _layouts(tally):
        for is_same in (True, False):
            cells = _folded(tally.cells[layout.code], tally.year, is_same)
            yield counted(cells, layout.rows, layout.columns, _half(tally, layout, is_same))


def ties(tally: Tally) -> Iterator[Tie]:
    """Each count of the year is the sum of those two."""
    for layout in _layouts(tally):
        of = tally.of_reviewed if layout.is_told else tally.of
        halves = [
            (_half(tally, layout, is_same), _folded(tally.cells[layout.code], tally.year, is_same))
            for is_same in (True, False)
        ]
        for row in layout.rows.labels:
            for column in layout.columns.labels if layout.columns else (None,):
                here = {(layout.rows.code, row)}
                here |= {(layout.columns.code, column)} if layout.columns and column else set()
                parts = tuple((half | here, cells.get((row, column), 0)) for half, cells in halves)
                yield Tie((of | here, sum(number for _, number in parts)), parts)


def sums(tally: Tally) -> Iterator[Tie]:
    """What is known of the year's own tables: reviews by year make up all; factors share deaths."""
    by_other = _by_other(tally)
    years = tuple((_with_other(tally, other), by_other[other]) for other in tally.other_years)
    yield Tie((tally.of_reviewed, sum(number for _, number in years)), years)
    yield from _sleeping_ties(tally)


@dataclass(frozen=True)
class _Layout:
    code: str
    rows: Axis
    columns: Axis | None = None
    is_told: bool = True


def _layouts(tally: Tally) -> Iterator[_Layout]:
    yield from (_Layout(axis.code, axis, is_told=False) for axis in axes.known_at_death(tally.districts))
    yield from (_Layout(axis.code, axis) for axis in TOLD_BY_REVIEW)
    yield _Layout("modifiable", axes.CATEGORY, outcome_axis(tally))
    yield _Layout("domain", axes.DOMAIN, axes.INFLUENCE)


def _half(tally: Tally, layout: _Layout, is_same: bool) -> Conditions:
    """The deaths that belong to the year by both bases, or the rest of them."""
    rest = "reviewed in another year" if layout.is_told else "in another year or not yet"
    return _with_other(tally, tally.year if is_same else rest)


def _with_other(tally: Tally, other: str) -> Conditions:
    axis = Basis.DIED if tally.basis is Basis.REVIEWED else Basis.REVIEWED
    return tally.of | {(axis.value, other)}


def _sleeping_ties(tally: Tally) -> Iterator[Tie]:
    """A death may have several of the factors: their counts bound that of any, and it bounds theirs."""
    counts, firsts = _folded(tally.cells["theme"]), Counter[str]()
    for (code, _), number in tally.overlaps.items():
        firsts[code] += number
    of = tally.of_reviewed
    anyone = (of | {("theme", SAFE_SLEEPING)}, counts.get((SAFE_SLEEPING, None), 0))
    yield Tie(anyone, tuple((of | {("first factor", code)}, firsts[code]) for code in terms.SAFE_SLEEPING))
    for code in terms.SAFE_SLEEPING:
        first, one = firsts[code], counts.get((code, None), 0)
        theme = (of | {("theme", code)}, one)
        later = (of | {("later factor", code)}, one - first)
        yield Tie(theme, ((of | {("first factor", code)}, first), later))
        yield Tie(anyone, (theme, (of | {("without factor", code)}, anyone[1] - one)))


def _axes(tally: Tally) -> Iterable[tuple[Axis, Conditions]]:
    yield from ((axis, tally.of) for axis in axes.known_at_death(tally.districts))
    yield from ((axis, tally.of_reviewed) for axis in TOLD_BY_REVIEW)


def _one(tally: Tally, axis: Axis, of: Conditions) -> CountTable:
    cells = tally.cells[axis.code]
    if tally.basis is Basis.REVIEWED and axis.code in BY_OTHER_YEAR:
        counts: Counts = {(row, other): number for (row, _, other), number in cells.items()}
        return counted(counts, axis, _other_axis(tally), of)
    heading = "Deaths" if of == tally.of and tally.basis is Basis.DIED else "Deaths reviewed"
    return counted(_folded(cells), axis, of=of, heading=heading)


def _across(tally: Tally, code: str, rows: Axis, columns: Axis) -> CountTable:
    return counted(_folded(tally.cells[code]), rows, columns, tally.of_reviewed, has_sum=True)


def _folded(
    cells: Mapping[Cell, int], year: str = "", is_same: bool = False
) -> dict[tuple[str | None, str | None], int]:
    """The counts of all other years together; with a year given, of that one or of all but that one."""
    found: dict[tuple[str | None, str | None], int] = {}
    for (row, column, other), number in cells.items():
        if not year or (other == year) == is_same:
            found[row, column] = found.get((row, column), 0) + number
    return found


def _by_other(tally: Tally) -> Counter[str]:
    found: Counter[str] = Counter()
    for (*_, other), number in tally.cells["sex"].items():
        found[other] += number
    return found


def _other_axis(tally: Tally, is_all: bool = False) -> Axis:
    if tally.basis is Basis.REVIEWED:
        return axes.died_in(tally.other_years)
    axis = axes.reviewed_in(tally.other_years)
    return replace(axis, labels={**axis.labels, NOT_YET: "Not yet complete"}) if is_all else axis
