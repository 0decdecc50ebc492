"""Where the bars of a chart stand on a page: lengths in per cent of its width, heights in pixels.

So the words keep their size on a telephone. For bars side by side, where a number may be missing.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from textwrap import wrap

from kscb_actions.reports.content import Chart

# Letters in a line; all other lengths are pixels, but for the longest bar, which is per cent of the width.
_LETTERS = 40
_LINE = 18
_BAR = 20
_GAP = 12
_APART = 3
# The longest bar leaves room for its figure, which stands after it.
_LONGEST = 84


@dataclass(frozen=True)
class Lines:
    """Lines of text from `top`; `figure` stands before them in bold."""

    top: int
    lines: tuple[str, ...]
    figure: str = ""

    @property
    def height(self) -> int:
        """Return how much room they take, in pixels."""
        return _LINE * len(self.lines)


@dataclass(frozen=True)
class PlacedBar:
    """A bar at `top`, `share` per cent of the width long; `figure` stands after it, if not in its label."""

    top: int
    share: float
    colour: str
    title: str
    figure: str = ""
    height: int = _BAR


@dataclass(frozen=True)
class ChartLayout:
    """All that is drawn. `labels` name the categories, `marks` what has no bar."""

    labels: tuple[Lines, ...]
    marks: tuple[Lines, ...]
    bars: tuple[PlacedBar, ...]
    height: int


def layout_of(chart: Chart) -> ChartLayout:
    """Return the chart as a picture: bars one below the other, and a text for a number that is not shown.

    With one series the figure or mark stands before the category; with several each has a line of its own.
    """
    numbers = [value for each in chart.series for value in each.values if not isinstance(value, str)]
    longest = max([1, *numbers])
    labels: list[Lines] = []
    drawn: list[PlacedBar | Lines] = []
    top = 0
    for place, category in enumerate(chart.categories):
        only = _text(chart.series[0].values[place]) if len(chart.series) == 1 else ""
        labels.append(Lines(top, _lines(category), only))
        top += labels[-1].height + 4
        for each in _row(chart, place, top, longest):
            drawn.append(each)
            top = each.top + each.height + _APART
        top += _GAP
    marks = tuple(each for each in drawn if isinstance(each, Lines))
    bars = tuple(each for each in drawn if isinstance(each, PlacedBar))
    return ChartLayout(tuple(labels), marks, bars, top)


def _row(chart: Chart, place: int, top: int, longest: int) -> Iterator[PlacedBar | Lines]:
    is_only = len(chart.series) == 1
    for series in chart.series:
        value = series.values[place]
        if value and not isinstance(value, str):
            title = f"{chart.categories[place]}, {series.name}: {value:,}"
            share = round(_LONGEST * value / longest, 2)
            found: PlacedBar | Lines = PlacedBar(
                top, share, series.colour, title, "" if is_only else _text(value)
            )
        elif is_only:
            continue
        else:
            found = Lines(top, _lines(f"{series.name}: {_text(value)}"))
        yield found
        top += found.height + _APART


def _text(value: int | str) -> str:
    return value if isinstance(value, str) else f"{value:,}"


def _lines(text: str) -> tuple[str, ...]:
    return tuple(wrap(text, _LETTERS)) or ("",)
