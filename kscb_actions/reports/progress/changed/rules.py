"""What changed between two days, by the state of each action on both and by what was said in between.

Plain values. What was recorded by mistake is in neither state and is not among what happened, so it is no
change; a date that was put right is right on both days, so that it is no extension and makes nothing overdue.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from kscb_actions.terms import say_all
from kscb_actions.wording import date_uk, plural


class Change(StrEnum):
    """What can have become of an action, in the order in which it is told."""

    ACCEPTED = "accepted"
    RETURNED = "returned"
    REOPENED = "reopened"
    OVERDUE = "overdue"
    EXTENDED = "extended"
    CORRECTED = "corrected"
    DONE = "submitted"
    CHALLENGED = "challenged"
    ANSWERED = "answered"
    JOINED = "new"
    LEFT = "left"


CHANGE_NAMES = say_all(
    {
        Change.ACCEPTED: "Accepted by the Board",
        Change.RETURNED: "Returned by the Board",
        Change.REOPENED: "Reopened by the Board, after it was accepted",
        Change.OVERDUE: "Fell overdue, and still are",
        Change.EXTENDED: "Given a later due date",
        Change.CORRECTED: "Date or agency corrected: it was entered wrongly",
        Change.DONE: "Reported done by the agency",
        Change.CHALLENGED: "Challenged by the Board",
        Change.ANSWERED: "Challenge answered by the agency",
        Change.JOINED: "New actions",
        Change.LEFT: "Withdrawn, superseded or moved away",
    }
)
# What is told of each, in a sentence under its name.
CHANGE_RULES = say_all(
    {
        Change.ACCEPTED: "The Board accepted it between the two days, and has not taken that back.",
        Change.RETURNED: "The Board returned it between the two days, and has not taken that back.",
        Change.REOPENED: "The Board had accepted it, and reopened it between the two days.",
        Change.OVERDUE: "It was not overdue at the end of the first day, and is at the end of the last.",
        Change.EXTENDED: "A due date was agreed or given between the two days. A correction is no extension.",
        Change.CORRECTED: "It was there on the first day, and what had been entered wrongly was put right "
        "since.",
        Change.DONE: "Its agency reported it done between the two days.",
        Change.CHALLENGED: "The Board raised a challenge about it, or took one to a higher level.",
        Change.ANSWERED: "Its agency answered a challenge about it between the two days.",
        Change.JOINED: "It is in the plans on the last day and was not on the first.",
        Change.LEFT: "It was in the plans on the first day and is not on the last.",
    }
)
# An action with one of these is in a plan; what is on hold goes on one day.
_GOES_ON = frozenset({"active", "on_hold"})
_ENDED = {"withdrawn": "Withdrawn.", "superseded": "Superseded by something else."}


class Stand(NamedTuple):
    """How an action stood at the end of a day; `code` is that of the rule by which it was rated."""

    review: int
    number: int
    agency: int
    standing: str
    due_on: date | None
    is_overdue: bool
    code: str = ""

    def is_in_plan(self, agency: int | None) -> bool:
        """Return whether it is in the plans, or, where an agency is named, in that agency's."""
        return self.standing in _GOES_ON and agency in (None, self.agency)


@dataclass(frozen=True, slots=True)
class Happened:
    """Something that was said of an action between the two days, with its sentence."""

    action: int
    change: Change
    because: str


@dataclass(frozen=True, slots=True)
class Changed:
    """One change of one action: `because` says in a sentence why it stands here."""

    action: int
    change: Change
    because: str


@dataclass(frozen=True)
class Period:
    """From the end of the day `since` to the end of the day `as_at`; `agency`: of that one only."""

    since: date
    as_at: date
    agency: int | None = None


def changes_between(
    period: Period,
    then: Mapping[int, Stand],
    now: Mapping[int, Stand],
    happened: Iterable[Happened],
    agencies: Mapping[int, str],
) -> dict[Change, list[Changed]]:
    """Return {change: the actions with it, each once, by review and number}, every change present.

    then, now  {action id: how it stood} at the end of the first and of the last day
    happened   what was said in between, oldest first; the last of a kind is told
    agencies   {id: name}
    """
    found: dict[Change, dict[int, Changed]] = {change: {} for change in Change}
    for changed in (*_said(period, then, now, happened), *_stood(period, then, now, agencies)):
        found[changed.change][changed.action] = changed

    def place(each: Changed) -> tuple[int, int]:
        stand = now.get(each.action) or then[each.action]
        return stand.review, stand.number

    return {change: sorted(every.values(), key=place) for change, every in found.items()}


def _said(
    period: Period, then: Mapping[int, Stand], now: Mapping[int, Stand], happened: Iterable[Happened]
) -> Iterator[Changed]:
    for each in happened:
        stand = now.get(each.action)
        is_theirs = stand is not None and period.agency in (None, stand.agency)
        if is_theirs and (each.change is not Change.CORRECTED or each.action in then):
            yield Changed(each.action, each.change, each.because)


def _stood(
    period: Period, then: Mapping[int, Stand], now: Mapping[int, Stand], agencies: Mapping[int, str]
) -> Iterator[Changed]:
    for action, stand in now.items():
        before = then.get(action)
        if before == stand and not stand.is_overdue:
            continue
        was_in = before is not None and before.is_in_plan(period.agency)
        is_in = stand.is_in_plan(period.agency)
        if is_in and stand.is_overdue and not (before and before.is_overdue):
            yield Changed(action, Change.OVERDUE, _overdue(stand, period.as_at))
        if is_in and not was_in:
            yield Changed(action, Change.JOINED, _joined(before, agencies))
        if was_in and not is_in:
            yield Changed(action, Change.LEFT, _left(stand, agencies))


def _overdue(stand: Stand, as_at: date) -> str:
    days = (as_at - stand.due_on).days if stand.due_on else 0
    return f"Due on {date_uk(stand.due_on)} and not reported done: overdue by {plural(days, 'day')}."


def _joined(before: Stand | None, agencies: Mapping[int, str]) -> str:
    if before is None:
        return "Recorded since."
    if before.standing not in _GOES_ON:
        return "Made active again."
    return f"Moved here from {agencies[before.agency]}."


def _left(stand: Stand, agencies: Mapping[int, str]) -> str:
    return _ENDED.get(stand.standing) or f"Moved to {agencies[stand.agency]}."


def because(told: str, said: str = "") -> str:
    """Return a sentence with what somebody said as its reason, where anybody said anything."""
    return f"{told}: {said}" if said else f"{told}."
