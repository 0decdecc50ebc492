"""An attacker who has every printed number, knows the rule, and has an integer programming solver.

Written without the code it attacks: the meaning of the marks, the constraints, the search are its own.
"""

import math
from collections.abc import Hashable, Sequence

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

MEANING = {"<5": (1, 4), "*": (5, math.inf), "[c]": (0, math.inf)}
Place = Hashable


class Attacker:
    """Hold what is read, quantity by quantity, and which are sums of which."""

    def __init__(self) -> None:
        self.low: list[float] = []
        self.high: list[float] = []
        self.suppressed: set[int] = set()
        self.sums: list[tuple[int, list[int]]] = []
        self._number: dict[Place, int] = {}

    def number(self, place: Place) -> int:
        """Return the variable of this quantity: any number, until something is read of it."""
        if place not in self._number:
            self._number[place] = len(self.low)
            self.low.append(0)
            self.high.append(math.inf)
        return self._number[place]

    def read(self, place: Place, text: int | str) -> None:
        """Take in the text, a number or a mark, that is printed of a quantity."""
        variable = self.number(place)
        low, high = MEANING[text] if isinstance(text, str) else (text, text)
        self.low[variable] = max(self.low[variable], low)
        self.high[variable] = min(self.high[variable], high)
        if isinstance(text, str):
            self.suppressed.add(variable)

    def know_sum(self, total: Place, parts: Sequence[Place]) -> None:
        """Take in that a quantity is the sum of others."""
        self.sums.append((self.number(total), [self.number(part) for part in parts]))

    def read_table(
        self,
        rows: Sequence[str],
        columns: Sequence[str],
        lines: Sequence[Sequence[int | str]],
    ) -> None:
        """Take in a table; its lines may end in a row's sum, and one line of totals may stand below."""
        for name, line in zip((*rows, "all")[: len(lines)], lines, strict=True):
            for column, text in zip((*columns, "all")[: len(line)], line, strict=True):
                self.read((name, column), text)
        for row in (*rows, "all"):
            self.know_sum((row, "all"), [(row, column) for column in columns])
        for column in (*columns, "all"):
            self.know_sum(("all", column), [(row, column) for row in rows])

    def deduce(self) -> list[Place]:
        """Return the suppressed quantities that can have one value only."""
        names = {number: place for place, number in self._number.items()}
        matrix = np.zeros((len(self.sums), len(self.low)))
        for line, (total, parts) in enumerate(self.sums):
            matrix[line, total] -= 1
            for part in parts:
                matrix[line, part] += 1
        sums = LinearConstraint(matrix, 0, 0)
        return [names[number] for number in sorted(self.suppressed) if self._is_determined(number, sums)]

    def _is_determined(self, number: int, sums: LinearConstraint) -> bool:
        """Return whether no integer solution has more of this quantity than the least it can be."""
        aim = np.zeros(len(self.low))
        aim[number] = 1
        low, high, whole = np.array(self.low), np.array(self.high), np.ones(len(self.low))
        least = milp(aim, constraints=sums, bounds=Bounds(low, high), integrality=whole)
        assert least.status == 0, f"What is printed contradicts itself: {least.message}"
        low = low.copy()
        low[number] = round(least.x[number]) + 1
        if low[number] > high[number]:
            return True
        more = milp(0 * aim, constraints=sums, bounds=Bounds(low, high), integrality=whole)
        assert more.status in (0, 2), more.message
        return more.status == 2
