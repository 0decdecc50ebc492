"""Linear constraints between counts, and what an attacker can deduce from them.

A quantity is disclosed exactly when every set of counts that agrees with what is printed gives it the same
value. The true counts agree, so one other agreeing set in which the quantity differs is a witness that it is
protected. It is looked for as a deviation: a change of the true counts, by one here and there, that leaves
every constraint satisfied. In a table of rows and columns with marginal totals the search misses none (the
constraints form a network, and two agreeing sets of a network differ by cycles of ones); where further
constraints link tables, it may give up, and then the quantity counts as disclosed. It never errs the other
way.
"""

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from heapq import heappop, heappush
from itertools import count

SMALLEST_SHOWN = 5
# How many states a search expands before it gives up: cheapest first, and greedily.
# Past them a cell counts as disclosed: more is suppressed than need be, never less.
SEARCH_LIMIT, FALLBACK_LIMIT = 400, 2_000
NO_LIMIT = 2**63 - 1
# The orders of magnitude make one sum lexicographic: first the cells that may be any number, then the people
# lost, then the cells lost.
CELL_COST, PERSON_COST, UNBOUNDED_COST = 1, 10**4, 10**14

Deviation = dict[int, int]
Imbalance = tuple[tuple[int, int], ...]


class Mark(StrEnum):
    """State how a quantity is printed; the value is the text in its place."""

    NUMBER = "number"
    PRIMARY = "<5"
    SECONDARY = "*"
    UNBOUNDED = "[c]"
    UNPUBLISHED = "absent"


# The interval in which an attacker who knows the rule places a quantity, by its mark: from, to.
INTERVALS = {
    Mark.PRIMARY: (1, SMALLEST_SHOWN - 1),
    Mark.SECONDARY: (SMALLEST_SHOWN, NO_LIMIT),
    Mark.UNBOUNDED: (0, NO_LIMIT),
    Mark.UNPUBLISHED: (0, NO_LIMIT),
}
SUPPRESSED = (Mark.PRIMARY, Mark.SECONDARY, Mark.UNBOUNDED)


class ConstraintSystem:
    """Hold quantities by number, their true values and marks, and the equations between them.

    values     the true counts, one for each quantity
    equations  each {quantity: +1 or -1}; the signed true counts sum to 0
    marks      how each quantity is printed now, one for each quantity
    fixed      quantities whose mark can never change: what is in print elsewhere
    not_suppressible  quantities that must stay as they are printed for now
    """

    def __init__(
        self,
        values: Sequence[int],
        equations: Iterable[Mapping[int, int]],
        marks: Sequence[Mark],
        fixed: Iterable[int] = (),
    ) -> None:
        self.values = list(values)
        self.equations = [tuple(equation.items()) for equation in equations]
        self.fixed = frozenset(fixed)
        self.not_suppressible: set[int] = set()
        self.marks = list(marks)
        self._member_of: list[list[tuple[int, int]]] = [[] for _ in values]
        # The search repairs the last equation of a state: short ones, with the fewest choices, come last.
        longest_first = sorted(range(len(self.equations)), key=lambda number: -len(self.equations[number]))
        for number in longest_first:
            for quantity, sign in self.equations[number]:
                self._member_of[quantity].append((number, sign))
        self._cost: dict[int, list[int | None]] = {+1: [None] * len(values), -1: [None] * len(values)}
        for quantity, mark in enumerate(marks):
            self.set_mark(quantity, mark)

    def set_mark(self, quantity: int, mark: Mark) -> None:
        """Print this quantity with this mark from now on."""
        self.marks[quantity] = mark
        for step in (+1, -1):
            self._cost[step][quantity] = self._cost_of(quantity, step)

    def suppressed(self) -> list[int]:
        """Return the quantities that are printed as a mark instead of their number."""
        return [quantity for quantity, mark in enumerate(self.marks) if mark in SUPPRESSED]

    def cheapest_deviation(
        self, start: int, limit: int = NO_LIMIT, is_brief: bool = False
    ) -> Deviation | None:
        """Return the cheapest deviation in which `start` changes, as {quantity: by how much}.

        The cost is that of the suppressions without which an attacker would know the deviation to be untrue;
        0 when enough is suppressed already. Return None when there is none that costs `limit` or less, or
        the search gives up; it gives up sooner when it `is_brief`.
        """
        for most in dict.fromkeys((min(limit, UNBOUNDED_COST - 1), limit)):
            for is_greedy in (False, True):
                effort = FALLBACK_LIMIT if is_greedy and most and not is_brief else SEARCH_LIMIT
                deviation, is_final = self._search(start, most, is_greedy, effort)
                if deviation is not None:
                    return deviation
                if is_final:
                    break
        return None

    def total_cost(self, deviation: Deviation) -> int:
        """Return the cost of all that this deviation needs suppressed; above any limit where it cannot be."""
        costs = [self._cost_of(quantity, by) for quantity, by in deviation.items()]
        return sum(NO_LIMIT + 1 if cost is None else cost for cost in costs)

    def suppression_cost(self, quantity: int) -> int:
        """Return what it has cost that this quantity is printed with its present mark."""
        value, is_any = self.values[quantity], self.marks[quantity] == Mark.UNBOUNDED
        people = 0 if 0 < value < SMALLEST_SHOWN else value * PERSON_COST
        return people + CELL_COST + (UNBOUNDED_COST if is_any else 0)

    def is_witness(self, deviation: Deviation, quantity: int) -> bool:
        """Return whether this deviation proves that the quantity is protected, judged by the marks alone.

        It does so when the quantity changes, every equation stays balanced, and every change stays within
        the interval of its mark. The search is not trusted: this check is.
        """
        balance: dict[int, int] = {}
        for moved, by in deviation.items():
            for number, sign in self._member_of[moved]:
                balance[number] = balance.get(number, 0) + sign * by
        is_possible = all(self._cost_of(moved, by) == 0 for moved, by in deviation.items())
        return deviation.get(quantity, 0) != 0 and is_possible and not any(balance.values())

    def _search(self, start: int, limit: int, is_greedy: bool, effort: int) -> tuple[Deviation | None, bool]:
        """Return a deviation or None, and whether None is final: there is surely no such deviation.

        A greedy search takes the first deviation it meets instead of the cheapest.
        """
        order = count()
        heap: list[tuple[int, int, int, int, Imbalance, tuple | None]] = []

        def consider(cost: int, state: Imbalance, quantity: int, step: int, path: tuple | None) -> None:
            after = self._after(state, quantity, step)
            if cost <= limit and after not in done:
                imbalance = sum(abs(amount) for _, amount in after)
                rank = (imbalance, cost) if is_greedy else (cost, imbalance)
                heappush(heap, (*rank, next(order), cost, after, (quantity, step, path)))

        done: set[Imbalance] = set()
        is_final = True
        for step in (+1, -1):
            first_cost = self._cost[step][start]
            if first_cost is not None:
                consider(first_cost, (), start, step, None)
        while heap and len(done) < effort:
            *_, cost, state, path = heappop(heap)
            if not state:
                deviation = _net(path)
                if self.total_cost(deviation) <= limit:
                    return deviation, True
                is_final = False
            elif state not in done:
                done.add(state)
                is_final = is_final and len(state) < 3
                for extra, quantity, step in self._repairs(state, start):
                    consider(cost + extra, state, quantity, step, path)
        return None, is_final and not heap

    def suppress_for(self, deviation: Deviation) -> None:
        """Suppress what keeps this deviation possible in an attacker's eyes."""
        for quantity, by in deviation.items():
            if self._cost_of(quantity, by) != 0:
                self.set_mark(quantity, self._mark_for(quantity, by))

    def _repairs(self, state: Imbalance, start: int) -> Iterable[tuple[int, int, int]]:
        """Yield (cost, quantity, step) of the changes that bring the last unbalanced equation nearer to 0."""
        number, amount = state[-1]
        towards = -1 if amount > 0 else +1
        for quantity, sign in self.equations[number]:
            extra = self._cost[towards * sign][quantity]
            if extra is not None and quantity != start:
                yield extra, quantity, towards * sign

    def _after(self, state: Imbalance, quantity: int, step: int) -> Imbalance:
        """Return the unbalanced equations, with their imbalances, once this quantity changes by `step`."""
        amounts = dict(state)
        for number, sign in self._member_of[quantity]:
            amount = amounts.pop(number, 0) + sign * step
            if amount:
                amounts[number] = amount
        return tuple(amounts.items())

    def _cost_of(self, quantity: int, by: int) -> int | None:
        """Return the cost of keeping a change of this quantity by `by` possible; None where it cannot be."""
        value, mark = self.values[quantity], self.marks[quantity]
        low, high = INTERVALS.get(mark, (value, value))
        if low <= value + by <= high:
            return 0
        if quantity in self.fixed or quantity in self.not_suppressible or value + by < 0:
            return None
        people = value * PERSON_COST if mark == Mark.NUMBER else 0
        return people + CELL_COST + (UNBOUNDED_COST if self._mark_for(quantity, by) == Mark.UNBOUNDED else 0)

    def _mark_for(self, quantity: int, by: int) -> Mark:
        """Return the mark whose interval holds both the true value and the one that deviates by `by`."""
        value = self.values[quantity]
        if self.marks[quantity] == Mark.NUMBER and min(value, value + by) >= SMALLEST_SHOWN:
            return Mark.SECONDARY
        return Mark.UNBOUNDED


def _net(path: tuple | None) -> Deviation:
    deviation: Deviation = {}
    while path:
        quantity, step, path = path
        deviation[quantity] = deviation.get(quantity, 0) + step
    return {quantity: by for quantity, by in deviation.items() if by}
