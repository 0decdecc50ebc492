"""What may be done to an action, and when: plain values in, a reason to refuse out."""

from datetime import date
from enum import StrEnum

from kscb_actions.terms import say, say_all, say_later
from kscb_actions.text import LONGEST_REASON, why_too_long

from .conditions import holds
from .rating import OPEN
from .turn import RatingFacts

RECORDED_IN_ERROR = say_later(
    "The Board has marked this action as recorded in error, so it takes nothing any more."
)
WHY = "Say why, for the agency and for the record."


class Progress(StrEnum):
    """How far the agency says it is."""

    NOT_STARTED = "not_started"
    IN_PROGRESS = "in_progress"
    DONE = "done"
    CANNOT_BE_DONE = "cannot_be_done"


class Standing(StrEnum):
    """Whether the action counts."""

    ACTIVE = "active"
    ON_HOLD = "on_hold"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"


# The standing of an action that was recorded by mistake. No standing among others: no page, list or rule
# knows it, as `narrowing.visible_action` keeps it out, and nobody chooses it among them.
VOID = "void"


# The event that puts a wrong agency right: the days before it are computed with the right one.
AGENCY_CORRECTED = "action.agency-corrected"
# The event that puts a date right which was typed wrongly: it stands right on the days before it too.
DATE_CORRECTED = "action.date-corrected"
# The event that enters what happened to it before: the days since it was recorded are computed with that.
PAST_ENTERED = "action.past-entered"
# The Board took back what it had decided or asked; `undone` in its details is the event that told of that.
DECISION_TAKEN_BACK = "action.decision-taken-back"
# One entry of its history, such as an update, was recorded in error.
ENTRY_VOIDED = "action.entry-voided"


class Assurance(StrEnum):
    """The Board's word."""

    NONE = "none"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    ACCEPTED = "accepted"


PROGRESS_NAMES = {
    Progress.NOT_STARTED: "Not started",
    Progress.IN_PROGRESS: "In progress",
    Progress.DONE: "Done",
    Progress.CANNOT_BE_DONE: "Cannot be done",
}
STANDING_NAMES = {
    Standing.ACTIVE: "Active",
    Standing.ON_HOLD: "On hold",
    Standing.SUPERSEDED: "Superseded",
    Standing.WITHDRAWN: "Withdrawn",
}
ASSURANCE_NAMES = say_all(
    {
        Assurance.NONE: "Not yet submitted",
        Assurance.SUBMITTED: "Waiting for the Board’s check",
        Assurance.RETURNED: "Returned by the Board",
        Assurance.ACCEPTED: "Accepted by the Board",
    }
)


# What a list can be narrowed to: the Board's word, as `assurance_words` tells it.
_CHECKS = {str(word): name for word, name in ASSURANCE_NAMES.items()}
CHECK_NAMES = say_all({**_CHECKS, "reopened": "Reopened by the Board"})


def assurance_words(assurance: str, is_reopened: bool) -> str:
    """Return the Board's word on an action; what it accepted and reopened was not returned."""
    if assurance == Assurance.RETURNED and is_reopened:
        return CHECK_NAMES["reopened"]
    return ASSURANCE_NAMES[Assurance(assurance)]


def is_open(facts: RatingFacts) -> bool:
    """Return whether the agency still has something to do: active, and neither submitted nor accepted."""
    return holds(OPEN, facts, date.min)  # What is open hangs on no date.


def why_closed(facts: RatingFacts) -> str | None:
    """Return why the agency cannot report on this action any more, in words; None while it can."""
    if facts.standing == VOID:
        return say(RECORDED_IN_ERROR)
    if facts.standing != Standing.ACTIVE:
        return f"This action is {STANDING_NAMES[Standing(facts.standing)].lower()}, so it takes no updates."
    if facts.assurance == Assurance.SUBMITTED:
        return say("You have reported this done. It waits for the Board’s check.")
    if facts.assurance == Assurance.ACCEPTED:
        return say("The Board has accepted this action as done.")
    return None


def why_no_extension(facts: RatingFacts, new_due_on: date, has_open_request: bool, today: date) -> str | None:
    """Return why more time cannot be asked for; None when it can. The new date is in the future and later."""
    closed = why_closed(facts)
    if closed:
        return closed
    if has_open_request:
        return "You have asked for more time already. It waits for a decision."
    return why_not_new_date(facts, new_due_on, today)


def why_not_new_date(facts: RatingFacts, new_due_on: date, today: date) -> str | None:
    """Return why this cannot be the new due date; None when it can."""
    if new_due_on <= today:
        return "The new due date must be in the future."
    if facts.current_due_on is not None and new_due_on <= facts.current_due_on:
        return "The new due date must be later than the present one."
    return None


def why_not_granted(facts: RatingFacts, asked_due_on: date, today: date) -> str | None:
    """Return why the date that was asked for cannot be given any more; None when it can."""
    if not is_open(facts):
        return "The action is not open any more, so its due date stays. Refuse the request."
    if asked_due_on < today:
        return "The date asked for has passed. Give one still to come instead, or refuse the request."
    # A date that was put right while the request waited may have come to reach it: that is no more time.
    if facts.current_due_on and asked_due_on <= facts.current_due_on:
        return "The due date is not earlier than the date asked for any more. Refuse the request."
    return None


def why_not_standing(
    facts: RatingFacts, standing: Standing, ended: str = "", is_carried: bool = False
) -> str | None:
    """Return why the action cannot be given this standing; None when it can.

    `ended` says how its recommendation ended, like "withdrawn": then the action stays stopped. `is_carried`:
    it goes on in another plan, where it is counted.
    """
    if facts.standing == standing:
        return f"It is {STANDING_NAMES[standing].lower()} already."
    if facts.assurance == Assurance.ACCEPTED:
        return say("The Board has accepted this action as done; it stays as it is.")
    if ended and standing in (Standing.ACTIVE, Standing.ON_HOLD):
        return f"Its recommendation is {ended}. Bring the recommendation back first."
    if is_carried and standing in (Standing.ACTIVE, Standing.ON_HOLD):
        return "It goes on in another plan. Withdraw it there first."
    return None


def problems_with_action(text: str, success_measure: str, due_written: str = "") -> dict[str, str]:
    """Return {field: message} for what is wrong with an action's words."""
    problems = {} if text else {"text": "Enter what the agency is to do."}
    for name, words in (("text", text), ("success_measure", success_measure), ("due_on", due_written)):
        too_long = why_too_long(words)
        if too_long:
            problems[name] = too_long
    return problems


def problem_with_narrative(narrative: str) -> dict[str, str]:
    """Return {"narrative": message} when what an agency says is missing or too long, else nothing."""
    wrong = why_too_long(narrative) if narrative else "Say what has happened since the last update."
    return {"narrative": wrong} if wrong else {}


def problem_with_reason(reason: str, missing: str = WHY) -> dict[str, str]:
    """Return {"reason": message} when a reason is missing or too long, else nothing."""
    wrong = why_too_long(reason, LONGEST_REASON) if reason else missing
    return {"reason": wrong} if wrong else {}
