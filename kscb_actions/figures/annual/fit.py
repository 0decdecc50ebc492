"""A year's tables made fit to publish, all together, so that whichever is shown it is always the same.

The category table goes first: what the others must hide, they hide for its sake. Then come the numbers that
the annual report states in its text and the other tables of that report, and last the tables that it leaves
out, by year of death and told by reviews.
"""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace

from kscb_actions.figures.counting.tally import Basis, Tally, behind, sums, tables_of, ties
from kscb_actions.figures.disclosure.axes import KNOWN_AT_DEATH
from kscb_actions.figures.disclosure.protect import CannotPublish, Key, Printed
from kscb_actions.figures.disclosure.publish import Published, Tie, headline, printed_quantities, publish_all
from kscb_actions.figures.disclosure.sums import SMALLEST_SHOWN
from kscb_actions.figures.disclosure.tables import CountTable

from .across_years import ties_across

Name = tuple[Basis, str]
CATEGORY: Name = (Basis.REVIEWED, "category")
MODIFIABLE = ("modifiable", "identified")


@dataclass(frozen=True)
class Fit:
    """What is printed of a year.

    counts, papers  the tables with their numbers, and as they are printed, by (basis, code)
    stated          the numbers in the text: as tables, and as they are printed
    loose           the quantities for which no way was found to keep even to what the tables by review and by
                    death have in common, row by row; empty when all keep to it
    """

    counts: Mapping[Name, CountTable]
    papers: Mapping[Name, CountTable]
    stated: Sequence[tuple[CountTable, CountTable]] = ()
    loose: tuple[Key, ...] = ()

    @property
    def is_full(self) -> bool:
        """Do they keep even to what the tables by review and by death have in common?"""
        return not self.loose

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
    return basis is Basis.REVIEWED or code == "completed" or code in KNOWN_AT_DEATH


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
    Those of `more` that would give something away are not made.
    As many numbers of the text are stated as can be; the others it has to take from the tables, as they are
    printed there. Raises CannotPublish.
    """
    counts = {
        (basis, code): table
        for basis in (Basis.REVIEWED, Basis.DIED)
        for code, table in tables_of(tallies[basis]).items()
    }
    report = {name: table for name, table in counts.items() if in_report(name) and name not in left_out}
    years = {tallies[Basis.DIED].year, *tallies[Basis.REVIEWED].other_years}
    own = _bonds(tallies.values())
    across = list(ties_across(report.values(), issued.known, years))
    bonds = [each.across(across) for each in own]
    tiers = headlines(tallies, (Basis.REVIEWED, "expected") in report)
    ways = [*((bonds[0], keys) for keys in tiers[:2]), *((bonds[-1], keys) for keys in tiers)]
    papers, stated, loose = _report(counts, report, ways, issued, bonds[0])
    if more:
        known = [*issued.known, *stated, *((counts[name], paper) for name, paper in papers.items())]
        rest = {name: table for name, table in counts.items() if name not in report}
        full = own[0].across(ties_across(counts.values(), issued.known, years))
        papers |= _as_many_as_can_be(rest, known, full, not loose)
    return Fit(counts, {name: papers[name] for name in counts if name in papers}, stated, loose)


def headlines(tallies: Mapping[Basis, Tally], are_years_told: bool = True) -> list[list[Key]]:
    """The quantities that the text of the annual report states: all, or fewer of them, or none.

    It tells of the years of death only where it has the table by them.
    """
    reviewed, died = tallies[Basis.REVIEWED], tallies[Basis.DIED]
    unexpected = {("expected", "unexpected")}
    by_year = [reviewed.of | {(Basis.DIED.value, year)} for year in reviewed.other_years]
    whole: list[Key] = [reviewed.of, died.of]
    parts: list[Key] = [reviewed.of | {MODIFIABLE}, died.of | unexpected]
    each: list[Key] = [*by_year, *(of | unexpected for of in by_year)]
    return [[*whole, *parts, *(each if are_years_told else [])], [*whole, *parts], whole, []]


@dataclass(frozen=True)
class _Bonds:
    """What ties tables to each other, beside the quantities they share."""

    ties: list[Tie]
    behind: list[CountTable] = field(default_factory=list)

    def across(self, more: Iterable[Tie]) -> "_Bonds":
        """These and those to the reports of other years."""
        return replace(self, ties=[*self.ties, *more])


def _bonds(tallies: Iterable[Tally]) -> list[_Bonds]:
    """The bonds to be kept to, the fullest first.

    The fullest know that the tables by year of review and by year of death have deaths in common, and so how
    many there may be in each row. Where these are too few to leave a choice, only sums of what is printed.
    """
    every = list(tallies)
    light = _Bonds([tie for each in every for tie in sums(each)])
    halves = [tie for each in every for tie in ties(each)]
    return [_Bonds([*light.ties, *halves], [one for each in every for one in behind(each)]), light]


def _report(
    counts: Mapping[Name, CountTable],
    report: Mapping[Name, CountTable],
    ways: Iterable[tuple[_Bonds, Sequence[Key]]],
    issued: Issued,
    fullest: _Bonds,
) -> tuple[dict[Name, CountTable], list[Published], tuple[Key, ...]]:
    """The tables of the report as printed, and the numbers stated, by the first way there is.

    With them the quantities that the fullest bonds would give away, where these could not be kept to.
    """
    refusal: CannotPublish | None = None
    loose: tuple[Key, ...] = ()
    for bonds, keys in ways:
        stated = _stated(counts, keys)
        papers: dict[Name, CountTable] = {}
        try:
            for names in ([CATEGORY], [name for name in report if name != CATEGORY]):
                shown = {name: report[name] for name in names if name in report}
                known = [*issued.known, *stated, *((counts[name], paper) for name, paper in papers.items())]
                papers |= _together(shown, known, bonds)
            return papers, stated, () if bonds is fullest else loose
        except CannotPublish as found:
            refusal, loose = found, found.keys if bonds is fullest else loose
    raise refusal or CannotPublish([])


def _together(
    shown: Mapping[Name, CountTable], known: Sequence[Published], bonds: _Bonds
) -> dict[Name, CountTable]:
    made = publish_all(list(shown.values()), known, behind=bonds.behind, ties=bonds.ties)
    return dict(zip(shown, made, strict=True))


def _as_many_as_can_be(
    shown: Mapping[Name, CountTable], known: Sequence[Published], bonds: _Bonds, is_hopeful: bool
) -> dict[Name, CountTable]:
    """All of these tables; where that gives something away, and there is hope, those that do not."""
    try:
        return _together(shown, known, bonds)
    except CannotPublish:
        papers: dict[Name, CountTable] = {}
        for name, table in shown.items() if is_hopeful else ():
            before = [*known, *((shown[each], paper) for each, paper in papers.items())]
            with suppress(CannotPublish):
                papers |= _together({name: table}, before, bonds)
        return papers


def _stated(counts: Mapping[Name, CountTable], keys: Iterable[Key]) -> list[Published]:
    """The numbers of the text, printed by the rule."""
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
