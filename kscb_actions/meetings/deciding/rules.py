"""When a decision is recorded, done, put right, and what is said of it. Plain values in, plain values out."""

from datetime import date
from enum import StrEnum

from kscb_actions.access.policy import Verdict
from kscb_actions.reviews.rules import Stage
from kscb_actions.text import why_too_long
from kscb_actions.wording import date_uk, plural


class State(StrEnum):
    """Where a decision stands."""

    OPEN = "open"
    DONE = "done"
    NOTED = "noted"
    VOID = "void"


STATE_NAMES = {
    State.OPEN: "To do",
    State.DONE: "Done",
    State.NOTED: "Nothing to do",
    State.VOID: "Recorded by mistake",
}
# What is minuted beside the decisions: the field, and what it is called.
PARTS = {
    "present": "Present",
    "apologies": "Apologies",
    "declarations": "Declarations of interest",
    "corrections": "Corrections of the last minutes",
    "matters_arising": "Matters arising",
}


def problems_with_decision(
    text: str, has_person: bool, due_on: date | None, held_on: date, is_active: bool = True
) -> dict[str, str]:
    """Return {field: message} for what is wrong with a decision. With nobody to do it, it is only noted."""
    problems = {}
    if wrong := why_too_long(text) if text else "Enter the decision in a sentence.":
        problems["text"] = wrong
    if has_person and not is_active:
        problems["person"] = "This person is switched off. Choose somebody else."
    if has_person and due_on is None:
        problems["due_on"] = "Enter by when it is to be done."
    elif due_on is not None and not has_person:
        problems["person"] = "Choose who does it, or leave the date empty."
    elif due_on is not None and due_on < held_on:
        problems["due_on"] = f"The date must be on or after the meeting, {date_uk(held_on)}."
    return problems


def problems_with_sign_off_meeting(
    stage: str, reached_on: date | None, held_on: date | None, named: str
) -> dict[str, str]:
    """Return {field: message} for what is wrong with the meeting in which a plan was signed off.

    `held_on` is empty where none that is kept here was chosen; `named`: one from before, in words.
    """
    if held_on is None:
        return {}
    if stage != Stage.SIGNED_OFF:
        return {"held_in": "Only a plan is signed off in a meeting. Choose none."}
    problems = {}
    if named:
        problems["meeting"] = "You have chosen a meeting from the list. Leave this empty."
    if reached_on is not None and reached_on < held_on:
        problems["reached_on"] = f"The date must be on or after the meeting, {date_uk(held_on)}."
    return problems


def why_not_minuted(is_cancelled: bool, are_published: bool, held_on: date, today: date) -> str | None:
    """Return why nothing can be minuted now; None when it can. Once published, minutes stay as they are."""
    if is_cancelled:
        return "This meeting is cancelled."
    if are_published:
        return "The minutes are published and stay as they are. Corrections are minuted at the next meeting."
    return f"The meeting is on {date_uk(held_on)}. Minute it from that day." if today < held_on else None


def can_end(is_own: bool, minutes: bool) -> Verdict:
    """Return whether somebody may say that it is done: whoever it belongs to, or who minutes the body."""
    if is_own or minutes:
        return Verdict(True)
    return Verdict(False, "It is done by whom it belongs to, or by who minutes the meeting.")


def why_not_ended(state: str) -> str | None:
    """Return why it cannot be called done now; None when it can."""
    if state == State.OPEN:
        return None
    return {
        State.DONE: "It was said to be done already.",
        State.NOTED: "Nothing is to be done about it.",
        State.VOID: "It was recorded by mistake.",
    }[State(state)]


def became_of(state: str, due_on: date | None, ended_on: date | None, outcome: str, today: date) -> str:
    """Return what became of a decision, in words: for the next paper."""
    if state == State.NOTED:
        return "Noted; nothing was to be done."
    if state == State.DONE and ended_on is not None:
        return f"Done {date_uk(ended_on)}: {outcome}"
    if due_on is None:
        return "Not done yet."
    days = (today - due_on).days
    return f"Not done, {plural(days, 'day')} late." if days > 0 else f"Not done yet, due {date_uk(due_on)}."
