"""What falls due for whom, and what the digest says. Plain values in, plain values out.

An action climbs a ladder of stages: so many days before or after its due date (settings, chase offsets).
A run asks about the latest stage reached by that day and no earlier one, so that days without a run are
caught up once and never in a heap. A new due date begins a new ladder.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

from kscb_actions.access.policy import Permission, Reach, Role, Viewer, reach
from kscb_actions.wording import date_uk, plural


@dataclass(frozen=True)
class Chased:
    """A reminder that has gone out: the stage, of which due date, on which day."""

    stage: int
    due_on: date
    chased_on: date


class Climbing(Protocol):
    """What climbs the ladder: an action, or an agency's return on a child's death."""

    @property
    def due_on(self) -> date:
        """The day from which its stages are counted."""

    @property
    def chased(self) -> tuple[Chased, ...]:
        """The reminders that have gone out."""


@dataclass(frozen=True)
class Open:
    """An open action with a due date, as chasing knows it.

    review  the review's reference
    named   who may know of a restricted review, by id; None when it is not restricted
    """

    action_id: int
    review_id: int
    review: str
    number: int
    agency_id: int
    lead_id: int | None
    due_on: date
    named: frozenset[int] | None = None
    chased: tuple[Chased, ...] = ()

    @property
    def reference(self) -> str:
        """The reference people use, like SCR-2011-02/A7."""
        return f"{self.review}/A{self.number}"


@dataclass(frozen=True)
class Item:
    """One action in a digest. Not `is_asked`: a manager is told, since nobody in the agency can be asked."""

    action: Open
    stage: int
    is_asked: bool


@dataclass(frozen=True)
class Digest:
    """All that one person is sent on one day."""

    to: Viewer
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Plan:
    """Who is sent what, and which actions nobody at all may be told of."""

    digests: tuple[Digest, ...] = ()
    untold: tuple[Open, ...] = ()


def stage_reached(due_on: date, on: date, offsets: Iterable[int]) -> int | None:
    """The latest stage that has begun by `on`; None before the first."""
    return max((offset for offset in offsets if due_on + timedelta(days=offset) <= on), default=None)


def stage_to_chase(action: Climbing, on: date, offsets: Iterable[int]) -> int | None:
    """The stage to remind of on this day; None when nothing is new.

    Not a stage at or below one that was chased for the same due date, and not twice on one day.
    """
    stage = stage_reached(action.due_on, on, offsets)
    if stage is None:
        return None
    for one in action.chased:
        if one.chased_on == on or (one.due_on == action.due_on and one.stage >= stage):
            return None
    return stage


def whom_to_ask(action: Open, people: Iterable[Viewer]) -> tuple[tuple[Viewer, ...], bool]:
    """Who of the active `people` is asked about an action, and whether they can do it themselves.

    Its lead; else every lead of its agency; else the board managers, who are told that nobody can be
    asked. Of a restricted review only those named on it.
    """
    allowed = [person for person in people if action.named is None or person.id in action.named]
    leads = [p for p in allowed if p.agency_id == action.agency_id and Role.AGENCY_LEAD in p.roles]
    if leads:
        return tuple([p for p in leads if p.id == action.lead_id] or leads), True
    return tuple(p for p in allowed if Role.MANAGER in p.roles), False


def plan(actions: Iterable[Open], people: Sequence[Viewer], on: date, offsets: Sequence[int]) -> Plan:
    """One digest for each person something is new for, by address; the longest overdue first in each."""
    parts: dict[Viewer, list[Item]] = {}
    untold = []
    for action in sorted(actions, key=lambda each: (each.due_on, each.review, each.number)):
        stage = stage_to_chase(action, on, offsets)
        if stage is None:
            continue
        receivers, is_asked = whom_to_ask(action, people)
        for person in receivers:
            parts.setdefault(person, []).append(Item(action, stage, is_asked))
        if not receivers:
            untold.append(action)
    ordered = sorted(parts, key=lambda person: person.email)
    return Plan(tuple(Digest(person, tuple(parts[person])) for person in ordered), tuple(untold))


def subject(digest: Digest, on: date) -> str:
    """How many, how urgent and which first, such as "2 actions need you: 2 due soon (SCR-2011-01/A3 first)".

    Nothing of a case but the reference.
    """
    left = [(item.action.due_on - on).days for item in digest.items]
    kinds = (
        (sum(days < 0 for days in left), "overdue"),
        (left.count(0), "due today"),
        (sum(days > 0 for days in left), "due soon"),
    )
    urgency = ", ".join(f"{count} {words}" for count, words in kinds if count)
    which = digest.items[0].action.reference
    if len(left) == 1:
        return f"1 action needs you: {urgency} ({which})"
    return f"{len(left)} actions need you: {urgency} ({which} first)"


def body(digest: Digest, on: date, board: str, base_url: str) -> str:
    """The text: for each action its reference, what fell due, when, and the link to it. Nothing of a case."""
    asked = [item for item in digest.items if item.is_asked]
    orphaned = [item for item in digest.items if not item.is_asked]
    parts = [f"{board}: review and action tracker, {date_uk(on)}."]
    if asked:
        parts.append("Please say how far these are, or report them done:")
        parts += [_paragraph(item.action, on, base_url) for item in asked]
    if orphaned:
        parts.append(
            "Nobody in the agency can be asked about these: no agency lead is active there who may see the "
            "review. Name a lead, or ask the agency yourself:"
        )
        parts += [_paragraph(item.action, on, base_url) for item in orphaned]
    if reach(digest.to, Permission.SEE_OWN_WORK) is not Reach.NONE:
        parts.append(f"All your actions:\n{base_url}/my-actions")
    else:
        parts.append(f"All that needs attention:\n{base_url}/attention")
    return "\n\n".join(parts)


def _paragraph(action: Open, on: date, base_url: str) -> str:
    link = f"{base_url}/reviews/{action.review}/actions/{action.number}"
    return f"{action.reference}\n{due_words(action.due_on, on)}\n{link}"


def due_words(due_on: date, on: date) -> str:
    """How far a due date is, such as "Overdue by 7 days: it was due on 1 March 2012"."""
    left = (due_on - on).days
    count = plural(abs(left), "day")
    if left < 0:
        return f"Overdue by {count}: it was due on {date_uk(due_on)}"
    return f"Due {'today' if left == 0 else f'in {count}'}: {date_uk(due_on)}"
