"""The ladder of reminders: what falls due for whom. Plain values in, plain values out.

What waits climbs a ladder of stages: so many days before or after its due date (settings, chase offsets).
A run asks about the latest stage reached by that day and no earlier one, so that days without a run are
caught up once and never in a heap. A new due date begins a new ladder.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Generic, Protocol, TypeVar

from kscb_actions.access.policy import Viewer
from kscb_actions.wording import date_uk, plural


@dataclass(frozen=True)
class Chased:
    """A reminder that has gone out: the stage, of which due date, on which day."""

    stage: int
    due_on: date
    chased_on: date


class Waiting(Protocol):
    """What climbs the ladder, such as an open action. A frozen dataclass, so that it can be a key."""

    @property
    def due_on(self) -> date:
        """Return the day from which its stages are counted."""

    @property
    def chased(self) -> tuple[Chased, ...]:
        """Return the reminders that have gone out."""

    @property
    def place(self) -> Any:
        """Return where it stands among those due on one day; sorts."""

    @property
    def label(self) -> str:
        """Return what an operator calls it. Nothing of a case."""


W = TypeVar("W", bound=Waiting)


@dataclass(frozen=True)
class Item(Generic[W]):
    """One thing in a digest. Not `is_asked`: the person is told because nobody can be asked to do it."""

    waiting: W
    stage: int
    is_asked: bool = True


@dataclass(frozen=True)
class Digest(Generic[W]):
    """All that one person is sent on one day."""

    to: Viewer
    items: tuple[Item[W], ...]


@dataclass(frozen=True)
class Plan(Generic[W]):
    """Who is sent what, and of what nobody at all may be told."""

    digests: tuple[Digest[W], ...] = ()
    without_recipient: tuple[W, ...] = ()


def stage_reached(due_on: date, on: date, offsets: Iterable[int]) -> int | None:
    """Return the latest stage that has begun by `on`; None before the first."""
    return max((offset for offset in offsets if due_on + timedelta(days=offset) <= on), default=None)


def stage_to_chase(waiting: Waiting, on: date, offsets: Iterable[int]) -> int | None:
    """Return the stage to remind of on this day; None when nothing is new.

    Not a stage at or below one that was chased for the same due date, and not twice on one day.
    """
    stage = stage_reached(waiting.due_on, on, offsets)
    if stage is None:
        return None
    for one in waiting.chased:
        if one.chased_on == on or (one.due_on == waiting.due_on and one.stage >= stage):
            return None
    return stage


def plan(
    waiting: Iterable[W],
    whom_to_ask: Callable[[W, Sequence[Viewer]], tuple[Sequence[Viewer], bool]],
    people: Sequence[Viewer],
    on: date,
    offsets: Sequence[int],
) -> Plan[W]:
    """Return a digest for each person something is new for, by address; the longest overdue first in each.

    whom_to_ask  who of `people` is told of one thing, and whether they are asked to do it
    """
    parts: dict[Viewer, list[Item[W]]] = {}
    without_recipient = []
    for each in sorted(waiting, key=lambda one: (one.due_on, one.place)):
        stage = stage_to_chase(each, on, offsets)
        if stage is None:
            continue
        receivers, is_asked = whom_to_ask(each, people)
        for person in receivers:
            parts.setdefault(person, []).append(Item(each, stage, is_asked))
        if not receivers:
            without_recipient.append(each)
    ordered = sorted(parts, key=lambda person: person.email)
    return Plan(tuple(Digest(person, tuple(parts[person])) for person in ordered), tuple(without_recipient))


def due_words(due_on: date, on: date) -> str:
    """Return how far a due date is, such as "Overdue by 7 days: it was due on 1 March 2012"."""
    left = (due_on - on).days
    count = plural(abs(left), "day")
    if left < 0:
        return f"Overdue by {count}: it was due on {date_uk(due_on)}"
    return f"Due {'today' if left == 0 else f'in {count}'}: {date_uk(due_on)}"
