"""Cell suppression: which small counts are not printed, and which other numbers must go with them.

The rule. Primary suppression: 1 to 4 is printed as "<5", 0 and 5 or more as they are. Secondary suppression:
where a "<5" could then be deduced from marginal totals or from what is printed elsewhere, further numbers of
5 or more, totals among them, are printed as "*", those first that lose the fewest people; of many sets that
would do, the one chosen is close to the one that loses the fewest, not always that one. A number that would
have to be "<5" or "*" and could still be deduced, because a total already issued leaves no choice, is
printed as "[c]", and so may a 0 be; that is rare. When even that does not help, nothing is published.

The attacker is taken to know every number printed here and elsewhere, which counts are sums of which, and
this rule, hence that "<5" is 1 to 4, "*" is 5 or more, and "[c]" any number. Each suppressed number has two
or more values that agree with all of this. Not protected against: guesses from the choice of one number to
suppress rather than another, and crossing tables that share no more than totals.

The threshold of five is that of the board's own published tables; zeros are shown there too.
"""

from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heappush

from .constraints import INTERVALS, SMALLEST_SHOWN, SUPPRESSED, ConstraintSystem, Deviation, Mark

Key = Hashable
Printed = int | str
# How often the same quantity is tried as a number again;.
ATTEMPTS = 2
LEGEND = {
    "<5": "1 to 4, not shown so that no child can be recognised",
    "*": "5 or more, not shown so that a smaller number cannot be worked out",
    "[c]": "not shown, may be any number, so that a small number cannot be worked out",
}


class CannotPublish(Exception):
    """Report that what is in print already discloses counts, however much is suppressed now.

    `keys` are the quantities that can be deduced.
    """

    def __init__(self, keys: Sequence[Key]) -> None:
        self.keys = tuple(keys)
        super().__init__(
            f"{len(keys)} small number{'s' if len(keys) > 1 else ''} could be worked out from what has been "
            "issued before, whatever is hidden here. Leave this table out, or put rows or columns together."
        )


@dataclass(frozen=True)
class SumConstraint:
    """State that a quantity is the sum of others, whether or not it is printed."""

    total: Key
    parts: tuple[Key, ...]


@dataclass(frozen=True)
class KnownFigure:
    """State what anybody can read elsewhere: the sum of these quantities, as it was printed."""

    parts: tuple[Key, ...]
    text: Printed


def is_suppressed(printed: Printed) -> bool:
    """Return whether this is a mark in the place of a number."""
    return printed in LEGEND


def is_feasible(printed: Printed, value: int) -> bool:
    """Return whether an attacker who reads this must think that value possible."""
    if not isinstance(printed, str):
        return printed == value
    low, high = INTERVALS[Mark(printed)]
    return low <= value <= high


def percentage(part: Printed, base: Printed) -> float | None:
    """Return `part` in 100 of `base`; None when either is suppressed or the base is 0."""
    if isinstance(part, str) or isinstance(base, str) or base == 0:
        return None
    return 100 * part / base


def chart_values(cells: Sequence[Printed]) -> tuple[int | None, ...]:
    """Return what a chart may draw of these cells: None for a suppressed one.

    A bar without its number would show the number by its length.
    """
    return tuple(None if isinstance(cell, str) else cell for cell in cells)


def legend_for(cells: Iterable[Printed]) -> dict[str, str]:
    """Return the marks that occur among these cells, as {mark: meaning}, in the legend's order."""
    found = set(cells)
    return {mark: meaning for mark, meaning in LEGEND.items() if mark in found}


def suppress(
    values: Mapping[Key, int],
    sums: Iterable[SumConstraint],
    shown: Collection[Key],
    known_figures: Iterable[KnownFigure] = (),
) -> dict[Key, Printed]:
    """Return how each of the quantities `shown` is to be printed: its number, "<5", "*" or "[c]".

    values         the true count of every quantity of the constraints, printed or not
    sums           which quantities are the sums of which
    shown          the quantities to be printed now
    known_figures  what is in print elsewhere

    Raise CannotPublish when no suppression protects the small counts, ValueError when a constraint or a
    known figure does not agree with the true counts.
    """
    number_of, counts = _number_quantities(values, sums := list(sums))
    printed = {number_of[key] for key in shown}
    marks = [
        _primary_mark(value) if number in printed else Mark.UNPUBLISHED for number, value in enumerate(counts)
    ]
    numbered = [(number_of[item.total], [number_of[part] for part in item.parts]) for item in sums]
    equations = sorted({_equation(counts, total, parts) for total, parts in numbered if parts != [total]})
    first_stated = len(counts)
    for statement in dict.fromkeys(known_figures):
        if not number_of.keys() >= set(statement.parts):
            raise ValueError(f"{statement.text} is in print of something that is counted in no table.")
        parts = [number_of[part] for part in statement.parts]
        counts.append(sum(counts[part] for part in parts))
        marks.append(_mark_as_printed(statement, counts[-1]))
        equations.append(_equation(counts, len(counts) - 1, parts))
    system = ConstraintSystem(counts, map(dict, equations), marks, range(first_stated, len(counts)))
    witnesses = _suppress_secondary(system)
    _reduce_loss(system, witnesses)
    disclosed = {number for number in system.suppressed() if not system.is_witness(witnesses[number], number)}
    if disclosed:
        raise CannotPublish([key for key in values if number_of[key] in disclosed])
    return {key: _text(system, number_of[key]) for key in dict.fromkeys(shown)}


def _number_quantities(
    values: Mapping[Key, int], sums: Iterable[SumConstraint]
) -> tuple[dict[Key, int], list[int]]:
    """Return a number for each quantity, and the true counts by number.

    A sum of a single part is the same deaths as that part, and gets the same number.
    """
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


def _primary_mark(value: int) -> Mark:
    return Mark.PRIMARY if 0 < value < SMALLEST_SHOWN else Mark.NUMBER


def _mark_as_printed(statement: KnownFigure, value: int) -> Mark:
    if not is_feasible(statement.text, value):
        raise ValueError(f"{statement.text} is in print where the count is {value}.")
    return Mark(statement.text) if isinstance(statement.text, str) else Mark.NUMBER


def _equation(counts: Sequence[int], total: int, parts: Sequence[int]) -> tuple[tuple[int, int], ...]:
    if counts[total] != sum(counts[part] for part in parts) or len(set(parts)) != len(parts):
        raise ValueError("A total is not the sum of its parts.")
    # A part that is the same deaths as the total leaves 0 for the other parts.
    rest = [(part, +1) for part in sorted(parts) if part != total]
    return tuple(rest) if total in parts else ((total, -1), *rest)


def _suppress_secondary(system: ConstraintSystem) -> dict[int, Deviation]:
    """Suppress until every suppressed quantity is protected, and return {quantity: witness}.

    The witness is {} where nothing protects the quantity.
    """
    witnesses: dict[int, Deviation] = {}
    while waiting := [quantity for quantity in system.suppressed() if quantity not in witnesses]:
        for quantity in waiting:
            if quantity not in witnesses:
                deviation = system.cheapest_deviation(quantity) or {}
                system.suppress_for(deviation)
                witnesses |= {quantity: deviation}
                witnesses |= {moved: deviation for moved in deviation if system.marks[moved] in SUPPRESSED}
    return witnesses


def _reduce_loss(system: ConstraintSystem, witnesses: dict[int, Deviation]) -> None:
    """Show secondary suppressions again, the largest first, where suppressing less in their place will do.

    The first pass looks at one quantity at a time, so that later suppressions can make earlier ones
    needless.
    """
    tries: Counter[int] = Counter()
    waiting = [(-system.values[number], number) for number in witnesses]
    heapify(waiting)
    while waiting:
        _, quantity = heappop(waiting)
        is_further = (
            system.marks[quantity] in (Mark.SECONDARY, Mark.UNBOUNDED) and quantity not in system.fixed
        )
        if is_further and tries[quantity] < ATTEMPTS:
            tries[quantity] += 1
            for moved in _try_to_show(system, witnesses, quantity):
                heappush(waiting, (-system.values[moved], moved))


def _try_to_show(system: ConstraintSystem, witnesses: dict[int, Deviation], quantity: int) -> set[int]:
    """Show this quantity if what must be suppressed instead loses less; otherwise leave all as it was.

    Return the quantities that have a new witness, among them those suppressed instead.
    """
    before, left = list(system.marks), system.suppression_cost(quantity) - 1
    dependent = [each for each, deviation in witnesses.items() if quantity in deviation]
    system.not_suppressible.add(quantity)
    system.set_mark(quantity, _primary_mark(system.values[quantity]))
    found: dict[int, Deviation] = {}
    for each in dependent:
        if system.marks[each] in SUPPRESSED and each not in found:
            deviation = system.cheapest_deviation(each, left, is_brief=True)
            if deviation is None:
                for number, mark in enumerate(before):
                    if system.marks[number] != mark:
                        system.set_mark(number, mark)
                found = {}
                break
            left -= system.total_cost(deviation)
            system.suppress_for(deviation)
            found |= {moved: deviation for moved in deviation if system.marks[moved] in SUPPRESSED}
    system.not_suppressible.discard(quantity)
    system.set_mark(quantity, system.marks[quantity])
    witnesses |= found
    return set(found)


def _text(system: ConstraintSystem, number: int) -> Printed:
    mark = system.marks[number]
    return system.values[number] if mark == Mark.NUMBER else mark.value
