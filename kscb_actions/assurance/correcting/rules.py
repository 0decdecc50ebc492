"""When a date that was typed wrongly can be put right, and to what. Plain values in, reasons out."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from kscb_actions.text import LONGEST_REASON, why_too_long
from kscb_actions.wording import date_uk

from ..voiding.rules import acts

SAY_WHY = "Say why: somebody has acted on it since it was recorded."


class Which(StrEnum):
    """A date of an action that somebody types or that follows from what somebody did."""

    FIRST_DUE = "original_due_on"
    DUE = "current_due_on"
    DONE = "reported_done_on"


# The dates that are one entry: where a wrong one stood as the other too, it is put right there as well.
GROUP_OF_DATE = {Which.FIRST_DUE.value: "due", Which.DUE.value: "due", Which.DONE.value: "done"}

NAMES = {
    Which.FIRST_DUE: "First due date",
    Which.DUE: "Due date now",
    Which.DONE: "Reported done on",
}


@dataclass(frozen=True)
class ActionDates:
    """The dates of an action as they are recorded; None where there is none."""

    original_due_on: date | None
    current_due_on: date | None
    reported_done_on: date | None

    @property
    def has_one_due_date(self) -> bool:
        """Return whether the due date has never moved, so that the first and the present are one entry."""
        return self.original_due_on == self.current_due_on

    def dates_to_correct(self) -> dict[Which, date]:
        """Return the dates that can be put right; one for both due dates while they are one entry."""
        found = {which: getattr(self, which) for which in Which}
        if self.has_one_due_date:
            del found[Which.FIRST_DUE]
        return {which: value for which, value in found.items() if value is not None}


def corrected(dates: ActionDates, which: Which, to: date) -> dict[str, date]:
    """Return {field: date} for what a correction writes: both due dates where they are one entry."""
    if which is Which.DUE and dates.has_one_due_date:
        return {Which.FIRST_DUE: to, Which.DUE: to}
    return {which: to}


def instead_of(earlier: Iterable[tuple[date, frozenset[date]]], was: date) -> frozenset[date]:
    """Return every date that a correction of `was` takes the place of, on the days before it.

    earlier  of each earlier correction of that entry, what it was put right to, and instead of which dates
    """
    return frozenset({was}).union(*(before for to, before in earlier if to == was))


def problems_with_correction(
    dates: ActionDates, which: str, to: date | None, reason: str, events: Collection[str], today: date
) -> dict[str, str]:
    """Return {field: message} for what prevents a date of an action from being put right to another.

    events  the names of the events that the trail tells of the action
    """
    problems = _problems_with_reason(reason, events)
    recorded = dates.dates_to_correct()
    if which not in recorded:
        return problems | {"which": "Choose the date that is wrong."}
    if wrong := _why_not(dates, Which(which), recorded[Which(which)], to, today):
        problems["to"] = wrong
    return problems


def problems_with_evidence_date(
    was: date, to: date | None, reason: str, is_checked: bool, today: date
) -> dict[str, str]:
    """Return {field: message} for what prevents the date of a piece of evidence from being put right.

    is_checked  the Board has decided on a report that it belongs to, so that a reason is needed
    """
    problems = _too_long(reason) if reason or not is_checked else {"reason": SAY_WHY}
    if to is None:
        problems["to"] = "Enter the right date."
    elif to == was:
        problems["to"] = _same(was)
    elif to > today:
        problems["to"] = "The date the evidence speaks of must be today or in the past."
    return problems


def needs_reason(events: Collection[str]) -> bool:
    """Return whether somebody has acted, so that a correction is an entry error with its reason."""
    return bool(acts(events))


def _problems_with_reason(reason: str, events: Collection[str]) -> dict[str, str]:
    if not reason and needs_reason(events):
        return {"reason": SAY_WHY}
    return _too_long(reason)


def _too_long(reason: str) -> dict[str, str]:
    wrong = why_too_long(reason, LONGEST_REASON)
    return {"reason": wrong} if wrong else {}


def _why_not(dates: ActionDates, which: Which, was: date, to: date | None, today: date) -> str | None:
    if to is None:
        return "Enter the right date."
    if to == was:
        return _same(was)
    if which is Which.DONE:
        return "It cannot be reported done on a day to come." if to > today else None
    if dates.has_one_due_date:
        return None
    first, now = dates.original_due_on, dates.current_due_on
    if which is Which.FIRST_DUE and now is not None and to >= now:
        return f"The first due date has to be before {date_uk(now)}, to which it was extended."
    if which is Which.DUE and first is not None and to <= first:
        return f"The due date has to be after {date_uk(first)}, when it was first due."
    return None


def _same(was: date) -> str:
    return f"It is recorded as {date_uk(was)} already."
