"""Disclosure control for a year: all its tables together, each printed in one way wherever it is shown.

The category table goes first: what the others must suppress, they suppress for its sake. Then come the
figures that the annual report states in its text and the other tables of that report, and last the tables
that it leaves out, by year of death and known from reviews.
"""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace

from kscb_actions.figures.counting.tally import (
    Basis,
    Tally,
    overlap_links,
    sum_links,
    tables_of,
    unpublished_tables,
)
from kscb_actions.figures.disclosure.axes import KNOWN_AT_DEATH
from kscb_actions.figures.disclosure.constraints import SMALLEST_SHOWN
from kscb_actions.figures.disclosure.publish import (
    LinkedSum,
    Published,
    headline,
    printed_quantities,
    publish_all,
)
from kscb_actions.figures.disclosure.suppression import CannotPublish, Key, Printed
from kscb_actions.figures.disclosure.tables import CountTable

from .across_years import links_across_years

TableName = tuple[Basis, str]
CATEGORY: TableName = (Basis.REVIEWED, "category")
MODIFIABLE = ("modifiable", "identified")


@dataclass(frozen=True)
class ProtectedYear:
    """Hold what is printed of a year.

    counts, published  the tables with their true counts, and as they are printed, by (basis, code)
    stated             the figures of the text: as tables, and as they are printed
    unprotected        the quantities for which no way was found to keep even to what the tables by review
                       and by death have in common, row by row; empty when all keep to it
    """

    counts: Mapping[TableName, CountTable]
    published: Mapping[TableName, CountTable]
    stated: Sequence[tuple[CountTable, CountTable]] = ()
    unprotected: tuple[Key, ...] = ()

    @property
    def is_overlap_protected(self) -> bool:
        """Return whether the tables keep even to what those by review and by death have in common."""
        return not self.unprotected

    def pairs(self) -> list[tuple[CountTable, CountTable]]:
        """Return all that is printed, each table with its true counts first."""
        return [*((self.counts[name], paper) for name, paper in self.published.items()), *self.stated]

    def printed(self) -> dict[Key, Printed]:
        """Return how every quantity is printed, that of a cell, a total or the text: {quantity: text}."""
        found: dict[Key, Printed] = {}
        for counts, paper in self.pairs():
            found |= printed_quantities(counts, paper)
        return found


@dataclass(frozen=True)
class IssuedTables:
    """Hold what has been issued before: each table with its true counts, and as it was printed."""

    known: tuple[tuple[CountTable, CountTable], ...] = ()


def in_report(name: TableName) -> bool:
    """Return whether the annual report has this table; of those by year of death, if known of every death."""
    basis, code = name
    return basis is Basis.REVIEWED or code == "completed" or code in KNOWN_AT_DEATH


def protect_year(
    tallies: Mapping[Basis, Tally],
    issued: IssuedTables,
    left_out: frozenset[TableName] = frozenset(),
    with_extra: bool = False,
) -> ProtectedYear:
    """Return the year's tables as they may be published.

    tallies     the year by both bases
    issued      what has been issued before
    left_out    tables that this year's report does without
    with_extra  make the tables that the report leaves out, too, but for those that would disclose something

    As many figures of the text are stated as can be; the others it has to take from the tables, as they are
    printed there. Raise CannotPublish where no suppression protects the report.
    """
    counts = {
        (basis, code): table
        for basis in (Basis.REVIEWED, Basis.DIED)
        for code, table in tables_of(tallies[basis]).items()
    }
    report = {name: table for name, table in counts.items() if in_report(name) and name not in left_out}
    years = {tallies[Basis.DIED].year, *tallies[Basis.REVIEWED].other_years}
    own = _constraint_sets(tallies.values())
    across = list(links_across_years(report.values(), issued.known, years))
    constraints = [each.with_links(across) for each in own]
    tiers = headline_quantities(tallies, (Basis.REVIEWED, "expected") in report)
    # The figures of single years of death are given up before the strictest constraints; the totals are not.
    # Where even these leave no way, the strictest go, and the overlap warning says what is not protected.
    ways = [*((constraints[0], keys) for keys in tiers[:2]), *((constraints[-1], keys) for keys in tiers)]
    published, stated, unprotected = _report(counts, report, ways, issued, constraints[0])
    if with_extra:
        known = [*issued.known, *stated, *((counts[name], paper) for name, paper in published.items())]
        rest = {name: table for name, table in counts.items() if name not in report}
        full = own[0].with_links(links_across_years(counts.values(), issued.known, years))
        published |= _publish_extra(rest, known, full, not unprotected)
    return ProtectedYear(
        counts, {name: published[name] for name in counts if name in published}, stated, unprotected
    )


def headline_quantities(tallies: Mapping[Basis, Tally], with_death_years: bool = True) -> list[list[Key]]:
    """Return the quantities that the text of the annual report states: all, then fewer, then none.

    It names the years of death only where it has the table by them (`with_death_years`).
    """
    reviewed, died = tallies[Basis.REVIEWED], tallies[Basis.DIED]
    unexpected = {("expected", "unexpected")}
    by_year = [reviewed.of | {(Basis.DIED.value, year)} for year in reviewed.other_years]
    whole: list[Key] = [reviewed.of, died.of]
    parts: list[Key] = [reviewed.of | {MODIFIABLE}, died.of | unexpected]
    each: list[Key] = [*by_year, *(of | unexpected for of in by_year)]
    return [[*whole, *parts, *(each if with_death_years else [])], [*whole, *parts], whole, []]


@dataclass(frozen=True)
class _Constraints:
    """Hold what links tables to each other, beside the quantities they share."""

    links: list[LinkedSum]
    unpublished: list[CountTable] = field(default_factory=list)

    def with_links(self, more: Iterable[LinkedSum]) -> "_Constraints":
        """Return these constraints and those to the reports of other years."""
        return replace(self, links=[*self.links, *more])


def _constraint_sets(tallies: Iterable[Tally]) -> list[_Constraints]:
    """Return the sets of constraints to keep to, the strictest first.

    The strictest knows that the tables by year of review and by year of death have deaths in common, and so
    how many there may be in each row. Where these are too few to leave a choice, the other knows the sums of
    what is printed alone.
    """
    every = list(tallies)
    totals_only = _Constraints([link for each in every for link in sum_links(each)])
    overlap = [link for each in every for link in overlap_links(each)]
    unpublished = [table for each in every for table in unpublished_tables(each)]
    return [_Constraints([*totals_only.links, *overlap], unpublished), totals_only]


def _report(
    counts: Mapping[TableName, CountTable],
    report: Mapping[TableName, CountTable],
    ways: Iterable[tuple[_Constraints, Sequence[Key]]],
    issued: IssuedTables,
    strictest: _Constraints,
) -> tuple[dict[TableName, CountTable], list[Published], tuple[Key, ...]]:
    """Return the tables of the report as printed, and the figures stated, by the first way that protects.

    With them come the quantities that the strictest constraints would disclose, where these could not be
    kept to. Raise CannotPublish when there is no way.
    """
    refusal: CannotPublish | None = None
    unprotected: tuple[Key, ...] = ()
    for constraints, keys in ways:
        stated = _stated(counts, keys)
        published: dict[TableName, CountTable] = {}
        try:
            for names in ([CATEGORY], [name for name in report if name != CATEGORY]):
                shown = {name: report[name] for name in names if name in report}
                known = [
                    *issued.known,
                    *stated,
                    *((counts[name], paper) for name, paper in published.items()),
                ]
                published |= _publish_together(shown, known, constraints)
            return published, stated, () if constraints is strictest else unprotected
        except CannotPublish as found:
            refusal, unprotected = found, found.keys if constraints is strictest else unprotected
    raise refusal or CannotPublish([])


def _publish_together(
    shown: Mapping[TableName, CountTable], known: Sequence[Published], constraints: _Constraints
) -> dict[TableName, CountTable]:
    made = publish_all(
        list(shown.values()), known, unpublished=constraints.unpublished, links=constraints.links
    )
    return dict(zip(shown, made, strict=True))


def _publish_extra(
    shown: Mapping[TableName, CountTable],
    known: Sequence[Published],
    constraints: _Constraints,
    one_by_one: bool,
) -> dict[TableName, CountTable]:
    """Return these tables protected; where together they disclose something, those that one by one do not."""
    try:
        return _publish_together(shown, known, constraints)
    except CannotPublish:
        published: dict[TableName, CountTable] = {}
        for name, table in shown.items() if one_by_one else ():
            before = [*known, *((shown[each], paper) for each, paper in published.items())]
            with suppress(CannotPublish):
                published |= _publish_together({name: table}, before, constraints)
        return published


def _stated(counts: Mapping[TableName, CountTable], keys: Iterable[Key]) -> list[Published]:
    """Return the figures of the text, each with how it is printed by primary suppression."""
    numbers: dict[Key, Printed] = {}
    for table in counts.values():
        numbers |= printed_quantities(table, table)
    found = []
    for key in keys:
        number = numbers.get(key)
        if isinstance(number, int) and isinstance(key, frozenset):
            table = headline(key, number)
            text: Printed = "<5" if 0 < number < SMALLEST_SHOWN else number
            found.append((table, CountTable(table.columns, (), (text,), key, table.rows_by)))
    return found
