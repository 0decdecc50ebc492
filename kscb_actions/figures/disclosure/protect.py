"""Publishing small counts: who reads a table, and everything else in print, must not find a child in it.

The rule. 1 to 4 is printed as "<5"; 0 and 5 or more as they are. Where a "<5" could then be worked out from
totals or from what is printed elsewhere, further numbers of 5 or more, totals among them, are printed as
"*", those that lose the fewest people first; of many sets that would do it is close to the one that loses
the fewest, not always that one. A number that would have to be "<5" or "*" and could still be
worked out, because a total already issued leaves no choice, is printed as "[c]", and so may a 0 be; that is
rare. When even that does not help, nothing is published.

The reader is taken to know: every number printed here and elsewhere, which counts are sums of which, and
this rule, hence that "<5" is 1 to 4, "*" is 5 or more, and "[c]" any number. Each number hidden has two or
more values that agree with all of this. Not considered: what might be guessed from the choice of one
number to hide rather than another, or from how tables that share no more than totals could be crossed.
"""

from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heappush

from .sums import HIDDEN, RANGES, SMALLEST_SHOWN, Change, Mark, System

Key = Hashable
Printed = int | str
# How often it is tried to hide something smaller in the place of the same quantity.
TRIES = 2
LEGEND = {
    "<5": "1 to 4, not shown so that no child can be recognised",
    "*": "5 or more, not shown so that a smaller number cannot be worked out",
    "[c]": "not shown, may be any number, so that a small number cannot be worked out",
}


class CannotPublish(Exception):
    """What is in print already gives these counts away, however much is hidden now.

    `keys` are the quantities that can be worked out.
    """

    def __init__(self, keys: Sequence[Key]) -> None:
        self.keys = tuple(keys)
        super().__init__(
            f"{len(keys)} small number{'s' if len(keys) > 1 else ''} could be worked out from what has been "
            "issued before, whatever is hidden here. Leave this table out, or put rows or columns together."
        )


@dataclass(frozen=True)
class Sum:
    """A quantity that is the sum of others, whether or not it is printed."""

    total: Key
    parts: tuple[Key, ...]


@dataclass(frozen=True)
class Stated:
    """What anybody can read elsewhere: the sum of these quantities, as it was printed."""

    parts: tuple[Key, ...]
    text: Printed


def is_hidden(printed: Printed) -> bool:
    """Is this a mark in the place of a number?"""
    return printed in LEGEND


def may_be(printed: Printed, value: int) -> bool:
    """Does a reader of this print think that value possible?"""
    if not isinstance(printed, str):
        return printed == value
    low, high = RANGES[Mark(printed)]
    return low <= value <= high


def percentage(part: Printed, base: Printed) -> float | None:
    """`part` in 100 of `base`; None when either is hidden or there is no base."""
    if isinstance(part, str) or isinstance(base, str) or base == 0:
        return None
    return 100 * part / base


def drawable(cells: Sequence[Printed]) -> tuple[int | None, ...]:
    """What a chart may draw of these cells: a hidden one not at all, not even as a bar without a number."""
    return tuple(None if isinstance(cell, str) else cell for cell in cells)


def legend_for(cells: Iterable[Printed]) -> dict[str, str]:
    """The marks that occur among these cells, and what each means."""
    found = set(cells)
    return {mark: meaning for mark, meaning in LEGEND.items() if mark in found}


def protect(
    values: Mapping[Key, int],
    sums: Iterable[Sum],
    shown: Collection[Key],
    stated: Iterable[Stated] = (),
) -> dict[Key, Printed]:
    """How each of the quantities `shown` is to be printed: its number, "<5", "*" or "[c]".

    values  the true count of every quantity of the sums, printed or not
    shown   the quantities to be printed now
    stated  what is in print elsewhere
    Raises CannotPublish when no hiding helps, ValueError when a sum or a statement is not true.
    """
    number_of, counts = _numbered(values, sums := list(sums))
    printed = {number_of[key] for key in shown}
    marks = [_first_mark(value) if number in printed else Mark.ABSENT for number, value in enumerate(counts)]
    numbered = [(number_of[item.total], [number_of[part] for part in item.parts]) for item in sums]
    equations = sorted({_equation(counts, total, parts) for total, parts in numbered if parts != [total]})
    first_stated = len(counts)
    for statement in dict.fromkeys(stated):
        if not number_of.keys() >= set(statement.parts):
            raise ValueError(f"{statement.text} is in print of something that is counted in no table.")
        parts = [number_of[part] for part in statement.parts]
        counts.append(sum(counts[part] for part in parts))
        marks.append(_stated_mark(statement, counts[-1]))
        equations.append(_equation(counts, len(counts) - 1, parts))
    system = System(counts, map(dict, equations), marks, range(first_stated, len(counts)))
    proofs = _hide_more(system)
    _lose_fewer(system, proofs)
    exposed = {number for number in system.hidden() if not system.is_proof(proofs[number], number)}
    if exposed:
        raise CannotPublish([key for key in values if number_of[key] in exposed])
    return {key: _text(system, number_of[key]) for key in dict.fromkeys(shown)}


def _numbered(values: Mapping[Key, int], sums: Iterable[Sum]) -> tuple[dict[Key, int], list[int]]:
    """A number for each quantity, the same for a sum and its only part, and the true counts by number."""
    same: dict[Key, Key] = {}

    def first(key: Key) -> Key:
        while key in same:
            key = same[key]
        return key

    for item in sums:
        if len(item.parts) == 1 and first(item.total) != first(item.parts[0]):
            same[first(item.total)] = first(item.parts[0])
    firsts = list(dict.fromkeys(map(first, values)))
    number_of = {key: number for number, key in enumerate(firsts)}
    if any(values[key] != values[first(key)] for key in values):
        raise ValueError("A total is not the sum of its parts.")
    return {key: number_of[first(key)] for key in values}, [values[key] for key in firsts]


def _first_mark(value: int) -> Mark:
    return Mark.SMALL if 0 < value < SMALLEST_SHOWN else Mark.NUMBER


def _stated_mark(statement: Stated, value: int) -> Mark:
    if not may_be(statement.text, value):
        raise ValueError(f"{statement.text} is in print where the count is {value}.")
    return Mark(statement.text) if isinstance(statement.text, str) else Mark.NUMBER


def _equation(counts: Sequence[int], total: int, parts: Sequence[int]) -> tuple[tuple[int, int], ...]:
    if counts[total] != sum(counts[part] for part in parts) or len(set(parts)) != len(parts):
        raise ValueError("A total is not the sum of its parts.")
    # A part that is the same deaths as the total leaves nought for the other parts.
    rest = [(part, +1) for part in sorted(parts) if part != total]
    return tuple(rest) if total in parts else ((total, -1), *rest)


def _hide_more(system: System) -> dict[int, Change]:
    """Hide until nothing can be worked out: a proof for each hidden quantity, {} where nothing helps."""
    proofs: dict[int, Change] = {}
    while waiting := [quantity for quantity in system.hidden() if quantity not in proofs]:
        for quantity in waiting:
            if quantity not in proofs:
                change = system.cheapest_change(quantity) or {}
                system.hide(change)
                proofs |= {quantity: change}
                proofs |= {moved: change for moved in change if system.marks[moved] in HIDDEN}
    return proofs


def _lose_fewer(system: System, proofs: dict[int, Change]) -> None:
    """Show what was hidden for another's sake, the largest first, where hiding less in its place will do."""
    tries: Counter[int] = Counter()
    waiting = [(-system.values[number], number) for number in proofs]
    heapify(waiting)
    while waiting:
        _, quantity = heappop(waiting)
        is_further = system.marks[quantity] in (Mark.LARGE, Mark.ANY) and quantity not in system.frozen
        if is_further and tries[quantity] < TRIES:
            tries[quantity] += 1
            for moved in _show_again(system, proofs, quantity):
                heappush(waiting, (-system.values[moved], moved))


def _show_again(system: System, proofs: dict[int, Change], quantity: int) -> set[int]:
    """Show this quantity, if what must then be hidden instead is less; otherwise leave all as it was.

    The quantities whose proofs are new, among them those now hidden instead.
    """
    before, left = list(system.marks), system.cost_so_far(quantity) - 1
    leaning = [each for each, change in proofs.items() if quantity in change]
    system.kept.add(quantity)
    system.mark(quantity, _first_mark(system.values[quantity]))
    found: dict[int, Change] = {}
    for each in leaning:
        if system.marks[each] in HIDDEN and each not in found:
            change = system.cheapest_change(each, left, is_brief=True)
            if change is None:
                for number, mark in enumerate(before):
                    if system.marks[number] != mark:
                        system.mark(number, mark)
                found = {}
                break
            left -= system.total_cost(change)
            system.hide(change)
            found |= {moved: change for moved in change if system.marks[moved] in HIDDEN}
    system.kept.discard(quantity)
    system.mark(quantity, system.marks[quantity])
    proofs |= found
    return set(found)


def _text(system: System, number: int) -> Printed:
    mark = system.marks[number]
    return system.values[number] if mark == Mark.NUMBER else mark.value
