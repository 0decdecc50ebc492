"""A ladder of reminders: its rungs, which one is reached on a day, and what may not be kept. Plain values.

A rung is so many days before or after the day from which its subject is counted. The last one repeats every
so many days for as long as the thing waits, so that nothing open falls silent.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cached_property
from itertools import pairwise
from typing import Any

from kscb_actions.terms import LazyText, say_all
from kscb_actions.text import LONGEST_REASON, why_too_long
from kscb_actions.wording import plural

from .words import FIELDS, problem_with_words

FURTHEST_DAYS = 365
LONGEST_REPEAT = 90
MOST_RUNGS = 12
# Boards that have set no days of their own begin with these, counted from the due date.
FIRST_DAYS = (-14, 0, 7, 28)
REPEATS_EVERY = 28


class Recipient(StrEnum):
    """Who can be told on a rung, by the post that they hold for the thing that waits."""

    LEAD = "lead"
    OTHER_LEADS = "other_leads"
    BOARD_MEMBER = "board_member"
    CHAIR = "chair"
    INDEPENDENT_CHAIR = "independent_chair"
    MANAGER = "manager"
    COORDINATOR = "coordinator"
    PANEL_MEMBERS = "panel_members"


RECIPIENT_NAMES = say_all(
    {
        Recipient.LEAD: "Whoever leads it, or is to answer it",
        Recipient.OTHER_LEADS: "The agency’s other leads",
        Recipient.BOARD_MEMBER: "The agency’s Board member",
        Recipient.CHAIR: "SCR subgroup chair",
        Recipient.INDEPENDENT_CHAIR: "Independent chair",
        Recipient.MANAGER: "Board manager",
        Recipient.COORDINATOR: "CDOP co-ordinator",
        Recipient.PANEL_MEMBERS: "The agency’s panel members",
    }
)
OF_AGENCY = (Recipient.LEAD, Recipient.OTHER_LEADS, Recipient.BOARD_MEMBER)
OF_BOARD = (Recipient.CHAIR, Recipient.INDEPENDENT_CHAIR, Recipient.MANAGER)


@dataclass(frozen=True)
class Rung:
    """One step of a ladder.

    days   from the day that is counted from; negative: before it
    to     who is reminded
    copy   who is told that they were
    words  what stands beside the reference, the date and the link (see `words`); "" for nothing
    every  after how many days it comes again, and again; None for all but the last
    """

    days: int
    to: tuple[Recipient, ...]
    copy: tuple[Recipient, ...] = ()
    words: str = ""
    every: int | None = None


@dataclass(frozen=True)
class Ladder:
    """The rungs of a ladder in the order of their days; the last repeats."""

    rungs: tuple[Rung, ...]

    @cached_property
    def _days(self) -> list[int]:
        return [rung.days for rung in self.rungs]

    @property
    def first(self) -> int:
        """Return the days of the first rung."""
        return self._days[0]

    @property
    def longest_silence(self) -> int:
        """Return how many days at most lie between two reminders of a thing that waits."""
        steps = [later - earlier for earlier, later in pairwise(self._days)]
        return max([*steps, self.rungs[-1].every or 0])

    def stage_on(self, due_on: date, on: date) -> int | None:
        """Return the latest stage that has begun by `on`, in days from `due_on`; None before the first.

        Each repetition of the last rung is a stage of its own.
        """
        days, last = (on - due_on).days, self.rungs[-1]
        if last.every and days >= last.days:
            return days - (days - last.days) % last.every
        begun = bisect_right(self._days, days)
        return self._days[begun - 1] if begun else None

    def rung_of(self, stage: int) -> Rung:
        """Return the rung to which a stage belongs."""
        return self.rungs[max(bisect_right(self._days, stage) - 1, 0)]

    def repetition(self, stage: int) -> int:
        """Return how often the last rung has come before, at a stage; 0 for all other rungs."""
        last = self.rungs[-1]
        return (stage - last.days) // last.every if last.every and stage >= last.days else 0

    def facts(self) -> list[dict[str, Any]]:
        """Return the rungs as they are kept."""
        return [
            {
                "days": rung.days,
                "every": rung.every,
                "to": list(rung.to),
                "copy": list(rung.copy),
                "words": rung.words,
            }
            for rung in self.rungs
        ]


def ladder_of(facts: Iterable[Mapping[str, Any]]) -> Ladder:
    """Return the ladder of what is kept of its rungs (`Ladder.facts`)."""
    return Ladder(
        tuple(
            Rung(
                days=each["days"],
                to=tuple(map(Recipient, each["to"])),
                copy=tuple(map(Recipient, each["copy"])),
                words=each["words"],
                every=each["every"],
            )
            for each in facts
        )
    )


@dataclass(frozen=True)
class Subject:
    """A kind of thing that is waited for, which has a ladder of its own.

    code        by which it is kept
    name        as the page calls it
    counted     what its days are counted from, such as "the due date"
    may_tell    who can be told of it
    first       the ladder that a board begins with
    keeps_days  whether the days that a board had set for all reminders were its days too
    has_before  whether a rung may lie before the day that is counted from
    fields      what its words can name (see `words.FIELDS`)
    is_agencys  whether it is an agency that is waited for: a pause of that agency stops the reminders of it
    note        what a reader of its ladder has to know besides; "" for nothing
    """

    code: str
    name: str | LazyText
    counted: str | LazyText
    may_tell: tuple[Recipient, ...]
    first: Ladder
    keeps_days: bool = True
    has_before: bool = True
    fields: tuple[str, ...] = tuple(FIELDS)
    is_agencys: bool = True
    note: str | LazyText = ""


def climbing(
    to: tuple[Recipient, ...], copy: tuple[Recipient, ...], days: Sequence[int] = FIRST_DAYS, words: str = ""
) -> Ladder:
    """Return a ladder on these days; then it repeats, and others hear of it in copy."""
    rungs = [Rung(each, to, words=words) for each in sorted(days)]
    last = Rung(max(days) + REPEATS_EVERY, to, copy, words, REPEATS_EVERY)
    return Ladder((*rungs, last))


def begun_with(subject: Subject, days: Sequence[int]) -> Ladder:
    """Return the ladder with which a board begins that has reminded on these days till now.

    They are kept for that of which it has reminded. What it has not begins with a ladder of its own.
    """
    if not subject.keeps_days:
        return subject.first
    last = subject.first.rungs[-1]
    kept = [each for each in days if each >= 0 or subject.has_before]
    return climbing(last.to, last.copy, kept or [0], last.words)


@dataclass(frozen=True)
class Typed:
    """A rung as it was typed: numbers that are none are None, and recipients are codes."""

    days: int | None
    to: tuple[str, ...] = ()
    copy: tuple[str, ...] = ()
    words: str = ""
    every: int | None = None
    repeats: bool = False


def read_ladder(subject: Subject, typed: Sequence[Typed]) -> tuple[Ladder | None, dict[tuple[int, str], str]]:
    """Return the ladder, or None, and {(rung, field): what is wrong with it}; (-1, "") for the whole."""
    problems: dict[tuple[int, str], str] = {}
    if not typed:
        problems[-1, ""] = "A ladder needs a rung: add one that repeats."
    if len(typed) > MOST_RUNGS:
        problems[-1, ""] = f"Use at most {MOST_RUNGS} rungs."
    for number, each in enumerate(typed):
        is_last = number == len(typed) - 1
        before = typed[number - 1].days if number else None
        for field, problem in _problems_with(subject, each, before, is_last):
            problems[number, field] = problem
    if problems:
        return None, problems
    rungs = [
        Rung(
            days=each.days or 0,
            to=tuple(map(Recipient, each.to)),
            copy=tuple(map(Recipient, each.copy)),
            words=each.words,
            every=each.every if each.repeats else None,
        )
        for each in typed
    ]
    return Ladder(tuple(rungs)), {}


def _problems_with(
    subject: Subject, each: Typed, before: int | None, is_last: bool
) -> Iterable[tuple[str, str]]:
    """Yield (field, message) for each thing that cannot be kept of one rung."""
    if problem := _problem_with_days(subject, each.days, before):
        yield "days", problem
    if is_last and not each.repeats:
        yield "repeats", "The last rung has to repeat, so that nothing that is open falls silent."
    if each.repeats and not is_last:
        yield "repeats", "Only the last rung can repeat: those after it would never be reached."
    if each.repeats and not (each.every and 1 <= each.every <= LONGEST_REPEAT):
        yield "every", f"Enter after how many days it comes again: a whole number from 1 to {LONGEST_REPEAT}."
    if not each.to:
        yield "to", "Choose who is reminded."
    elif not set(each.to) <= set(subject.may_tell):
        yield "to", "Choose from the list who is reminded."
    if not set(each.copy) <= set(subject.may_tell):
        yield "copy", "Choose from the list who gets a copy."
    elif set(each.copy) & set(each.to):
        yield "copy", "Whoever is reminded needs no copy."
    if problem := problem_with_words(each.words, subject.fields):
        yield "words", problem


def _problem_with_days(subject: Subject, days: int | None, before: int | None) -> str | None:
    if days is None or abs(days) > FURTHEST_DAYS:
        return f"Enter a whole number of days, up to {FURTHEST_DAYS}."
    if days < 0 and not subject.has_before:
        return f"Nobody can be reminded before {subject.counted}: enter 0 or more days after it."
    if before is not None and days <= before:
        return "Enter a later day than that of the rung before."
    return None


@dataclass(frozen=True)
class Pause:
    """A time in which nobody is reminded of one review, or of what one agency owes.

    until_on  its last day
    """

    since_on: date
    until_on: date
    review_id: int | None = None
    agency_id: int | None = None

    def stops(self, on: date, review_id: int | None, agency_id: int | None) -> bool:
        """Return whether on this day nobody is reminded of a thing of this review and of this agency.

        agency_id  the agency that is waited for; None where it is the Board
        """
        if not self.since_on <= on <= self.until_on:
            return False
        if self.review_id is not None:
            return self.review_id == review_id
        return self.agency_id is not None and self.agency_id == agency_id


def problems_with_pause(
    has_review: bool, has_agency: bool, reason: str, until_on: date | None, today: date
) -> dict[str, str]:
    """Return {field: message for the reader} for each thing that cannot be kept of a pause."""
    problems = {}
    if has_review == has_agency:
        problems["review"] = "Choose one review, or one agency."
    if not reason:
        problems["reason"] = "Say why nobody is reminded meanwhile."
    elif too_long := why_too_long(reason, LONGEST_REASON):
        problems["reason"] = too_long
    if until_on is None:
        problems["until_on"] = "Enter the last day on which nobody is reminded."
    elif not today <= until_on <= today + timedelta(days=FURTHEST_DAYS):
        problems["until_on"] = "Enter a day from today on, and within a year."
    return problems


def rung_words(rung: Rung, subject: Subject) -> str:
    """Return when a rung comes, such as "14 days before the due date"."""
    when = f"{plural(abs(rung.days), 'day')} {'before' if rung.days < 0 else 'after'} {subject.counted}"
    if rung.days == 0:
        when = f"On {subject.counted}"
    return f"{when}, then every {plural(rung.every, 'day')} until it ends" if rung.every else when


def recipient_words(recipients: Iterable[Recipient]) -> str:
    """Return who is told, in words; "" for nobody."""
    names = [RECIPIENT_NAMES[each] for each in recipients]
    return "; ".join(names)


def begins_on(due_on: date, stage: int) -> date:
    """Return the first day of a stage."""
    return due_on + timedelta(days=stage)
