"""Where the line of a measure stands: across in per cent of the width, down in pixels.

So the words keep their size on a telephone. What is drawn differs by its stroke and its shape, not by colour.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from kscb_actions.measures.queries import Accepted, Shown

# The plot in pixels from the top, and what is left free at its sides, in per cent.
TOP, BOTTOM = 40, 220
LEFT, RIGHT = 12, 88
HEIGHT = 290
# A reading is named where its words have room beside those of others on a telephone, in per cent.
_ROOM = 24


@dataclass(frozen=True)
class Dot:
    """A reading: where it stands, its number and its period; `name` is its period where it is named below."""

    x: float
    y: float
    value: str
    period: str
    name: str


@dataclass(frozen=True)
class Mark:
    """When actions were accepted: its place, and the number in the list of its day and its actions.

    Without a day it is a whole period, and the number how many there were.
    """

    x: float
    number: int
    on: date | None = None
    actions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Drawn:
    """All that is drawn; nothing without a reading."""

    dots: tuple[Dot, ...]
    marks: tuple[Mark, ...]
    target_y: float
    target: str
    alt: str

    @property
    def steps(self) -> list[tuple[Dot, Dot]]:
        """Return the pairs of readings between which the line goes."""
        return list(zip(self.dots, self.dots[1:], strict=False))


def drawn(shown: Shown, accepted: Sequence[Accepted]) -> Drawn:
    """Return the line of a measure with its target and the days on which its actions were accepted."""
    ends = [each.period.ends_on for each in shown.readings]
    days = [*ends, *(each.on for each in accepted)] if ends else []
    target = Decimal(shown.measure.target)
    values = [each.value for each in shown.readings]
    down = downwards([target, *values])

    def across(day: date) -> float:
        first, last = min(days), max(days)
        share = (day - first).days / (last - first).days if last > first else 0.5
        return round(LEFT + share * (RIGHT - LEFT), 2)

    are_named = named([across(each) for each in ends])
    dots = tuple(
        Dot(
            across(each.period.ends_on),
            down(each.value),
            shown.value_words(each.value),
            each.period.words,
            each.period.words if place in are_named else "",
        )
        for place, each in enumerate(shown.readings)
    )
    marks = _marks(accepted, across) if dots else ()
    words = shown.value_words(target)
    return Drawn(dots, marks, down(target), words, _alt(shown, words, marks))


def downwards(values: Sequence[Decimal]) -> Callable[[Decimal], float]:
    """Return what says how far down each of these values stands, the highest at the top."""
    lowest, highest = min(values), max(values)

    def down(value: Decimal) -> float:
        share = float((value - lowest) / (highest - lowest)) if highest > lowest else 0.5
        return round(BOTTOM - share * (BOTTOM - TOP), 1)

    return down


def _marks(accepted: Sequence[Accepted], across: Callable[[date], float]) -> tuple[Mark, ...]:
    by_day: dict[date, list[str]] = {}
    for each in accepted:
        by_day.setdefault(each.on, []).append(each.action.reference)
    return tuple(
        Mark(across(day), number, day, tuple(by_day[day]))
        for number, day in enumerate(sorted(by_day), start=1)
    )


def named(places: Sequence[float]) -> set[int]:
    """Return which readings are named: the last, the first, and those between that have room."""
    found: list[int] = []
    for place in dict.fromkeys((len(places) - 1, 0, *range(len(places)))):
        if places and all(abs(places[place] - places[other]) >= _ROOM for other in found):
            found.append(place)
    return set(found)


def _alt(shown: Shown, target: str, marks: Sequence[Mark]) -> str:
    readings = "; ".join(f"{each.period.words}: {shown.value_words(each.value)}" for each in shown.readings)
    days = f" On {len(marks)} days actions were accepted; the list has them." if marks else ""
    return f"A line through the readings {readings}. The target is {target}.{days}"
