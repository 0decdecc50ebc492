"""The ladder of reminders: what falls due for whom. Plain values in, plain values out.

What waits climbs a ladder of stages: so many days before or after its due date (settings, chase offsets).
A run asks about the latest stage reached by that day and no earlier one, so that days without a run are
caught up once and never in a heap. A new due date begins a new ladder.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Generic, Protocol, TypeVar

from kscb_actions.access.policy import Role, Viewer
from kscb_actions.wording import date_uk, plural


@dataclass(frozen=True)
class Chased:
    """A reminder that has gone out: the stage, of which due date, on which day.

    row_id, message_id  the rows that recorded it; 0 where they are not known
    lost_to  the person whom it has not reached, for as long as the address waits to be put right
    is_lost  whether it was not given: it never reached anybody, or was taken back before it went
    """

    stage: int
    due_on: date
    chased_on: date
    row_id: int = 0
    message_id: int = 0
    lost_to: int | None = None
    is_lost: bool = False

    @property
    def begins_on(self) -> date:
        """Return the first day of its stage."""
        return self.due_on + timedelta(days=self.stage)


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
# What messages are about, in their first line.
TRACKER = "review and action tracker"
NEVER_AHEAD: Mapping[date, date] = {}


@dataclass(frozen=True)
class Item(Generic[W]):
    """One thing in a digest. Not `is_asked`: the person is told because nobody can be asked to do it."""

    waiting: W
    stage: int
    is_asked: bool = True

    def facts(self, on: date) -> dict[str, Any]:
        """Return what the row of a reminder that goes out on a day says of it, {column: value}."""
        return {"stage": self.stage, "due_on": self.waiting.due_on, "chased_on": on, "repeat": self.repeat}

    @property
    def repeat(self) -> int:
        """Return how often this stage of this due date was chased before, each time too early or in vain."""
        same = (self.stage, self.waiting.due_on)
        return sum((one.stage, one.due_on) == same for one in self.waiting.chased)


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


def set_back(runs: Sequence[date], today: date) -> dict[date, date]:
    """Return {day of a run that lies after today: the earliest day of a run since}, the newest run last.

    Such a run was done by a clock that was ahead, and the days since then by one that had been set back.
    """
    return {day: min((*runs[at + 1 :], today)) for at, day in enumerate(runs) if day > today}


def stage_to_chase(
    waiting: Waiting, on: date, offsets: Iterable[int], earliest_since: Mapping[date, date] = NEVER_AHEAD
) -> int | None:
    """Return the stage to remind of on this day; None when nothing is new.

    Not a stage at or below one that was chased for the same due date, and not twice on one day. What was
    chased before its stage had begun, by a clock that was ahead (`earliest_since`, as `set_back` gives it),
    does not count, nor does what was lost.
    """
    stage = stage_reached(waiting.due_on, on, offsets)
    if stage is None:
        return None
    for one in waiting.chased:
        if one.is_lost or one.begins_on > earliest_since.get(one.chased_on, date.max):
            continue
        if one.chased_on == on or (one.due_on == waiting.due_on and one.stage >= stage):
            return None
    return stage


def plan(
    waiting: Iterable[W],
    whom_to_ask: Callable[[W, Sequence[Viewer]], tuple[Sequence[Viewer], bool]],
    people: Sequence[Viewer],
    on: date,
    offsets: Sequence[int],
    earliest_since: Mapping[date, date] = NEVER_AHEAD,
) -> Plan[W]:
    """Return a digest for each person something is new for, by address; the longest overdue first in each.

    whom_to_ask     who of `people` is told of one thing, and whether they are asked to do it
    earliest_since  what runs of a clock that was ahead are to be held against (see `set_back`)
    """
    parts: dict[Viewer, list[Item[W]]] = {}
    without_recipient = []
    for each in sorted(waiting, key=lambda one: (one.due_on, one.place)):
        stage = stage_to_chase(each, on, offsets, earliest_since)
        if stage is None:
            continue
        receivers, is_asked = whom_to_ask(each, people)
        for person in receivers:
            parts.setdefault(person, []).append(Item(each, stage, is_asked))
        if not receivers:
            without_recipient.append(each)
    ordered = sorted(parts, key=lambda person: person.email)
    return Plan(tuple(Digest(person, tuple(parts[person])) for person in ordered), tuple(without_recipient))


def asked_or_managers(
    asked: tuple[Viewer, ...], named: frozenset[int] | None, people: Sequence[Viewer]
) -> tuple[tuple[Viewer, ...], bool]:
    """Return who is told and whether they are asked to do it: `asked`; where it is nobody, board managers.

    `named` are those who may know of a restricted review; None when it is about none.
    """
    if asked:
        return asked, True
    allowed = (person for person in people if named is None or person.id in named)
    return tuple(person for person in allowed if Role.MANAGER in person.roles), False


def subject_of(digest: Digest[W], one: str, many: str) -> str:
    """Return how many wait for an answer, and which comes first. Nothing of a case but the reference."""
    count, first = len(digest.items), digest.items[0].waiting.label
    words = f"{plural(count, one, many)} for an answer"
    return f"{words} ({first})" if count == 1 else f"{words} ({first} first)"


def body_of(digest: Digest[W], asked: str, orphaned: str, paragraph: Callable[[W], str], end: str) -> str:
    """Return the text of a digest: what somebody is asked to do, then what nobody else can be asked to do.

    asked, orphaned  what stands before each of the two, where there is any
    """
    parts: list[str] = []
    for heading, is_asked in ((asked, True), (orphaned, False)):
        found = [paragraph(item.waiting) for item in digest.items if item.is_asked == is_asked]
        parts += [heading, *found] if found else []
    return "\n\n".join([*parts, end])


def heading_of(board: str, on: date, what: str = TRACKER) -> str:
    """Return the first line of every message: whose it is, of what, and of which day."""
    return f"{board}: {what}, {date_uk(on)}."


def due_words(due_on: date, on: date) -> str:
    """Return how far a due date is, such as "Overdue by 7 days: it was due on 1 March 2012"."""
    left = (due_on - on).days
    count = plural(abs(left), "day")
    if left < 0:
        return f"Overdue by {count}: it was due on {date_uk(due_on)}"
    return f"Due {'today' if left == 0 else f'in {count}'}: {date_uk(due_on)}"
