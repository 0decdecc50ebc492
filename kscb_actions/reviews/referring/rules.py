"""The rules of referring a case and of answering it. Plain values."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from kscb_actions.terms import say, say_later
from kscb_actions.text import LONGEST, LONGEST_REASON, why_too_long
from kscb_actions.wording import date_uk


class Outcome(StrEnum):
    """What the subgroup answers."""

    REVIEW = "review"
    OTHER = "other"
    NONE = "none"


OUTCOME_NAMES = {
    Outcome.REVIEW: "A review is to be held",
    Outcome.OTHER: "It is looked at in another way",
    Outcome.NONE: "No review",
}
ANSWERED = say_later("The subgroup has answered this referral. Ask its chair to correct the answer.")
WITHDRAWN = "This referral was withdrawn."
NO_AGENCY = "Choose the agency that refers the case."


@dataclass(frozen=True)
class ReferralFacts:
    """What an agency says of a case: `reason` is why it may meet the criteria for a review."""

    summary: str
    reason: str
    happened_on: date | None = None


@dataclass(frozen=True)
class AnswerFacts:
    """What the subgroup answers, on which day and why."""

    outcome: str
    reason: str
    answered_on: date | None


def problems_with_referral(facts: ReferralFacts, today: date) -> dict[str, str]:
    """Return {field: message} for what is wrong with a referral."""
    problems = {}
    for name, text, longest, missing in (
        ("summary", facts.summary, LONGEST, "Say what happened, without any name."),
        ("reason", facts.reason, LONGEST_REASON, say("Say why the subgroup should consider a review.")),
    ):
        wrong = why_too_long(text, longest) if text else missing
        if wrong:
            problems[name] = wrong
    if facts.happened_on is not None and facts.happened_on > today:
        problems["happened_on"] = "The date must be today or in the past."
    return problems


def problems_with_answer(
    facts: AnswerFacts, referred_on: date, today: date, has_review: bool
) -> dict[str, str]:
    """Return {field: message} for what is wrong with the subgroup's answer to what was referred on a day."""
    problems = {}
    if facts.outcome not in OUTCOME_NAMES:
        problems["outcome"] = say("Choose what the subgroup decided.")
    elif has_review and facts.outcome == Outcome.NONE:
        problems["review"] = "Leave the review empty, or say that there is one."
    wrong = why_too_long(facts.reason, LONGEST_REASON) if facts.reason else "Say why: the agency reads it."
    if wrong:
        problems["reason"] = wrong
    if facts.answered_on is None:
        problems["answered_on"] = "Enter the day of the decision."
    elif facts.answered_on > today:
        problems["answered_on"] = "The date must be today or in the past."
    elif facts.answered_on < referred_on:
        problems["answered_on"] = f"It was referred on {date_uk(referred_on)}. Enter that day or a later one."
    return problems


def problems_with_withdrawal(reason: str) -> dict[str, str]:
    """Return {field: message} for what is wrong with the reason for taking a referral back."""
    wrong = why_too_long(reason, LONGEST_REASON) if reason else "Say why, for whoever reads this later."
    return {"reason": wrong} if wrong else {}
