"""Agreement over time as a chart: where each point and line lies, and the chart in words.

Horizontal positions are percentages of the width, so that the chart fits any screen; vertical ones are
pixels.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from kscb_actions.wording import plural

from .rules import FEW, Agreement

# Where 1 lies and where the lowest level; the outermost points across.
TOP, BOTTOM = 40, 240
LEFT, RIGHT = 10.0, 92.0
# The points of a period stand so far beside each other where there is room; numbers overlap where it is less
# than the second, and then they stand in the table alone.
BESIDE, ROOM_FOR_NUMBER = 12.0, 10.0
MOST_NAMED = 4


@dataclass(frozen=True)
class Point:
    """Hold the kappa of a period, over cases that `raters` members judged each, be they few or enough."""

    period: str
    raters: int
    value: float
    x: float
    y: int
    is_few: bool

    @property
    def text(self) -> str:
        """Return the kappa as it is printed."""
        return f"{self.value:.2f}".replace("-", "−")


@dataclass(frozen=True)
class AgreementChart:
    """Hold the chart.

    lines   pairs of points to be joined: of the same number of members, in periods that follow each other
    names   (x, name, where the text is anchored) of the periods that are named levels  (y, number) of the
    horizontal lines has_numbers  is there room for the kappa at each point?
    """

    points: tuple[Point, ...]
    lines: tuple[tuple[Point, Point], ...]
    names: tuple[tuple[float, str, str], ...]
    levels: tuple[tuple[int, str], ...]
    alt: str
    has_numbers: bool


def agreement_chart(periods: Sequence[tuple[str, Sequence[Agreement]]]) -> AgreementChart | None:
    """Return the chart of these periods, (name, agreement), the oldest first; None without any kappa."""
    every = [each for _, found in periods for each in found if each.kappa.value is not None]
    if not every:
        return None
    numbers = sorted({each.raters for each in every})
    least = min(each.kappa.value or 0.0 for each in every)
    lowest = -1.0 if least < -0.5 else -0.5 if least < 0 else 0.0
    spacing = min(BESIDE, (RIGHT - LEFT) / (len(periods) * len(numbers)))
    half_width = spacing * (len(numbers) - 1) / 2
    middles = _spread(LEFT + half_width, RIGHT - half_width, len(periods))
    columns = [
        [
            _point(name, each, middle - half_width + spacing * numbers.index(each.raters), lowest)
            for each in found
            if each.kappa.value is not None
        ]
        for middle, (name, found) in zip(middles, periods, strict=True)
    ]
    points = tuple(point for column in columns for point in column)
    places = sorted(
        middle - half_width + spacing * number for middle in middles for number in range(len(numbers))
    )
    gaps = [after - before for before, after in pairwise(places)]
    return AgreementChart(
        points,
        _joined(columns),
        _named([name for name, _ in periods], middles),
        tuple((_down(level, lowest), f"{level:g}".replace("-", "−")) for level in _levels(lowest)),
        _alt(points),
        has_numbers=min(gaps, default=ROOM_FOR_NUMBER) >= ROOM_FOR_NUMBER,
    )


def _levels(lowest: float) -> list[float]:
    return [level / 2 for level in range(2, int(lowest * 2) - 1, -1)]


def _point(period: str, agreement: Agreement, x: float, lowest: float) -> Point:
    value = agreement.kappa.value or 0.0
    is_few = agreement.kappa.cases < FEW
    return Point(period, agreement.raters, value, round(x, 2), _down(value, lowest), is_few)


def _spread(first: float, last: float, number: int) -> list[float]:
    """Return so many positions from the first to the last; a single one in the middle."""
    if number == 1:
        return [(first + last) / 2]
    return [first + (last - first) * place / (number - 1) for place in range(number)]


def _down(value: float, lowest: float) -> int:
    return round(TOP + (BOTTOM - TOP) * (1 - value) / (1 - lowest))


def _joined(columns: Sequence[Sequence[Point]]) -> tuple[tuple[Point, Point], ...]:
    """Return each point with that of the same number of members in the next period."""
    pairs = []
    before: dict[int, Point] = {}
    for column in columns:
        now = {point.raters: point for point in column}
        pairs += [(before[raters], point) for raters, point in now.items() if raters in before]
        before = now
    return tuple(pairs)


def _named(names: Sequence[str], middles: Sequence[float]) -> tuple[tuple[float, str, str], ...]:
    """Return the names of the periods, of many only the first and the last, kept inside the chart."""
    last = len(names) - 1
    places = range(len(names)) if len(names) <= MOST_NAMED else (0, last)
    anchors = {0: "start", last: "end"} if last else {}
    return tuple((round(middles[at], 2), names[at], anchors.get(at, "middle")) for at in places)


def _alt(points: Sequence[Point]) -> str:
    """Return the chart in words: how many points, and the latest kappa of each number of members."""
    latest = {point.raters: point for point in points}
    readings = [
        f"{each.text} in {each.period} with {plural(raters, 'member')} on each case"
        for raters, each in sorted(latest.items())
    ]
    return f"{plural(len(points), 'point')}. The latest kappa is {'; '.join(readings)}."
