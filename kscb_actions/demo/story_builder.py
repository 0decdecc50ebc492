"""Building an action's story: a plot in, dated steps out. The same plot always gives the same story."""

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from .schedule import meeting_on_or_after, meeting_on_or_before, on_or_after, on_or_before

Phrases = Mapping[str, Mapping[str, Sequence[str]]]
GENERAL = "general"
QUIET_LIMIT = 85
STEADY_EVERY = 65
SLIPPING_EVERY = 100


class Operation(StrEnum):
    """Name what a step does; each is one operation of the services."""

    UPDATE = "update_progress"
    ADD_EVIDENCE = "add_evidence"
    WITHDRAW_EVIDENCE = "withdraw_evidence"
    REPORT_DONE = "report_done"
    DECIDE = "decide"
    REOPEN = "reopen"
    ASK_EXTENSION = "ask_extension"
    DECIDE_EXTENSION = "decide_extension"
    CHANGE_DUE_DATE = "change_due_date"
    SET_STANDING = "set_standing"


@dataclass(frozen=True)
class StoryStep:
    """Hold what one person does on one day. `hour` is local time; `by` is an email address."""

    on: date
    hour: int
    operation: Operation
    by: str
    payload: Mapping[str, Any]


@dataclass(frozen=True)
class Deciders:
    """Hold who decides on evidence and time, outside the agency: `before` until `since`, then `now`."""

    now: str
    since: date = date.min
    before: str = ""

    def on(self, day: date) -> str:
        """Return the address of who decides on this day."""
        return self.now if day >= self.since else self.before


@dataclass(frozen=True)
class Plot:
    """Hold what a story is about: the action's dates and people, and the words given for it.

    key       reference of the action, "SCR-2011-01/A7"; also seeds the choice of words and days
    thing     what the action is about, a phrase that begins with "the"
    work      which pool of phrases fits (policy, training, audit, practice, meeting, system, post)
    deciders  who decides on evidence and time
    own       words and dates given for this action alone: latest, done, returned, asked, decided, why, …
    """

    key: str
    story: str
    thing: str
    work: str
    lead: str
    deciders: Deciders
    manager: str
    added_on: date
    due_on: date | None
    notes: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    own: Mapping[str, Any] = field(default_factory=dict)


class DoesNotFit(ValueError):
    """Report that the story needs days that its dates do not leave; the text names the action and why."""


class StoryBuilder:
    """Build one plot's steps in order of time, with no phrase used twice before all were used."""

    def __init__(self, plot: Plot, phrases: Phrases, today: date) -> None:
        self.plot, self.phrases, self.today = plot, phrases, today
        self.steps: list[StoryStep] = []
        self.last = plot.added_on
        self.due_on = plot.due_on
        self._used: dict[str, int] = {}
        self._told: set[str] = set()
        self._files = 0

    def some(self, what: str, low: int, high: int) -> int:
        """Return a number from low to high, always the same for this action and `what`."""
        # Not hash(): it differs from one process to the next.
        return low + zlib.crc32(f"{self.plot.key} {what}".encode()) % (high - low + 1)

    def due(self) -> date:
        """Return the due date as it stands in the story. Raise DoesNotFit when there is none."""
        if self.due_on is None:
            raise DoesNotFit(f"{self.plot.key}: the story {self.plot.story} needs a due date")
        return self.due_on

    def words(self, pool: str, own: str = "") -> str:
        """Return the action's own words under `own`, once; then phrases of its work, or general ones."""
        if own in self.plot.own and own not in self._told:
            self._told.add(own)
            return str(self.plot.own[own])
        source = self.phrases[self.plot.work].get(pool) or self.phrases[GENERAL][pool]
        # The middle of a piece of work is written in its order, so it is not begun near its end.
        spare = 3 if pool == "middle" else 1
        at = self._used.setdefault(pool, self.some(pool, 0, max(len(source) - spare, 0)))
        self._used[pool] = at + 1
        thing, number = self.plot.thing, self.some(f"number in {pool}", 5, 28)
        return source[at % len(source)].format(thing=thing, Thing=thing[0].upper() + thing[1:], number=number)

    def step(self, on: date, operation: Operation, by: str | None = None, **payload: Any) -> date:
        """Add a step on the first working day from `on` that is not before the last step.

        `by` takes it; without, whoever decides on that day.
        """
        on = max(on_or_after(on), self.last)
        if on > on_or_before(self.today):
            raise DoesNotFit(f"{self.plot.key}: the story {self.plot.story} would reach {on}")
        hour = self.some(f"hour {len(self.steps)}", 9, 16)
        if self.steps and self.steps[-1].on == on:
            hour = max(hour, self.steps[-1].hour)
        self.steps.append(StoryStep(on, hour, operation, by or self.plot.deciders.on(on), payload))
        self.last = on
        return on

    def update(self, on: date, narrative: str, progress: str = "in_progress") -> date:
        """Let the lead report progress, and return the day."""
        return self.step(on, Operation.UPDATE, self.plot.lead, progress=progress, narrative=narrative)

    def work(self, until: date, notes: Sequence[str] | None = None) -> None:
        """Let the lead report from the start up to `until`, with no long silence.

        Own notes are spread evenly, or come on the day they begin with ("2011-07-04 | …"); without any,
        phrases are used.
        """
        start = self.last + timedelta(days=self.some("start", 12, 24))
        given = list(self.plot.notes if notes is None else notes)
        span = (until - start).days
        if span < 0:
            return
        if not given:
            count = 1 + min(span // 70, 3)
            given = [self.words("start"), *(self.words("middle") for _ in range(count - 1))]
        parts = max(len(given) - 1, 1)
        for number, note in enumerate(given):
            pinned, narrative = _pinned(note)
            on = pinned or start + timedelta(days=span * number // parts)
            self._fill(on)
            self.update(on, narrative)
        self._fill(until)

    def _fill(self, on: date) -> None:
        if not self.steps:
            return
        while (on - self.last).days > QUIET_LIMIT:
            late = self.due_on is not None and self.last > self.due_on
            days = SLIPPING_EVERY if late else STEADY_EVERY
            if (on - self.last).days <= days:
                return
            self.update(self.last + timedelta(days=days), self.words("slipping" if late else "steady"))

    def one_word(self, after: timedelta) -> None:
        """Let the lead report once, `after` the action was given: the first note, or a phrase."""
        _, narrative = _pinned((*self.plot.notes, self.words("start"))[0])
        self.update(self.last + after, narrative)

    def latest(self, pool: str) -> None:
        """Add the last report before today: the action's own, or one of `pool`."""
        pinned, narrative = _pinned(self.words(pool, own="latest"))
        recent = on_or_before(self.today - timedelta(days=self.some("latest", 3, 17)))
        self.update(pinned or recent, narrative)

    def evidence(self, on: date, descriptions: Sequence[str]) -> None:
        """Let the lead attach evidence; each description reads "kind | what it shows"."""
        for description in descriptions:
            kind, _, shows = description.partition(" | ")
            self._files += 1
            dated_on = max(on - timedelta(days=self.some(f"dated {self._files}", 2, 20)), self.plot.added_on)
            self.step(
                on, Operation.ADD_EVIDENCE, self.plot.lead, kind=kind, dated_on=dated_on, description=shows
            )

    def finish(self, on: date) -> date:
        """Let the lead attach the evidence and report the action done, and return the day."""
        given = self.plot.evidence or [self.words("evidence") for _ in range(self.some("pieces", 1, 2))]
        self.evidence(on, given)
        return self.step(on, Operation.REPORT_DONE, self.plot.lead, narrative=self.words("done", own="done"))

    def finish_again(self, on: date) -> date:
        """Let the lead attach what was missing and report done once more, and return the day."""
        self.evidence(on, [self.words("evidence")])
        narrative = self.words("again", own="again")
        return self.step(on, Operation.REPORT_DONE, self.plot.lead, narrative=narrative)

    def judge(self, accepted: bool) -> date:
        """Let the decider accept or return it at the next meeting that leaves three days to read."""
        on = meeting_on_or_after(self.last + timedelta(days=3))
        pool = "accepted" if accepted else "returned"
        reason = self.words(pool, own=pool)
        return self.step(on, Operation.DECIDE, accepted=accepted, reason=reason)

    def last_judged_on(self) -> date:
        """Return the last day on which something submitted could still be decided on by today."""
        return meeting_on_or_before(self.today) - timedelta(days=5)

    def ask(self, on: date, until: date, own: str = "asked") -> None:
        """Let the lead ask for more time."""
        reason = self.words("asked", own=own)
        self.step(on, Operation.ASK_EXTENSION, self.plot.lead, due_on=on_or_before(until), reason=reason)

    def answer(self, on: date, agreed: bool, until: date | None = None, pool: str = "") -> None:
        """Let the decider agree to more time, until `until`, or refuse it."""
        reason = self.words(pool or ("agreed" if agreed else "refused"), own="decided")
        self.step(on, Operation.DECIDE_EXTENSION, agreed=agreed, reason=reason)
        if agreed and until is not None:
            self.due_on = on_or_before(until)

    def standing(self, on: date, standing: str, reason: str) -> None:
        """Let the manager stop an action or take it up again."""
        self.step(on, Operation.SET_STANDING, self.plot.manager, standing=standing, reason=reason)


def _pinned(note: str) -> tuple[date | None, str]:
    day, bar, narrative = note.partition(" | ")
    return (date.fromisoformat(day), narrative) if bar else (None, note)
