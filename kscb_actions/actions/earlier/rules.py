"""What happened to an action before, what that makes of it, and when it can be entered. Plain values."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from kscb_actions.terms import say, say_all
from kscb_actions.text import why_too_long
from kscb_actions.wording import date_uk

LONGEST_SOURCE = 200


class Reading(StrEnum):
    """What the words of a source say of how far an action was."""

    NOT_STARTED = "not_started"
    IN_PROGRESS = "in_progress"
    DONE = "done"
    ACCEPTED = "accepted"
    CANNOT = "cannot_be_done"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"
    NOTHING = "nothing"


READING_NAMES = say_all(
    {
        Reading.NOT_STARTED: "Not started",
        Reading.IN_PROGRESS: "On the way: on track, late or at risk, but not done",
        Reading.DONE: "Done; the Board has still to check it",
        Reading.ACCEPTED: "Done, and accepted by the Board then",
        Reading.CANNOT: "Cannot be done",
        Reading.SUPERSEDED: "Superseded by another action",
        Reading.WITHDRAWN: "Withdrawn, not needed any more",
        Reading.NOTHING: "Says nothing of how far it was",
    }
)
# How the events begin of whoever works on an action, and how those end that its records brought with them.
_ACTS = (
    "action.progress-told",
    "action.extended",
    "extension.",
    "question.",
    "reexamination.",
    "submission.",
)
_OF_RECORDS = ("in-records", "in-records-put-right")
FINISHED = (Reading.DONE, Reading.ACCEPTED)
ENDED = (Reading.SUPERSEDED, Reading.WITHDRAWN)


class Outcome(StrEnum):
    """What came of examining again what was accepted."""

    STANDS = "stands"
    OPENED = "opened"


OUTCOME_NAMES = {
    Outcome.STANDS: "It stands: the evidence shows that it was done",
    Outcome.OPENED: "It opens again: its agency has something to show or to do",
}
EXAMINED_NAMES = {
    "waiting": "Accepted before, to be examined again",
    "stands": "Examined again: it stands",
    "opened": "Examined again: opened again",
}


@dataclass(frozen=True)
class Past:
    """What happened to an action before, as its source says it (`EarlierRecord` has the words).

    moved_to      days to which the due date was moved, in their order
    first_due_on  the date that was due first, where another is recorded as the first
    """

    read_as: str
    as_of: date
    source: str = ""
    status_text: str = ""
    done_on: date | None = None
    told: str = ""
    moved_to: tuple[date, ...] = ()
    first_due_on: date | None = None
    accepted_on: date | None = None
    accepted_by: str = ""

    @property
    def is_finished(self) -> bool:
        """Return whether the source says that it was done."""
        return self.read_as in FINISHED

    @property
    def done_by(self) -> date | None:
        """Return the day by which it was done: the day itself, or that of the source; None if it was not."""
        return (self.done_on or self.as_of) if self.is_finished else None


def state_after(past: Past, original: date | None, current: date | None) -> dict[str, Any]:
    """Return {field: value} of what the past makes of an action that is otherwise untouched.

    Done is done on its own day, and waits for the Board's check unless it was accepted. A date that was moved
    then counts as no extension: who gave the time, and why, nobody has recorded here.
    """
    changed: dict[str, Any] = {}
    first = past.first_due_on or original
    moved = past.moved_to[-1] if past.moved_to else current or first
    if (first or moved, moved) != (original, current):
        changed |= {"original_due_on": first or moved, "current_due_on": moved}
    match past.read_as:
        case Reading.DONE | Reading.ACCEPTED:
            changed["progress"] = "done"
            changed["assurance"] = "accepted" if past.read_as == Reading.ACCEPTED else "submitted"
            changed["reported_done_on"] = past.done_on
        case Reading.SUPERSEDED | Reading.WITHDRAWN:
            changed["standing"] = past.read_as
            changed["standing_reason"] = in_words(past.as_of, past.source, past.status_text)
        case Reading.NOTHING:
            pass
        case _:
            changed["progress"] = past.read_as
    return changed


def state_before(past: Past, now: Any, entry: tuple[Mapping[str, Any], Mapping[str, Any]]) -> dict[str, Any]:
    """Return {field: value} of what an action says without its past, while nobody has worked on it.

    now    the action as it is
    entry  {field: (before, after)} of what entering the past changed of it, and the detail of that event, in
           which one that was put right says what there was before
    """
    changes, detail = entry
    before: dict[str, Any] = {"progress": "not_started", "assurance": "none", "reported_done_on": None}
    for name in ("original_due_on", "current_due_on"):
        value = getattr(now, name)
        was, became = changes.get(name, (None, None))
        if name in changes and _as_day(became) == value:
            value = _as_day(detail.get(f"else_{name}") if detail.get("since") else was)
        elif not changes and name == "current_due_on" and past.moved_to and value == past.moved_to[-1]:
            value = now.original_due_on
        before[name] = value
    if past.read_as in ENDED:
        before["standing"], before["standing_reason"] = "active", ""
    return before


def _as_day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def problems_with_past(past: Past, today: date, due_on: date | None = None) -> dict[str, str]:
    """Return {field: message} for what is wrong with what somebody says happened to an action before.

    due_on  when it is due as recorded
    """
    problems = {}
    if past.read_as not in READING_NAMES:
        problems["read_as"] = "Choose how far the action was."
    if past.as_of > today:
        problems["as_of"] = "The records are of today or of a day in the past."
    if past.done_on and past.done_on > past.as_of:
        problems["done_on"] = f"It was done by {date_uk(past.as_of)}, the day of the records, or earlier."
    if past.done_on and not past.is_finished and past.read_as in READING_NAMES:
        problems["done_on"] = "A day of completion belongs to what was done."
    if past.first_due_on and due_on and past.first_due_on >= due_on:
        problems["first_due_on"] = f"It was first due before {date_uk(due_on)}, its due date now."
    for name, words in (("told", past.told), ("status_text", past.status_text)):
        if too_long := why_too_long(words):
            problems[name] = too_long
    if len(past.source) > LONGEST_SOURCE:
        problems["source"] = f"Name the records in at most {LONGEST_SOURCE} characters."
    return problems | problems_with_acceptance(past)


def problems_with_acceptance(past: Past) -> dict[str, str]:
    """Return {field: message} for what is wrong with an acceptance of then: it has a name and a day."""
    if past.read_as != Reading.ACCEPTED:
        return {}
    problems = {}
    if not past.accepted_by:
        problems["accepted_by"] = say("Say who accepted it, such as “SCR subgroup”.")
    elif len(past.accepted_by) > LONGEST_SOURCE:
        problems["accepted_by"] = f"Say in at most {LONGEST_SOURCE} characters who accepted it."
    if past.accepted_on is None:
        problems["accepted_on"] = "Say on which day it was accepted."
    elif past.accepted_on > past.as_of:
        problems["accepted_on"] = (
            f"It was accepted by {date_uk(past.as_of)}, the day of the records, or earlier."
        )
    elif past.done_on and past.accepted_on < past.done_on:
        problems["accepted_on"] = f"It was done on {date_uk(past.done_on)}, and accepted that day or later."
    return problems


def why_no_past(has_record: bool, assurance: str, standing: str, has_updates: bool) -> str | None:
    """Return why no past can be entered for an action; None while nobody here has worked on it."""
    if has_record:
        return "What happened before is recorded for this action already."
    if standing not in ("active", "on_hold"):
        return "This action is superseded or withdrawn, so nothing is entered for it any more."
    if assurance != "none" or has_updates:
        return "Its agency has reported on it here, so its past is told by its own story."
    return None


def since_entered(codes: Iterable[str]) -> list[str]:
    """Return the codes of an action's events since its past was entered last."""
    every = list(codes)
    last = max((at for at, code in enumerate(every) if code == "earlier-record.entered"), default=-1)
    return every[last + 1 :]


def has_acted(codes: Iterable[str]) -> bool:
    """Return whether somebody has worked on an action here, by the events since its past was entered."""
    return any(code.startswith(_ACTS) and not code.endswith(_OF_RECORDS) for code in codes)


def why_past_stays(has_record: bool, standing: str, read_as: str, is_acted_on: bool) -> str | None:
    """Return why the past of an action cannot be put right; None while nobody here has worked on it."""
    if not has_record:
        return "Nothing is recorded of what happened before to this action."
    if is_acted_on:
        return "Somebody has worked on this action here since, on the strength of what happened before."
    if standing not in ("active", "on_hold") and read_as not in ENDED:
        return "This action is superseded or withdrawn, so nothing is put right any more."
    return None


def why_not_examined(has_record: bool, assurance: str, standing: str) -> str | None:
    """Return why an action cannot be examined again; None while an acceptance of earlier records stands."""
    if not has_record:
        return "Only what was accepted in earlier records is examined again."
    if assurance != "accepted" or standing != "active":
        return "It is not accepted any more, so there is nothing to examine again."
    return None


def in_words(as_of: date, source: str, status_text: str = "") -> str:
    """Return the mark of what came in, such as "From earlier records, as of 30 June 2012, plan.xlsx"."""
    told = f"From earlier records, as of {date_uk(as_of)}"
    told = f"{told}, {source}" if source else told
    return f"{told}: “{status_text}”" if status_text else told


def in_sentences(past: Past) -> str:
    """Return what the records say of how far an action was, with its own dates, in sentences."""
    words = f"“{past.status_text}”, read as: " if past.status_text else ""
    told = [f"{words}{READING_NAMES[Reading(past.read_as)]}."]
    if past.done_on:
        told.append(f"Done on {date_uk(past.done_on)}.")
    if past.moved_to:
        days = ", then to ".join(map(date_uk, past.moved_to))
        told.append(f"The due date was moved then to {days}, which is not counted as an extension.")
    if past.accepted_on:
        told.append(f"Accepted on {date_uk(past.accepted_on)} by {past.accepted_by}.")
    return " ".join(told)


def days_of(moved_to: str) -> tuple[date, ...]:
    """Return the days that a record keeps joined by commas."""
    return tuple(date.fromisoformat(each) for each in moved_to.split(",") if each)


def joined(days: Sequence[date]) -> str:
    """Return days as a record keeps them."""
    return ",".join(map(str, days))
