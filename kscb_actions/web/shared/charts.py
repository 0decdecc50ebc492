"""Where the bars of a stacked chart stand, and the figures of the table that follows it.

Lengths are shares of the width in per cent and heights are pixels, so that the words keep their size on a
telephone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from textwrap import wrap
from typing import Any, NamedTuple

from kscb_actions.reports.content import LETTERS as RATING_LETTERS

# A longer name of a category takes a second line.
LETTERS = 40
LINE = 18


class Label(NamedTuple):
    """The name of a category in lines, its first base line at `top`, and the total of its bar."""

    top: int
    lines: Sequence[str]
    total: int


class Bar(NamedTuple):
    """One part of a bar; `middle` is where its figure stands, None where it is too short for one.

    `letter` stands before the figure and says without colour what is counted; "" where there is no room.
    """

    start: float
    width: float
    top: int
    colour: str
    title: str
    value: int
    middle: float | None
    letter: str = ""


@dataclass(frozen=True)
class Stacked:
    """All that is drawn: bars one below the other, and the height they take."""

    labels: list[Label]
    bars: list[Bar]
    height: int


class Figure(NamedTuple):
    """A figure in the table of a chart: its column, and the address of what it counts."""

    column: str
    number: int
    href: str | None


def stacked_bars(categories: Sequence[str], series: Sequence[Any]) -> Stacked:
    """Place one bar for each category, in parts of each series (name, colour, values: whole numbers)."""
    totals = _totals(categories, series)
    longest = max([1, *totals])
    labels: list[Label] = []
    bars: list[Bar] = []
    top = 0
    for place, category in enumerate(categories):
        lines = _lines(category)
        labels.append(Label(top + 16, lines, totals[place]))
        top += LINE * (len(lines) - 1)
        bars.extend(_parts(category, place, series, top + 22, longest))
        top += 56
    return Stacked(labels, bars, top)


def figure_rows(
    categories: Sequence[str], series: Sequence[Any], links: Sequence[Sequence[str]] | None
) -> list[tuple[str, list[Figure]]]:
    """Return the rows of the table: each category with its figures, the total last.

    `links` are {category: {series: address}} by place; one more in a category is the address of its total.
    """
    columns = [*(each.name for each in series), "Total"]
    totals = _totals(categories, series)
    rows = []
    for place, category in enumerate(categories):
        numbers = [*(each.values[place] for each in series), totals[place]]
        found = [*links[place], None] if links else [None] * len(columns)
        rows.append((category, list(map(Figure, columns, numbers, found))))
    return rows


def _totals(categories: Sequence[str], series: Sequence[Any]) -> list[int]:
    return [sum(each.values[place] for each in series) for place in range(len(categories))]


def _parts(category: str, place: int, series: Sequence[Any], top: int, longest: int) -> list[Bar]:
    parts, drawn = [], 0
    for each in series:
        value = each.values[place]
        if value:
            start, share = 100 * drawn / longest, 100 * value / longest
            middle = round(start + share / 2, 2) if share >= 1 + 3 * len(str(value)) else None
            title, at = f"{category}, {each.name}: {value}", round(start, 2)
            letter = RATING_LETTERS.get(each.name, "") if share >= 4 + 3 * len(str(value)) else ""
            parts.append(Bar(at, round(share, 2), top, each.colour, title, value, middle, letter))
            drawn += value
    return parts


@lru_cache(512)
def _lines(text: str) -> tuple[str, ...]:
    return tuple(wrap(text, LETTERS)) or ("",)
