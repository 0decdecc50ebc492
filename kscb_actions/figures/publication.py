"""A year's tables made fit to publish, all together, so that whichever is shown it is always the same.

The category table goes first: what the others must hide, they hide for its sake. Then come the numbers that
the annual report states in its text and the other tables of that report, and last the tables that it leaves
out, by year of death and told by reviews.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from .disclosure import SMALLEST_SHOWN, CannotPublish, Key, Printed
from .publishing import Tie, headline, printed_quantities, publish_all
from .tables import CountTable
from .tally import KNOWN_AT_DEATH, Basis, Tally, behind, tables_of, ties

Name = tuple[Basis, str]
CATEGORY: Name = (Basis.REVIEWED, "category")
MODIFIABLE = ("modifiable", "identified")


@dataclass(frozen=True)
class Fit:
    """What is printed of a year.

    counts, papers  the tables with their numbers, and as they are printed, by (basis, code)
    stated          the numbers in the text: as tables, and as they are printed
    """

    counts: Mapping[Name, CountTable]
    papers: Mapping[Name, CountTable]
    stated: Sequence[tuple[CountTable, CountTable]] = ()

    def pairs(self) -> list[tuple[CountTable, CountTable]]:
        """All that is printed, each table with its numbers first."""
        return [*((self.counts[name], paper) for name, paper in self.papers.items()), *self.stated]

    def printed(self) -> dict[Key, Printed]:
        """How every quantity is printed: that of a cell, a total or the text."""
        found: dict[Key, Printed] = {}
        for counts, paper in self.pairs():
            found |= printed_quantities(counts, paper)
        return found


@dataclass(frozen=True)
class Issued:
    """What has been issued before: each table with its numbers, and as it was printed."""

    known: tuple[tuple[CountTable, CountTable], ...] = ()


def in_report(name: Name) -> bool:
    """Is this a table of the annual report? Of those by year of death, only what is known of every death."""
    basis, code = name
    return basis is Basis.REVIEWED or code == "completed" or code in {axis.code for axis in KNOWN_AT_DEATH}


def fit(
    tallies: Mapping[Basis, Tally],
    issued: Issued,
    left_out: frozenset[Name] = frozenset(),
    more: bool = False,
) -> Fit:
    """The year's tables as they may be published.

    tallies    the year by both bases
    left_out   tables that this year's report does without
    more       make the tables that the report leaves out, too
    When to state the numbers of the text would give away a small number, nothing is stated: the text has to
    take them from the tables, as they are printed there. Raises CannotPublish.
    """
    counts = {
        (basis, code): table
        for basis in (Basis.REVIEWED, Basis.DIED)
        for code, table in tables_of(tallies[basis]).items()
    }
    report = frozenset(name for name in counts if in_report(name)) - left_out
    every = list(tallies.values())
    bonds = _Bonds(
        [one for each in every for one in behind(each)], [tie for each in every for tie in ties(each)]
    )
    stated = _stated([counts[name] for name in counts if name in report], headlines(tallies))
    try:
        papers, said = _in_turn(counts, issued, bonds, stated, report, more), stated
    except CannotPublish:
        if not stated:
            raise
        papers, said = _in_turn(counts, issued, bonds, [], report, more), []
    return Fit(counts, papers, said)


def headlines(tallies: Mapping[Basis, Tally]) -> list[Key]:
    """The quantities that the text of the annual report states."""
    reviewed, died = tallies[Basis.REVIEWED], tallies[Basis.DIED]
    unexpected = {("expected", "unexpected")}
    by_year = [reviewed.of | {(Basis.DIED.value, year)} for year in reviewed.other_years]
    return [
        reviewed.of,
        reviewed.of | {MODIFIABLE},
        *by_year,
        *(of | unexpected for of in by_year),
        died.of,
        died.of | unexpected,
    ]


@dataclass(frozen=True)
class _Bonds:
    behind: list[CountTable]
    ties: list[Tie]


def _in_turn(
    counts: Mapping[Name, CountTable],
    issued: Issued,
    bonds: _Bonds,
    stated: Sequence[tuple[CountTable, CountTable]],
    report: frozenset[Name],
    more: bool,
) -> dict[Name, CountTable]:
    turns = [
        [name for name in counts if name == CATEGORY and name in report],
        [name for name in counts if name != CATEGORY and name in report],
        [name for name in counts if more and name not in report],
    ]
    papers: dict[Name, CountTable] = {}
    for names in filter(None, turns):
        known = [*issued.known, *stated, *((counts[name], paper) for name, paper in papers.items())]
        made = publish_all([counts[name] for name in names], known, behind=bonds.behind, ties=bonds.ties)
        papers |= dict(zip(names, made, strict=True))
    return {name: papers[name] for name in counts if name in papers}


def _stated(counts: Iterable[CountTable], keys: Iterable[Key]) -> list[tuple[CountTable, CountTable]]:
    """The numbers of the text, printed by the rule; those of tables that are left out are not said."""
    numbers: dict[Key, Printed] = {}
    for table in counts:
        numbers |= printed_quantities(table, table)
    found = []
    for key in keys:
        number = numbers.get(key)
        if isinstance(number, int) and isinstance(key, frozenset):
            table = headline(key, number)
            text: Printed = "<5" if 0 < number < SMALLEST_SHOWN else number
            found.append((table, CountTable(table.columns, (), (text,), key, table.rows_by)))
    return found
