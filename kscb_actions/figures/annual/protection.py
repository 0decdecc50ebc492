"""Disclosure control for a year: the tables of its report, together with all that has been issued before."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from time import monotonic

from kscb_actions.figures.counting.report_tables import TableName, report_tables
from kscb_actions.figures.counting.tally import Basis, Tally
from kscb_actions.figures.disclosure.axes import Axis, Membership
from kscb_actions.figures.disclosure.marks import SMALLEST_SHOWN, Printed
from kscb_actions.figures.disclosure.refused import CannotPublish
from kscb_actions.figures.disclosure.tables import Conditions, CountTable, printed_quantities

Published = tuple[CountTable, CountTable]
CATEGORY: TableName = (Basis.REVIEWED, "category")
MODIFIABLE = ("modifiable", "identified")
# What the category table must hide counts so many times: it is the one that is compared with other boards'.
FIRST_WEIGHT = 10
# Long before the process in which it works would be ended.
LIMIT_SECONDS, TELLS_SECONDS = 90, 0.2
# Told: how many tables, rounds, small counts proven in this one, of how many, seconds spent.
Tell = Callable[[int, int, int, int, int], object]
_HEADLINE = Axis("headline", "", {}, lambda record: (), membership=Membership.SOME)


def unheard(*_: int) -> None:
    """Take what nobody asked to be told."""


@dataclass(frozen=True)
class ProtectedYear:
    """Hold what is printed of a year.

    counts, published  the tables with their true counts, and as they are printed, by (basis, code)
    rounds             how often the choice had to be made anew
    """

    counts: Mapping[TableName, CountTable]
    published: Mapping[TableName, CountTable]
    rounds: int = 0

    def pairs(self) -> list[Published]:
        """Return all that is printed, each table with its true counts first."""
        return [(self.counts[name], paper) for name, paper in self.published.items()]

    def printed(self) -> dict[Conditions, Printed]:
        """Return how every quantity is printed, that of a cell or a total: {quantity: text}."""
        found: dict[Conditions, Printed] = {}
        for counts, paper in self.pairs():
            found |= printed_quantities(counts, paper)
        return found


@dataclass(frozen=True)
class IssuedTables:
    """Hold what has been issued before: each table with its true counts, and as it was printed."""

    known: tuple[Published, ...] = ()


def headline(basis: Basis, year: str, number: int) -> Published:
    """Return the total of a year as a table, as it is known: what an earlier report printed of it."""
    table = CountTable(("Deaths",), (), (number,), frozenset({(basis.value, year)}), rows_by=_HEADLINE)
    return table, replace(table, totals=("<5",)) if 0 < number < SMALLEST_SHOWN else table


def protect_year(
    tallies: Mapping[Basis, Tally],
    issued: IssuedTables = IssuedTables(),
    left_out: frozenset[TableName] = frozenset(),
    tell: Tell = unheard,
) -> ProtectedYear:
    """Return the year's tables as they may be published.

    Raise CannotPublish where tables have to be left out, OutOfTime where no answer was proven in time.
    """
    counts = {name: table for name, table in report_tables(tallies).items() if name not in left_out}
    published, rounds = publish_together(list(counts.items()), issued.known, tell)
    return ProtectedYear(counts, published, rounds)


def publish_together(
    named: Sequence[tuple[TableName, CountTable]], known: Sequence[Published], tell: Tell = unheard
) -> tuple[dict[TableName, CountTable], int]:
    """Return the tables as printed, by name, and how many rounds it took. Raise CannotPublish, OutOfTime."""
    from kscb_actions.figures.disclosure.publish import publish  # needs the solver, which is heavy

    begun, told = monotonic(), -TELLS_SECONDS

    def goes_on(rounds: int, proven: int, small: int) -> float:
        nonlocal told
        seconds = monotonic() - begun
        if seconds - told >= TELLS_SECONDS:
            told = seconds
            tell(len(named), rounds, proven, small, int(seconds))
        return LIMIT_SECONDS - seconds

    weights = [FIRST_WEIGHT if name == CATEGORY else 1 for name, _ in named]
    answer, papers = publish([table for _, table in named], known, weights, goes_on)
    if answer.left_out:
        raise CannotPublish([named[place][0] for place in sorted(answer.left_out)])
    return dict(zip((name for name, _ in named), papers, strict=True)), answer.rounds
