"""What the Board can decide of an action that its agency says cannot be done. Plain values."""

from datetime import date
from enum import StrEnum

from ..conditions import holds
from ..turn import WAITS_FOR, RatingFacts


class Outcome(StrEnum):
    """What takes its place."""

    ANOTHER_WAY = "another_way"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"


OUTCOME_NAMES = {
    Outcome.ANOTHER_WAY: "The agency is to find another way: it goes back to them with your reason, at once",
    Outcome.SUPERSEDED: "Another action takes its place: this one is superseded",
    Outcome.WITHDRAWN: "Nothing takes its place: it is withdrawn",
}
NOTHING_TO_DECIDE = (
    "This decision does not wait any more: the agency has said something else since, or it has been decided."
)


def awaits_decision(facts: RatingFacts) -> bool:
    """Return whether the Board has to decide what takes the place of what cannot be done."""
    return holds(WAITS_FOR["cannot_be_done"], facts, date.min)  # It hangs on no date.
