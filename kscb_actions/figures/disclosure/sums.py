"""Counts that are bound together by sums, and what somebody who reads some of them can work out.

A quantity is worked out exactly when every set of counts that agrees with what is printed gives it the same
value. The true counts agree, so one other agreeing set in which the quantity differs proves that it is not.
Such a set is looked for as a change of the true counts by one here and there that leaves every sum true. In
a table of rows and columns with totals the search misses none (the sums form a network, and two agreeing
sets of a network differ by cycles of ones); where further sums are linked to it, it may give up, and then
the quantity is held to be worked out. It never errs the other way.
"""

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from heapq import heappop, heappush
from itertools import count

SMALLEST_SHOWN = 5
# How many states a search looks at before it gives up: for the cheapest change, and for any at all.
PATIENCE, EFFORT = 400, 2_000
NO_LIMIT = 2**63 - 1
# A change costs the cells it must widen to any number first, then the people lost, then the cells lost.
CELL, PERSON, WIDENED = 1, 10**4, 10**14

Change = dict[int, int]
State = tuple[tuple[int, int], ...]


class Mark(StrEnum):
    """How a quantity is printed."""

    NUMBER = "number"
    SMALL = "<5"
    LARGE = "*"
    ANY = "[c]"
    ABSENT = "absent"


# What a reader who knows the rule knows of a quantity that is not printed as a number: from, to.
RANGES = {
    Mark.SMALL: (1, SMALLEST_SHOWN - 1),
    Mark.LARGE: (SMALLEST_SHOWN, NO_LIMIT),
    Mark.ANY: (0, NO_LIMIT),
    Mark.ABSENT: (0, NO_LIMIT),
}
HIDDEN = (Mark.SMALL, Mark.LARGE, Mark.ANY)


class System:
    """Quantities by number, their true values, their marks, and equations that add up to nought.

    values     the true counts
    equations  each {quantity: +1 or -1}; the signed true counts sum to 0
    marks      how each quantity is printed now
    frozen     quantities whose mark cannot change any more
    kept       quantities that are not to be hidden further for now
    """

    def __init__(
        self,
        values: Sequence[int],
        equations: Iterable[Mapping[int, int]],
        marks: Sequence[Mark],
        frozen: Iterable[int] = (),
    ) -> None:
        self.values = list(values)
        self.equations = [tuple(equation.items()) for equation in equations]
        self.frozen = frozenset(frozen)
        self.kept: set[int] = set()
        self.marks = list(marks)
        self._member_of: list[list[tuple[int, int]]] = [[] for _ in values]
        longest_first = sorted(range(len(self.equations)), key=lambda number: -len(self.equations[number]))
        for number in longest_first:
            for quantity, sign in self.equations[number]:
                self._member_of[quantity].append((number, sign))
        self._cost: dict[int, list[int | None]] = {+1: [None] * len(values), -1: [None] * len(values)}
        for quantity, mark in enumerate(marks):
            self.mark(quantity, mark)

    def mark(self, quantity: int, mark: Mark) -> None:
        """Print this quantity so from now on."""
        self.marks[quantity] = mark
        for step in (+1, -1):
            self._cost[step][quantity] = self._cost_of(quantity, step)

    def hidden(self) -> list[int]:
        """The quantities that are printed, but not as a number."""
        return [quantity for quantity, mark in enumerate(self.marks) if mark in HIDDEN]

    def cheapest_change(self, start: int, limit: int = NO_LIMIT, is_brief: bool = False) -> Change | None:
        """The cheapest change of the counts in which `start` changes and every sum stays true.

        {quantity: by how many}. The cost is that of hiding what must be hidden for a reader not to
        know that the change is untrue; 0 when enough is hidden already. None when there is none
        that costs `limit` or less, or none is found; sooner, when the search is to be brief.
        """
        for most in dict.fromkeys((min(limit, WIDENED - 1), limit)):
            for is_hasty in (False, True):
                effort = EFFORT if is_hasty and most and not is_brief else PATIENCE
                change, is_final = self._search(start, most, is_hasty, effort)
                if change is not None:
                    return change
                if is_final:
                    break
        return None

    def total_cost(self, change: Change) -> int:
        """What it costs to hide what this change needs; more than any limit where it cannot be."""
        costs = [self._cost_of(quantity, by) for quantity, by in change.items()]
        return sum(NO_LIMIT + 1 if cost is None else cost for cost in costs)

    def cost_so_far(self, quantity: int) -> int:
        """What it has cost that this quantity is printed as it is."""
        value, is_any = self.values[quantity], self.marks[quantity] == Mark.ANY
        people = 0 if 0 < value < SMALLEST_SHOWN else value * PERSON
        return people + CELL + (WIDENED if is_any else 0)

    def is_proof(self, change: Change, quantity: int) -> bool:
        """Does this change show that a reader cannot work the quantity out? Judged by the marks alone."""
        balance: dict[int, int] = {}
        for moved, by in change.items():
            for number, sign in self._member_of[moved]:
                balance[number] = balance.get(number, 0) + sign * by
        is_possible = all(self._cost_of(moved, by) == 0 for moved, by in change.items())
        return change.get(quantity, 0) != 0 and is_possible and not any(balance.values())

    def _search(self, start: int, limit: int, is_hasty: bool, effort: int) -> tuple[Change | None, bool]:
        """A change, and whether there is surely none if there is none; hasty: the first, not the cheapest."""
        order = count()
        heap: list[tuple[int, int, int, int, State, tuple | None]] = []

        def consider(cost: int, state: State, quantity: int, step: int, path: tuple | None) -> None:
            after = self._after(state, quantity, step)
            if cost <= limit and after not in done:
                askew = sum(abs(amount) for _, amount in after)
                rank = (askew, cost) if is_hasty else (cost, askew)
                heappush(heap, (*rank, next(order), cost, after, (quantity, step, path)))

        done: set[State] = set()
        is_final = True
        for step in (+1, -1):
            first_cost = self._cost[step][start]
            if first_cost is not None:
                consider(first_cost, (), start, step, None)
        while heap and len(done) < effort:
            *_, cost, state, path = heappop(heap)
            if not state:
                change = _net(path)
                if self.total_cost(change) <= limit:
                    return change, True
                is_final = False
            elif state not in done:
                done.add(state)
                is_final = is_final and len(state) < 3
                for extra, quantity, step in self._repairs(state, start):
                    consider(cost + extra, state, quantity, step, path)
        return None, is_final and not heap

    def hide(self, change: Change) -> None:
        """Hide what must be hidden for a reader not to know that this change is untrue."""
        for quantity, by in change.items():
            if self._cost_of(quantity, by) != 0:
                self.mark(quantity, self._mark_for(quantity, by))

    def _repairs(self, state: State, start: int) -> Iterable[tuple[int, int, int]]:
        """What may be changed next so that the last equation out of balance comes nearer to it."""
        number, amount = state[-1]
        towards = -1 if amount > 0 else +1
        for quantity, sign in self.equations[number]:
            extra = self._cost[towards * sign][quantity]
            if extra is not None and quantity != start:
                yield extra, quantity, towards * sign

    def _after(self, state: State, quantity: int, step: int) -> State:
        """The equations out of balance, and by how much, once this quantity changes."""
        amounts = dict(state)
        for number, sign in self._member_of[quantity]:
            amount = amounts.pop(number, 0) + sign * step
            if amount:
                amounts[number] = amount
        return tuple(amounts.items())

    def _cost_of(self, quantity: int, by: int) -> int | None:
        """What it costs that this quantity may have changed by so much; None when it cannot have."""
        value, mark = self.values[quantity], self.marks[quantity]
        low, high = RANGES.get(mark, (value, value))
        if low <= value + by <= high:
            return 0
        if quantity in self.frozen or quantity in self.kept or value + by < 0:
            return None
        people = value * PERSON if mark == Mark.NUMBER else 0
        return people + CELL + (WIDENED if self._mark_for(quantity, by) == Mark.ANY else 0)

    def _mark_for(self, quantity: int, by: int) -> Mark:
        """How the quantity must be printed for a reader to think both values possible."""
        value = self.values[quantity]
        if self.marks[quantity] == Mark.NUMBER and min(value, value + by) >= SMALLEST_SHOWN:
            return Mark.LARGE
        return Mark.ANY


def _net(path: tuple | None) -> Change:
    change: Change = {}
    while path:
        quantity, step, path = path
        change[quantity] = change.get(quantity, 0) + step
    return {quantity: by for quantity, by in change.items() if by}
