"""Complementary suppression as an integer programme, solved by cutting planes.

A master programme chooses which numbers of 5 or more are hidden, so that the fewest people are lost. An
attacker then asks by linear programming, for each small count, how large and how small it can be in view of
everything printed. Where it can have one value only, the dual solution says which numbers hold it there: one
of them must be hidden, and the master is told so (a cut). A witness, a set of whole counts that agrees with
all that is printed and in which the small count is another, ends the attack on it; every one is checked in
whole numbers before anything is shown. Where hiding is not enough, tables are left out, as few as can be.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from .attack import INFINITE, NEAR, Attacker, a_truth, programme, solved
from .ground import Statement, lay_ground
from .marks import INTERVALS, SMALLEST_SHOWN, Mark, Printed
from .refused import OutOfTime

# Of answers that lose as many people, the one with the fewest cells.
CELL_COST, LEFT_OUT_COST = 0.01, 10.0**6
SHOWN, HIDDEN, ABSENT = range(3)
ALWAYS = Statement(frozenset(), (), (), 0, text=0)
Cut = tuple[Any, Any]
GoesOn = Callable[[int, int, int], float]


@dataclass(frozen=True)
class Answer:
    """Hold how each statement is printed, which tables are left out, and how many rounds it took."""

    texts: tuple[Printed, ...]
    left_out: frozenset[int]
    rounds: int


class Search:
    """Search the answer for these statements; what was issued is fixed.

    died     the years of death of each year's reviews, where they are told
    goes_on  is told how many rounds it has had, and how many small counts of how many are proven in this
             one, and says for how many seconds it may go on
    """

    def __init__(
        self, statements: Sequence[Statement], died: Mapping[str, Collection[str]], goes_on: GoesOn
    ) -> None:
        self.goes_on, self.rounds = goes_on, 0
        ground = lay_ground(statements, died)
        # What everybody knows is a statement too: a sum that is 0.
        self.statements = [*statements, *(ALWAYS for _ in ground.zero_sums)]
        rows = [*(dict.fromkeys(parts, 1) for parts in ground.parts), *ground.zero_sums]
        matrix = np.zeros((len(rows), len(ground.names)))
        for number, row in enumerate(rows):
            matrix[number, list(row)] = list(row.values())
        counts = np.array([each.count for each in self.statements], dtype=float)
        self.is_new = np.array([each.text is None for each in self.statements], dtype=bool)
        loose = [number for number, each in enumerate(statements) if each.text is not None]
        truth = a_truth(matrix, counts, loose)
        if truth is None:
            raise ValueError("Two tables count the same deaths differently.")
        self.attacker = Attacker(matrix, truth)
        # How far what was issued is from what is counted now: the attacker is taken to know even that.
        offset = counts - self.attacker.stated
        self.bounds = np.array([_bounds(each) for each in self.statements]) - offset[:, None, None]
        self.is_small = (counts > 0) & (counts < SMALLEST_SHOWN)
        self.can_hide = self.is_new & (counts >= SMALLEST_SHOWN)
        self.cost = (counts + CELL_COST) * [each.weight for each in self.statements]
        self.cuts: list[Cut] = []
        self.witnesses: list[Any] = []
        finest = np.eye(len(truth))[(truth > 0) & (truth < SMALLEST_SHOWN)]
        self.aims = np.vstack([matrix[self.is_small], finest])
        # What could be calculated before this is printed is not for this to mend.
        lost = self._calculated(np.where(self.is_new, ABSENT, SHOWN))
        self.aims, self.cuts = np.delete(self.aims, lost, axis=0), []

    def run(self) -> Answer:
        """Return how the statements are printed. Raise OutOfTime."""
        may_leave_out = False
        while True:
            self.rounds += 1
            levels = self._master(may_leave_out)
            if levels is None:
                may_leave_out = True
            elif not self._calculated(levels):
                break
        pairs = list(zip(self.statements, levels.tolist(), strict=True))
        left_out = frozenset(table for each, level in pairs if level == ABSENT for table in each.tables)
        return Answer(tuple(_printed(*pair) for pair in pairs), left_out, self.rounds)

    def _master(self, may_leave_out: bool) -> Any | None:
        """Return each statement's level so that the fewest people are lost; None where no cut allows it."""
        levels = np.where(self.is_new & self.is_small, HIDDEN, SHOWN)
        if not self.cuts:
            return levels
        hide, leave = np.flatnonzero(self.can_hide), np.flatnonzero(self.is_new & may_leave_out)
        tables = sorted({table for number in leave for table in self.statements[number].tables})
        cost = np.concatenate([self.cost[hide], np.zeros(len(leave)), np.full(len(tables), LEFT_OUT_COST)])
        rows = [np.concatenate([a[hide], b[leave], np.zeros(len(tables))]) for a, b in self.cuts]
        # A number is absent only where all its tables are left out.
        for place, number in enumerate(leave, start=len(hide)):
            for table in self.statements[number].tables:
                rows.append(np.zeros(len(cost)))
                rows[-1][[place, len(hide) + len(leave) + tables.index(table)]] = -1, 1
        low = np.where(np.arange(len(rows)) < len(self.cuts), 1 - NEAR, 0.0)
        model = programme(np.array(rows), low, np.full(len(rows), INFINITE), cost, 1.0, is_whole=True)
        found = self._in_time(partial(solved, model))
        if found is None:
            return None
        levels[hide[found[: len(hide)] > 0.5]] = HIDDEN
        levels[leave[found[len(hide) : len(hide) + len(leave)] > 0.5]] = ABSENT
        return levels

    def _calculated(self, levels: Any) -> list[int]:
        """Return the aims that can be calculated at these levels, and keep a cut for each."""
        self.attacker.read(*self.bounds[np.arange(len(levels)), levels].T)
        self.open = np.ones(len(self.aims), dtype=bool)
        for each in self.witnesses:
            self._is_witness(each)
        failed: list[int] = []
        for number, aim in enumerate(self.aims):
            cuts = [self._push(sign * aim) for sign in (1.0, -1.0) if self.open[number]]
            if self.open[number] and None in cuts:
                # There is room, but no whole counts have come up that fill it.
                self._keep(self._in_time(partial(self.attacker.other, aim)))
            if self.open[number]:
                failed.append(number)
                both = [cut for cut in cuts if cut is not None]
                self.cuts.append(self._joined(both, levels) if len(both) == 2 else self._more_than(levels))
        return failed

    def _push(self, aim: Any) -> Cut | None:
        """Return the cut that says what holds the aim down; None where there is room for one more."""
        counts, stated, columns = self._in_time(lambda seconds: self.attacker.push(aim))
        self._keep(counts)
        is_room = aim @ (counts - self.attacker.truth) > 1 - NEAR
        return None if is_room else self._cut(stated, columns)

    def _keep(self, counts: Any | None) -> None:
        """Keep these counts, if they are a witness."""
        if counts is not None and self._is_witness(counts):
            self.witnesses.append(np.round(counts))

    def _is_witness(self, counts: Any) -> bool:
        """Return whether these counts are whole and agree with everything, and close what they clear."""
        if (whole := self.attacker.agreeing(counts)) is not None:
            self.open &= np.abs(self.aims @ (whole - self.attacker.truth)) < 1
        return whole is not None

    def _cut(self, stated: Any, columns: Any) -> Cut | None:
        """Return how much of the rise by 1 that the aim needs each statement would give, hidden or absent.

        None where there is room for it as it is.
        """
        true, truth = self.attacker.stated, self.attacker.truth
        low, high = self.bounds[:, :, 0].T, self.bounds[:, :, 1].T
        with np.errstate(invalid="ignore"):
            rise = np.where(stated > NEAR, stated * (high - true), 0)
            rise += np.where(stated < -NEAR, stated * (low - true), 0)
        given = rise[SHOWN].sum() + np.maximum(columns, 0) @ (self.attacker.top - truth)
        need = 1 - given - np.maximum(-columns, 0) @ truth
        if need < NEAR:
            return None
        hidden = np.where(self.can_hide, rise[HIDDEN] / need, 0)
        absent = np.where(self.is_new, (rise[ABSENT] - rise[SHOWN]) / need, 0)
        return np.minimum(hidden, 1), np.minimum(absent, 1)

    def _joined(self, both: Sequence[Cut], levels: Any) -> Cut:
        """Return the cut of both directions, in one of which there must be room; another where it is met."""
        hidden, absent = (np.max(parts, axis=0) for parts in zip(*both, strict=True))
        is_met = hidden[levels == HIDDEN].sum() + absent[levels == ABSENT].sum() > 1 - NEAR
        return self._more_than(levels) if is_met else (hidden, absent)

    def _more_than(self, levels: Any) -> Cut:
        """Return the cut that something more must be hidden than is at these levels."""
        hidden, absent = self.can_hide & (levels == SHOWN), self.is_new & (levels != ABSENT)
        return hidden.astype(float), absent.astype(float)

    def _in_time(self, work: Callable[[float], Any]) -> Any:
        """Return what the work gives in the time that is left. Raise OutOfTime."""
        if (left := self.goes_on(self.rounds, int((~self.open).sum()), len(self.open))) <= 0:
            raise OutOfTime
        try:
            return work(left)
        except TimeoutError:
            raise OutOfTime from None


def _bounds(each: Statement) -> list[tuple[float, float]]:
    """Return between which bounds a reader knows a statement that is shown, hidden, absent."""
    if each.text is not None:
        known = INTERVALS[Mark(each.text)] if isinstance(each.text, str) else (each.text, each.text)
        return [known] * 3
    if 0 < each.count < SMALLEST_SHOWN:
        return [INTERVALS[Mark.PRIMARY], INTERVALS[Mark.PRIMARY], INTERVALS[Mark.UNPUBLISHED]]
    return [(each.count, each.count), INTERVALS[Mark.SECONDARY], INTERVALS[Mark.UNPUBLISHED]]


def _printed(each: Statement, level: int) -> Printed:
    if each.text is not None:
        return each.text
    if level == ABSENT:
        return Mark.UNPUBLISHED.value
    if 0 < each.count < SMALLEST_SHOWN:
        return Mark.PRIMARY.value
    return Mark.SECONDARY.value if level == HIDDEN else each.count
