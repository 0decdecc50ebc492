"""When a paper is frozen. Plain values in, plain values out."""

from datetime import date

from kscb_actions.text import why_too_long


def is_due(closes_on: date, held_on: date, today: date) -> bool:
    """Return whether a meeting's paper is to be frozen by now: once its closing date is over.

    After an outage it is made up for; once the meeting is over there is no paper to make for it.
    """
    return closes_on < today <= held_on


def why_not_frozen(is_cancelled: bool, is_frozen: bool, held_on: date, today: date) -> str | None:
    """Return why a meeting's paper cannot be frozen by hand now; None when it can."""
    if is_cancelled:
        return "This meeting is cancelled."
    if is_frozen:
        return "Its paper is frozen already, and stays as it is."
    return "The meeting is over." if held_on < today else None


def problems_with_reason(reason: str) -> dict[str, str]:
    """Return {"reason": message} when the reason for freezing by hand is missing or too long."""
    wrong = (
        why_too_long(reason) if reason else "Say why the paper is frozen now, and not at the closing date."
    )
    return {"reason": wrong} if wrong else {}
