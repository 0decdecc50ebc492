"""Complementary suppression loses the fewest people: random tables against the optimum of another solver.

The optimum is among all sets of numbers of 5 or more: each "<5" must be open to change by one, within what
is suppressed. Fifty tables in the usual run, hundreds with KSCB_LONG=1.
"""

import random

import numpy as np

from kscb_actions.figures.disclosure.tables import CountTable
from tests.figures.disclosure.alone import publish

from ...long import amount
from .random_tables import as_table, grid

MANY = amount(25, 600)


def lost(table: CountTable, paper: CountTable) -> int:
    """Return the people in the numbers that are suppressed for the sake of others."""
    return sum(
        number
        for numbers, texts in zip(table.lines(), paper.lines(), strict=True)
        for number, text in zip(numbers, texts, strict=True)
        if text in ("*", "[c]") and isinstance(number, int) and not 0 < number < 5
    )


class Optimum:
    """Put to the solver which numbers to suppress, and for each "<5" a deviation that this leaves open.

    First come the quantities, 1 where suppressed; then for each "<5" a deviation of all of them, and its
    direction.
    """

    def __init__(self, counts: list[list[int]], has_sum: bool, has_totals: bool) -> None:
        lines = [[*line, sum(line)] for line in counts]
        whole = np.array([*lines, [sum(column) for column in zip(*lines, strict=True)]])
        absent = np.zeros(whole.shape, dtype=bool)
        absent[:, -1] |= not has_sum
        absent[-1, :] |= not has_totals
        self.shape = whole.shape
        self.values, self.absent = whole.flatten(), absent.flatten()
        self.small = [n for n, value in enumerate(self.values) if 0 < value < 5 and not self.absent[n]]
        size = len(self.values)
        self.many = size + len(self.small) * (size + 1)
        self.matrix: list[list[int]] = []
        self.within: list[tuple[float, float]] = []

    def fewest(self) -> int | None:
        """Return the fewest people that can be lost; None where numbers of 5 or more do not suffice."""
        if not self.small:
            return 0
        low, high, aim = np.zeros(self.many), np.ones(self.many), np.zeros(self.many)
        size = len(self.values)
        for n, value in enumerate(self.values):
            is_further = value >= 5 and not self.absent[n]
            aim[n] = value if is_further else 0
            low[n], high[n] = (0, 1) if is_further else (self.absent[n] or value > 0,) * 2
        for place, one in enumerate(self.small):
            start = size + place * (size + 1)
            for n in range(size):
                low[start + n], high[start + n] = self._steps(n)
                self._know({start + n: 1, n: -1}, -np.inf, 0)
                self._know({start + n: 1, n: 1}, 0, np.inf)
            self._know({start + one: 1, start + size: -2}, -1, -1)
            for line in self._sums():
                self._know({start + n: sign for n, sign in line.items()}, 0, 0)
        from scipy.optimize import Bounds, LinearConstraint, milp

        sums = LinearConstraint(np.array(self.matrix), *zip(*self.within, strict=True))
        found = milp(aim, constraints=sums, bounds=Bounds(low, high), integrality=np.ones(self.many))
        assert found.status in (0, 2), found.message
        return round(found.fun) if found.status == 0 else None

    def _steps(self, n: int) -> tuple[int, int]:
        value = self.values[n]
        if self.absent[n]:
            return -int(value > 0), 1
        return -int(value not in (0, 1, 5)), int(value != 4)

    def _know(self, line: dict[int, int], low: float, high: float) -> None:
        self.matrix.append([line.get(n, 0) for n in range(self.many)])
        self.within.append((low, high))

    def _sums(self) -> list[dict[int, int]]:
        places = np.arange(len(self.values)).reshape(self.shape)
        return [{int(n): -1 if n == line[-1] else 1 for n in line} for line in (*places, *places.transpose())]


def test_the_fewest_people_are_lost() -> None:
    compared = 0
    for number in range(MANY):
        rng = random.Random(f"least {number}")
        counts = grid(rng, rng.randint(2, 4), rng.randint(2, 4))
        has_sum, has_totals = rng.random() < 0.7, rng.random() < 0.8
        table = as_table(counts, "a", has_sum, has_totals)
        fewest = Optimum(counts, has_sum, has_totals).fewest()
        if fewest is not None:
            assert lost(table, publish(table)) == fewest, counts
            compared += 1
    assert compared > 0.9 * MANY
