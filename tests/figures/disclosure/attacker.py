"""An attacker who has every printed number, knows the rule, and has an integer programming solver.

Written without the code it attacks: the meaning of the marks, the constraints, the search are its own.
"""

import math
from collections.abc import Hashable, Sequence

import numpy as np

MEANING = {"<5": (1, 4), "*": (5, math.inf), "[c]": (0, math.inf), "absent": (0, math.inf)}
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
        if isinstance(text, str) and text != "absent":
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
        """Return the suppressed quantities that can have one value only.

        Each is asked for its least value, then for any larger one; not asked are those that have had two
        values in the answers so far.
        """
        names = {number: place for place, number in self._number.items()}
        search = Search(self.low, self.high, self.sums)
        return [names[number] for number in sorted(self.suppressed) if search.has_one_value(number)]


class Search:
    """Search integer solutions within these bounds that add up; remember every value that was seen."""

    def __init__(self, low: list[float], high: list[float], sums: list[tuple[int, list[int]]]) -> None:
        self.low, self.high = np.array(low), np.array(high)
        rows = [(line, number) for line, (total, parts) in enumerate(sums) for number in (total, *parts)]
        signs = [sign for _, parts in sums for sign in (-1, *(1 for _ in parts))]
        places = tuple(np.array(rows).T) if rows else ([], [])
        # Loaded by whoever attacks: the other processes collect these tests too, and have no use for it.
        from scipy.sparse import csc_array

        self.matrix = csc_array((signs, places), shape=(len(sums), len(low)))
        self.least_seen = np.full(len(low), math.inf)
        self.most_seen = np.full(len(low), -math.inf)

    def has_one_value(self, number: int) -> bool:
        """Return whether no solution has more of this quantity than the least it can be."""
        if self.least_seen[number] < self.most_seen[number]:
            return False
        aim = np.zeros(len(self.low))
        aim[number] = 1
        least = self._solve(aim, self.low)
        assert least is not None, "What is printed contradicts itself."
        if least[number] < self.most_seen[number]:
            return False
        low = self.low.copy()
        low[number] = least[number] + 1
        return low[number] > self.high[number] or self._solve(0 * aim, low) is None

    def _solve(self, aim: np.ndarray, low: np.ndarray) -> np.ndarray | None:
        """Return the solution in which the aim is least; None where there is no solution."""
        from scipy.optimize import Bounds, LinearConstraint, milp

        found = milp(
            aim,
            constraints=LinearConstraint(self.matrix, 0, 0),
            bounds=Bounds(low, self.high),
            integrality=np.ones(len(low)),
        )
        assert found.status in (0, 2), found.message
        if found.status == 2:
            return None
        whole = np.round(found.x)
        assert not (self.matrix @ whole).any() and (low <= whole).all() and (whole <= self.high).all()
        self.least_seen = np.minimum(self.least_seen, whole)
        self.most_seen = np.maximum(self.most_seen, whole)
        return whole
