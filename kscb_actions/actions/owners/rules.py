"""Who may own an action with others, and who of them may come to lead it: plain values in, a reason out."""

from collections.abc import Iterable

from kscb_actions.access.policy import Owners
from kscb_actions.terms import say, say_later

from ..rules import Assurance, why_closed
from ..turn import RatingFacts

ACCEPTED = say_later("The Board has accepted this action as done, so its owners stay as they are.")


def owners_words(leading: str, joint: Iterable[str]) -> str:
    """Return whose an action is, such as "Kent Police (with Kent Probation, NHS Kent)"."""
    others = ", ".join(joint)
    return f"{leading} (with {others})" if others else leading


def why_not_shared(facts: RatingFacts, owners: Owners, agency_id: int, is_in_use: bool) -> str | None:
    """Return why an agency cannot become a joint owner; None when it can."""
    if facts.assurance == Assurance.ACCEPTED:
        return say(ACCEPTED)
    if agency_id == owners.leading:
        return "This agency leads the action already."
    if agency_id in owners.joint:
        return "This agency shares the action already."
    return None if is_in_use else "This agency is closed. Choose another."


def why_not_ended(facts: RatingFacts, is_over: bool) -> str | None:
    """Return why a joint owner cannot be taken off; None when it can."""
    if is_over:
        return "This agency has been taken off already."
    return say(ACCEPTED) if facts.assurance == Assurance.ACCEPTED else None


def why_not_leading(facts: RatingFacts, is_over: bool, asks_for_time: bool) -> str | None:
    """Return why a joint owner cannot come to lead; None when it can.

    While the Board has the next move nobody changes places: what was submitted or asked is the leading
    agency's word, and is decided first.
    """
    if refusal := why_not_ended(facts, is_over):
        return refusal
    if facts.assurance == Assurance.SUBMITTED or asks_for_time:
        return say("The Board has something of this action to decide. Let it decide first.")
    return None


def why_no_contribution(facts: RatingFacts, owners: Owners, agency_id: int | None) -> str | None:
    """Return why somebody of this agency cannot say what its part was; None when they can."""
    if agency_id not in owners.joint:
        return "Your agency leads this action: report its progress instead."
    return why_closed(facts)
