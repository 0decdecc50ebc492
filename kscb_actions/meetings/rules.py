"""The days of a meeting's cycle, what a body is, who minutes. Plain values in, plain values out."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from kscb_actions.access.policy import Role, Verdict, Viewer
from kscb_actions.terms import say, say_all
from kscb_actions.text import why_too_long
from kscb_actions.wording import date_uk

LONGEST_NAME = 120
# The papers that are kept with a meeting, one of each: its state at the closing date, and its minutes.
FROZEN, MINUTES = "frozen", "minutes"


class BodyKind(StrEnum):
    """What a body is."""

    SUBGROUP = "scr_subgroup"
    BOARD = "board"
    EXECUTIVE = "executive"
    OTHER = "other"


class Duty(StrEnum):
    """What somebody does on a body."""

    CHAIR = "chair"
    DEPUTY = "deputy"
    MEMBER = "member"


class When(StrEnum):
    """Where a meeting stands."""

    TO_COME = "to_come"
    HELD = "held"
    CANCELLED = "cancelled"


KIND_NAMES = say_all(
    {
        BodyKind.SUBGROUP: "SCR subgroup",
        BodyKind.BOARD: "The Board",
        BodyKind.EXECUTIVE: "Executive",
        BodyKind.OTHER: "Another subgroup",
    }
)
DUTY_NAMES = say_all({Duty.CHAIR: "Chair", Duty.DEPUTY: "Deputy chair", Duty.MEMBER: "Member"})
WHEN_NAMES = {When.TO_COME: "To come", When.HELD: "Held", When.CANCELLED: "Cancelled"}


@dataclass(frozen=True)
class Days:
    """The days of a meeting's cycle, in their order."""

    call_on: date
    closes_on: date
    papers_on: date
    held_on: date


NAMES = {
    "call_on": "Call for updates",
    "closes_on": "Closing date",
    "papers_on": "Papers go out",
    "held_on": "Meeting",
}
# Where a body has not met yet: so many days before the meeting, and so many until it.
FIRST_GAPS = {"call_on": 28, "closes_on": 14, "papers_on": 7}
FIRST_IN, QUARTER = 42, 91


def propose_days(past: Sequence[Days], today: date, is_working_day: Callable[[date], bool]) -> Days:
    """Return the days of the next meeting, with the gaps of the last cycle, moved off days nobody works.

    past  the days of the body's meetings, the latest last
    The meeting moves on to the next working day, what comes before it back to the one before: so nobody has
    less time than before.
    """
    if past:
        last = past[-1]
        gap = last.held_on - past[-2].held_on if len(past) > 1 else timedelta(days=QUARTER)
        held_on = last.held_on + gap
        before = {name: last.held_on - getattr(last, name) for name in FIRST_GAPS}
    else:
        held_on = today + timedelta(days=FIRST_IN)
        before = {name: timedelta(days=days) for name, days in FIRST_GAPS.items()}
    days = {name: _move(held_on - gap, -1, is_working_day) for name, gap in before.items()}
    return Days(**days, held_on=_move(held_on, 1, is_working_day))


def _move(day: date, step: int, is_working_day: Callable[[date], bool]) -> date:
    while not is_working_day(day):
        day += timedelta(days=step)
    return day


def problems_with_days(
    call_on: date | None, closes_on: date | None, papers_on: date | None, held_on: date | None
) -> dict[str, str]:
    """Return {field: message} for days that are missing or out of order, each at the later of two."""
    days = {"call_on": call_on, "closes_on": closes_on, "papers_on": papers_on, "held_on": held_on}
    problems = {name: MISSING[name] for name, day in days.items() if day is None}
    if call_on and closes_on and closes_on <= call_on:
        problems["closes_on"] = f"The closing date must be after the call for updates, {date_uk(call_on)}."
    if closes_on and papers_on and papers_on < closes_on:
        problems["papers_on"] = f"The papers go out on or after the closing date, {date_uk(closes_on)}."
    if papers_on and held_on and held_on <= papers_on:
        problems["held_on"] = f"The meeting must be after the papers go out, {date_uk(papers_on)}."
    return problems


MISSING = {
    "call_on": "Enter the day on which leads are asked for updates.",
    "closes_on": "Enter the closing date.",
    "papers_on": "Enter the day on which the papers go out.",
    "held_on": "Enter the day of the meeting.",
}


def problems_with_body(name: str, kind: str, is_taken: bool) -> dict[str, str]:
    """Return {field: message} for what is wrong with a body."""
    problems = {}
    if not name:
        problems["name"] = "Enter the name of the body."
    elif why := why_too_long(name, LONGEST_NAME):
        problems["name"] = why
    elif is_taken:
        problems["name"] = "There is a body of this name already."
    if kind not in KIND_NAMES:
        problems["kind"] = "Choose what kind of body it is."
    return problems


def problems_with_seat(
    post: str, duty: str, others: Iterable[tuple[str, int | None]], user_id: int | None
) -> dict[str, str]:
    """Return {field: message} for what is wrong with a seat.

    others  (duty, id of who has it) of the body's other seats
    """
    problems, known = {}, list(others)
    if not post:
        problems["post"] = "Enter the post, like “Designated doctor”."
    elif why := why_too_long(post, LONGEST_NAME):
        problems["post"] = why
    if duty not in DUTY_NAMES:
        problems["duty"] = say("Choose chair, deputy chair or member.")
    elif duty != Duty.MEMBER and any(each == duty for each, _ in known):
        problems["duty"] = f"The body has a seat for its {DUTY_NAMES[Duty(duty)].lower()} already."
    if user_id is not None and any(each == user_id for _, each in known):
        problems["user"] = "This person has a seat on this body already."
    return problems


def when(held_on: date, is_cancelled: bool, today: date) -> When:
    """Return where a meeting stands. On its day it is still to come."""
    if is_cancelled:
        return When.CANCELLED
    return When.HELD if held_on < today else When.TO_COME


def why_not_changed(is_cancelled: bool, is_frozen: bool) -> str | None:
    """Return why a meeting's closing date stays as it is; None while it can be changed."""
    if is_cancelled:
        return "This meeting is cancelled. Plan another."
    if is_frozen:
        return (
            "Its paper is frozen, so the days before the meeting stay. Only the day of the meeting can move."
        )
    return None


def may_minute(viewer: Viewer, duty: str | None) -> Verdict:
    """Return whether somebody minutes and decides: the manager, or who has the chair's or deputy's seat."""
    if Role.MANAGER in viewer.roles or viewer.is_system or duty in (Duty.CHAIR, Duty.DEPUTY):
        return Verdict(True)
    return Verdict(False, say("The chair or deputy chair of the body, or the board manager, does this."))
