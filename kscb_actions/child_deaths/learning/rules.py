"""What must be true of a referral, and what in a lesson would identify the child. Plain values only."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from kscb_actions.child_deaths.identity import (
    days_in,
    problems_with_reason,
    why_identifying,
)
from kscb_actions.terms import say

OUTCOMES = {
    "scr": "Serious case review",
    "other": "Another review",
    "none": "No review",
}


NO_REVIEW = "none"


@dataclass(frozen=True)
class LatestReferral:
    """Hold the latest decision on referring a death, and what was known then.

    outcome  what the subgroup answered, "" when it has not or was not asked
    """

    is_referred: bool
    decision_number: int
    was_suspected: bool
    outcome: str = ""


def asks_for_referral(
    decision_number: int, is_abuse_category: bool, is_suspected: bool, latest: LatestReferral | None
) -> bool:
    """Return whether somebody must record now if the death is referred to the SCR subgroup.

    decision_number    the panel's current decision, 0 before any
    is_abuse_category  whether that decision names category 1, deliberate injury, abuse or neglect

    Without any record each of the two reasons asks. After one, only what is new does: a later decision that
    names category 1, or a suspicion where there was none. Nothing asks while the subgroup has the case
    before it, or after it chose to review it.
    """
    if latest is None:
        return is_abuse_category or is_suspected
    if latest.is_referred and latest.outcome != NO_REVIEW:
        return False
    is_new_decision = is_abuse_category and decision_number > latest.decision_number
    return is_new_decision or (is_suspected and not latest.was_suspected)


def problems_with_referral(
    is_referred: bool | None, reason: str, decided_on: date | None, died_on: date, today: date, is_open: bool
) -> dict[str, str]:
    """Return {field: message} for what is wrong with the record of a referral decision.

    is_open  the subgroup has an earlier referral of this death before it
    """
    problems = {}
    if is_open:
        problems["is_referred"] = say("The subgroup has not answered yet. Wait for its answer.")
    elif is_referred is None:
        problems["is_referred"] = "Select whether the death is referred."
    problems |= problems_with_reason(reason)
    problems |= _problems_with_day("decided_on", decided_on, died_on, today, "the date of death")
    return problems


def problems_with_outcome(
    outcome: str, reason: str, answered_on: date | None, referred_on: date, today: date, has_review: bool
) -> dict[str, str]:
    """Return {field: message} for what is wrong with the subgroup's answer to a referral."""
    problems = {} if outcome in OUTCOMES else {"outcome": say("Select what the subgroup decided.")}
    problems |= problems_with_reason(reason)
    problems |= _problems_with_day("answered_on", answered_on, referred_on, today, "the day of the referral")
    if has_review and outcome == NO_REVIEW:
        problems["review"] = "Leave the review empty, or say that there is one."
    return problems


def problems_with_correction(why: str) -> dict[str, str]:
    """Return {field: message} for what is wrong with the reason for which an answer is corrected."""
    problems = problems_with_reason(why)
    return {"correction_reason": problems["reason"]} if problems else {}


def _problems_with_day(name: str, day: date | None, first: date, today: date, what: str) -> dict[str, str]:
    if day is None:
        return {name: "Enter the day of the decision."}
    if day > today:
        return {name: "The date must be today or in the past."}
    return {name: f"The date must be on or after {what}."} if day < first else {}


TOO_SHORT = 4


_SEPARATORS = re.compile(r"[\W_]+")


def why_identifies_case(
    text: str,
    case_number: str,
    died_on: date,
    district: Collection[str],
    age: tuple[int, str],
    beside: Iterable[str] = (),
) -> str | None:
    """Return why a text cannot leave the case, for the reader; None when nothing in it can be recognised.

    district  what it is or was called
    age       a number and "days", "months" or "years"
    beside    the other texts that leave with this one

    District or age alone fit many children, both together few: those are refused together.
    """
    if _has_number(text, case_number):
        return "This has the case number in it. Take it out: people read this who may not know of the case."
    if _has_day(text, died_on):
        return "This has the date of death in it. Take it out: people read this who may not know of the case."
    whole = " ".join((text, *beside))
    if _has_age(text, age) and any(_has_name(whole, name) for name in district):
        return "The district and the age together may tell which child it was. Take one of them out."
    return why_identifying(text)


def _has_number(text: str, case_number: str) -> bool:
    """Return whether the case number is there, however it is spaced; a very short one only as written."""
    number = _SEPARATORS.sub("", case_number)
    if len(number) < TOO_SHORT:
        return bool(re.search(rf"(?<!\w){re.escape(case_number)}(?!\w)", text, re.IGNORECASE))
    spaced = r"[\W_]*".join(map(re.escape, number))
    return bool(re.search(rf"(?<![^\W_]){spaced}(?![^\W_])", text, re.IGNORECASE))


def _has_day(text: str, day: date) -> bool:
    """Return whether the day is there, in any common way of writing it, in words also without its year."""
    text = " ".join(text.split())
    if any(found == day for _, _, found in days_in(text)):
        return True
    month = rf"(?:{day:%B}|{day:%b}t?)\b"
    before = rf"(?<!\d){day.day}(?:st|nd|rd|th)?(?: of)? {month}(?!\.?,? \d{{4}})"
    after = rf"\b{month} {day.day}(?:st|nd|rd|th)?(?!\d)(?!,? \d{{4}})"
    return bool(re.search(f"{before}|{after}", text, re.IGNORECASE))


def _has_name(text: str, name: str) -> bool:
    return bool(re.search(rf"\b{re.escape(name)}\b", text, re.IGNORECASE))


def _has_age(text: str, age: tuple[int, str]) -> bool:
    number, unit = age
    return bool(re.search(rf"(?<!\d){number}[\s-]+{unit.rstrip('s')}s?\b", text, re.IGNORECASE))
