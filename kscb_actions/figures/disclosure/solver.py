"""Complementary suppression as an integer programme, solved by cutting planes.

A master programme chooses which numbers of 5 or more are hidden, so that the fewest people are lost, and
which tables are left out where hiding is not enough, as few as can be. An attacker then asks by linear
programming, for each small count, how large and how small it can be in view of everything printed. Where it
can have one value only, the dual solution says which numbers hold it there: more of them must be hidden, and
the master is told so (a cut). A witness, a set of whole counts that agrees with all that is printed and in
which the small count is another, ends the attack on it; every one is checked in whole numbers before anything
is shown.
"""

from collections.abc import Callable, Mapping, Sequence
from itertools import chain, compress
from typing import Any

import highspy
import numpy as np

from .ground import Statement, codes_in_print, lay_ground, statements_of
from .marks import SMALLEST_SHOWN, Printed, interval
from .refused import CannotPublish, OutOfTime
from .tables import CountTable, Published, with_texts

NEAR = 1e-6
# Of answers that lose as many people, the one with the fewest cells.
CELL_COST = 0.01
SHOWN, HIDDEN, ABSENT = range(3)
ALWAYS = Statement(frozenset(), 0, (0, 0, 0))
GoesOn = Callable[[int, int, int], float]
Stated = Mapping[Any, list[Statement]]


def publish(
    tables: Mapping[Any, CountTable],
    known: Sequence[Published] = (),
    weights: Mapping[Any, float] | None = None,
    goes_on: GoesOn = lambda *_: np.inf,
) -> dict[Any, CountTable]:
    """Return these tables, by name, as they are printed beside what has been issued.

    known    tables in print: each with its true counts, and as it was printed
    weights  how much a person hidden in a table counts; 1 where nothing is said
    goes_on  is told how many rounds there were, and how many small counts of how many are proven in this one,
             and says for how many seconds the search may go on

    Raise CannotPublish, OutOfTime, and ValueError where two tables count the same deaths differently.
    """
    if not tables:
        return {}
    codes = codes_in_print([*tables.values(), *(counts for counts, _ in known)])
    stated = {name: list(statements_of(table, None, codes)) for name, table in tables.items()}
    earlier = [each for pair in known for each in statements_of(*pair, codes)]
    texts = Search(stated, earlier, weights or {}, goes_on).run()
    return {name: with_texts(table, [texts[each] for each in stated[name]]) for name, table in tables.items()}


class Search:
    """Search how statements are printed: those of the tables at hand, by table, beside earlier ones."""

    def __init__(
        self, stated: Stated, earlier: list[Statement], weights: Mapping[Any, float], goes_on: GoesOn
    ) -> None:
        self.stated, self.goes_on, self.rounds = stated, goes_on, 0
        mine = list(dict.fromkeys(chain.from_iterable(stated.values())))
        self.matrix = lay_ground(mine + earlier)
        always = [ALWAYS] * (len(self.matrix) - len(mine + earlier))
        self.statements = mine + earlier + always
        numbers = np.array([each.number for each in self.statements], dtype=float)
        self.truth = self._truth(numbers, range(len(mine), len(mine + earlier)))
        bounds = np.array([[interval(text) for text in each.texts] for each in self.statements])
        # How far what was issued is from what is counted now: the attacker is taken to know even that.
        self.low, self.high = bounds.transpose(2, 1, 0) - (numbers - self.matrix @ self.truth)
        # What the master chooses: which statements are hidden, and which tables are left out.
        self.is_in = np.array(
            [[each in own for each in self.statements] for own in map(set, stated.values())]
        )
        can_hide = [each.texts[SHOWN] != each.texts[HIDDEN] for each in self.statements]
        self.may = np.array([*can_hide, *(True for _ in stated)])
        self.cost = self._cost(numbers, [weights.get(name, 1.0) for name in stated])
        # What nobody may calculate: the small numbers that are printed, and the finest counts that are small.
        printed, finest = ((some > 0) & (some < SMALLEST_SHOWN) for some in (numbers, self.truth))
        self.aims = np.vstack([self.matrix[printed], np.eye(len(self.truth))[finest]])
        self.witnesses: list[tuple[Any, Any]] = []
        # No count is taken to be far beyond all that is printed: so every aim has a bound.
        self.top = max(numbers.max(), self.truth.max()) + 100
        # What could be calculated before this is printed is not for this to mend.
        lost = self._calculated(self.may)
        self.aims, self.witnesses = np.delete(self.aims, list(lost), axis=0), []

    def _truth(self, sums: Any, loose: Sequence[int]) -> Any:
        """Return whole finest counts with these sums, of the loose ones as nearly as can be.

        What was issued before a correction may differ from what later reports count.
        """
        slack = np.eye(len(sums))[:, loose]
        cost = np.repeat([0.0, 1.0], [self.matrix.shape[1], 2 * len(loose)])
        model = programme(np.hstack([self.matrix, slack, -slack]), sums, sums, cost, is_whole=True)
        return np.round(solved(model, self.goes_on(0, 0, 0)))[: self.matrix.shape[1]].astype(int)

    def _cost(self, numbers: Any, weights: Sequence[float]) -> Any:
        """Return what each choice costs: the people lost, of each table left out more than all the others."""
        cost = (numbers + CELL_COST) * (self.is_in.T * weights).max(axis=1)
        return np.append(cost, np.full(len(weights), cost.sum() + 1))

    def run(self) -> dict[Statement, Printed]:
        """Return how each statement is printed. Raise CannotPublish, OutOfTime."""
        chosen = np.zeros(len(self.may), dtype=bool)
        cuts: list[Any] = []
        while found := self._calculated(chosen):
            cuts += found.values()
            low, high = np.full(len(cuts), 1 - NEAR), np.full(len(cuts), np.inf)
            master = programme(np.array(cuts), low, high, self.cost, self.may, is_whole=True)
            chosen = solved(master, self._left()) > 0.5
        if left_out := [*compress(self.stated, chosen[len(self.statements) :])]:
            raise CannotPublish(left_out)
        levels = zip(self.statements, self._levels(chosen), strict=True)
        return {each: each.texts[level] for each, level in levels}

    def _levels(self, chosen: Any) -> Any:
        """Return which statements are shown, which hidden, and which absent with all their tables."""
        hidden, left_out = np.split(chosen, [len(self.statements)])
        return np.where(self.is_in[~left_out].any(axis=0), hidden * HIDDEN, ABSENT)

    def _calculated(self, chosen: Any) -> dict[int, Any]:
        """Return the aims that can be calculated where this is chosen, each with a cut.

        A cut says how much of what an aim needs, which is to change by 1, each further choice could give.
        """
        levels = self._levels(chosen)
        self.least, self.most = np.choose(levels, self.low), np.choose(levels, self.high)
        self.attacker = programme(self.matrix, self.least, self.most, 0 * self.truth, self.top)
        self.rounds += 1
        self.is_open = np.ones(len(self.aims), dtype=bool)
        for witness in self.witnesses:
            self._clear(*witness)
        found = {}
        for number, aim in enumerate(self.aims):
            pushes = [self._push(sign * aim) for sign in (1, -1) if self.is_open[number]]
            has_room = any(room > 1 - NEAR for room, _ in pushes)
            if self.is_open[number] and has_room:
                # Are there whole counts that fill it?
                for sign in (1, -1):
                    whole = programme(
                        self.matrix, self.least, self.most, -sign * aim, self.top, is_whole=True
                    )
                    self._keep(solved(whole, self._left()))
            if self.is_open[number]:
                gains = [np.ones(len(chosen))] if has_room else [self._gain(*push) for push in pushes]
                found[number] = np.where(chosen, 0, np.max(gains, axis=0))
        return found

    def _push(self, aim: Any) -> tuple[float, Any]:
        """Return by how much an aim can grow, and how far each statement holds it down."""
        self.attacker.changeColsCost(len(aim), np.arange(len(aim), dtype=np.int32), -aim)
        counts = solved(self.attacker, self._left())
        self._keep(counts)
        return aim @ (counts - self.truth), -np.array(self.attacker.getSolution().row_dual)

    def _keep(self, counts: Any) -> None:
        """Keep these counts as a witness if they are whole: their sums, and the aims that differ in them."""
        whole = np.round(counts).astype(int)
        if np.abs(whole - counts).max() < NEAR and (whole >= 0).all():
            self.witnesses.append((self.matrix @ whole, np.abs(self.aims @ (whole - self.truth)) >= 1))
            self._clear(*self.witnesses[-1])

    def _clear(self, sums: Any, differs: Any) -> None:
        """Close the aims that differ, if these sums agree with everything: checked without the solver."""
        if (self.least <= sums).all() and (sums <= self.most).all():
            self.is_open &= ~differs

    def _gain(self, room: float, held: Any) -> Any:
        """Return how much of what an aim that was pushed lacks of 1 each choice could give."""
        with np.errstate(invalid="ignore"):
            rise = np.where(held > 0, held * (self.high - self.most), held * (self.low - self.least))
        parts = np.clip(np.where(np.abs(held) > NEAR, rise, 0) / (1 - room), 0, 1)
        return np.append(parts[HIDDEN], np.minimum(self.is_in @ parts[ABSENT], 1))

    def _left(self) -> float:
        return self.goes_on(self.rounds, int((~self.is_open).sum()), len(self.is_open))


class _Silent(highspy.Highs):
    """HiGHS, of which the constructor would write to standard output, where tables as JSON go."""

    def enableCallbacks(self) -> None:
        """Take the option before the first call that writes."""
        self.setOptionValue("output_flag", False)
        super().enableCallbacks()


def programme(
    rows: Any, low: Any, high: Any, cost: Any, top: Any = np.inf, is_whole: bool = False
) -> highspy.Highs:
    """Return a programme: columns from 0 to `top` that cost the least, with each row within its bounds."""
    height, width = rows.shape
    every = np.arange(width, dtype=np.int32)
    solver = _Silent()
    solver.setOptionValue("threads", 1)
    solver.setOptionValue("mip_rel_gap", 0.0)
    solver.addVars(width, np.zeros(width), np.full(width, top, dtype=float))
    solver.changeColsCost(width, every, cost)
    if is_whole:
        solver.changeColsIntegrality(width, every, np.full(width, highspy.HighsVarType.kInteger))
    lines, columns = np.nonzero(rows)
    begins = np.searchsorted(lines, np.arange(height))
    solver.addRows(height, low, high, len(lines), begins, columns, rows[lines, columns])
    return solver


def solved(solver: highspy.Highs, seconds: float) -> Any:
    """Return the columns of the optimum. Raise OutOfTime, and ValueError where nothing meets the rows."""
    if seconds <= 0:
        raise OutOfTime
    solver.setOptionValue("time_limit", seconds)
    solver.run()
    if solver.getModelStatus() == highspy.HighsModelStatus.kTimeLimit:
        raise OutOfTime
    if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        raise ValueError("Two tables count the same deaths differently.")
    return np.array(solver.getSolution().col_value)
