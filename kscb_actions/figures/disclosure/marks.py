"""How a count is printed: its number, or a mark in its place; and what a reader knows by a mark.

1 to 4 is printed as "<5", 0 and 5 or more as they are (primary suppression). Where a "<5" could then be
calculated, further numbers of 5 or more, totals among them, are printed as "*" (complementary suppression).
"[c]", any number, stands in reports of earlier years only. The threshold of five is that of the board's own
published tables; zeros are shown there too.
"""

from collections.abc import Iterable, Sequence
from enum import StrEnum

SMALLEST_SHOWN, UNLIMITED = 5, float("inf")
Printed = int | str


class Mark(StrEnum):
    """State what is printed in place of a number."""

    PRIMARY = "<5"
    SECONDARY = "*"
    UNBOUNDED = "[c]"
    UNPUBLISHED = "absent"


# The interval in which a reader who knows the rule places a count, by its mark: from, to.
INTERVALS: dict[Mark, tuple[float, float]] = {
    Mark.PRIMARY: (1, SMALLEST_SHOWN - 1),
    Mark.SECONDARY: (SMALLEST_SHOWN, UNLIMITED),
    Mark.UNBOUNDED: (0, UNLIMITED),
    Mark.UNPUBLISHED: (0, UNLIMITED),
}
LEGEND = {
    "<5": "1 to 4, not shown so that no child can be recognised",
    "*": "5 or more, not shown so that a smaller number cannot be worked out",
}
_EARLIER = {"[c]": "not shown, may be any number, so that a small number cannot be worked out"}


def is_suppressed(printed: Printed) -> bool:
    """Return whether this is a mark in the place of a number."""
    return isinstance(printed, str)


def printed_as(count: int) -> tuple[Printed, Printed, Printed]:
    """Return how a count is printed where it is shown if it may be, hidden, absent with its table."""
    if 0 < count < SMALLEST_SHOWN:
        return Mark.PRIMARY.value, Mark.PRIMARY.value, Mark.UNPUBLISHED.value
    return count, Mark.SECONDARY.value if count else count, Mark.UNPUBLISHED.value


def interval(printed: Printed) -> tuple[float, float]:
    """Return between which numbers, both possible, a reader of this places the count."""
    return INTERVALS[Mark(printed)] if isinstance(printed, str) else (printed, printed)


def is_feasible(printed: Printed, value: int) -> bool:
    """Return whether a reader of this must think that value possible."""
    low, high = interval(printed)
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
    return {mark: meaning for mark, meaning in (LEGEND | _EARLIER).items() if mark in found}
