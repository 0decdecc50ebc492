"""Disclosure control for a year: the tables of its report, together with all that has been issued before."""

from collections.abc import Callable, Mapping, Sequence
from time import monotonic

from kscb_actions.figures.counting.report_tables import TableName, report_tables
from kscb_actions.figures.counting.tally import Basis, Tally
from kscb_actions.figures.disclosure.tables import Published

# What the category table must hide counts so many times: it is the one that is compared with other boards'.
WEIGHTS = {(Basis.REVIEWED, "category"): 10.0}
# Long before the process in which it works would be ended.
LIMIT_SECONDS = 90
# Told: how many tables, rounds, small counts proven in this one, of how many, seconds spent.
Tell = Callable[[int, int, int, int, int], object]


def protect_year(
    tallies: Mapping[Basis, Tally],
    issued: Sequence[Published] = (),
    left_out: frozenset[TableName] = frozenset(),
    tell: Tell = lambda *_: None,
) -> dict[TableName, Published]:
    """Return the year's tables, each beside how it may be published; `issued` is what was before.

    Raise CannotPublish where tables have to be left out, OutOfTime where no answer was proven in time.
    """
    from kscb_actions.figures.disclosure.solver import publish  # needs the solver, which is heavy

    begun = monotonic()

    def goes_on(rounds: int, proven: int, small: int) -> float:
        seconds = monotonic() - begun
        tell(len(tables), rounds, proven, small, int(seconds))
        return LIMIT_SECONDS - seconds

    tables = {name: table for name, table in report_tables(tallies).items() if name not in left_out}
    papers = publish(tables, issued, WEIGHTS, goes_on)
    return {name: (tables[name], paper) for name, paper in papers.items()}
