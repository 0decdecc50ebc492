"""How learning is shared, what a record of it needs, and how it is counted. Plain values."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from kscb_actions.text import why_too_long
from kscb_actions.wording import plural

LONGEST_LINE = 200
MOST_REACHED = 999_999


class How(StrEnum):
    """In what way learning was shared."""

    BRIEFING = "briefing"
    TRAINING = "training"
    CAMPAIGN = "campaign"
    MEETING = "meeting"
    OTHER = "other"


HOW_NAMES = {
    How.BRIEFING: "Briefing",
    How.TRAINING: "Training",
    How.CAMPAIGN: "Campaign",
    How.MEETING: "Meeting",
    How.OTHER: "Another way",
}


@dataclass(frozen=True)
class Shared:
    """What is said of learning that was shared. `reached`: how many people, -1 where it is no number."""

    shared_on: date | None
    how: str
    with_whom: str
    what: str
    reached: int | None = None


def problems_with_sharing(facts: Shared, today: date) -> dict[str, str]:
    """Return {field: message} for what cannot be taken."""
    problems = {}
    if facts.shared_on is None:
        problems["shared_on"] = "Enter the day on which it was shared."
    elif facts.shared_on > today:
        problems["shared_on"] = "The date must be today or in the past."
    if facts.how not in list(How):
        problems["how"] = "Choose how it was shared."
    if problem := why_too_long(facts.with_whom, LONGEST_LINE) or (
        "" if facts.with_whom else "Say with whom."
    ):
        problems["with_whom"] = problem
    if problem := why_too_long(facts.what) or ("" if facts.what else "Say what was shared."):
        problems["what"] = problem
    if facts.reached is not None and not 0 < facts.reached <= MOST_REACHED:
        problems["reached"] = "Enter a whole number of people, or leave this empty."
    return problems


def count_words(records: Iterable[tuple[str, int | None]]) -> str:
    """Return how often learning was shared and whom it reached, from (how, number of people) pairs.

    Like "3 times: briefing 2, training 1; 45 people reached, as far as counted"; "" for never.
    """
    found = list(records)
    if not found:
        return ""
    ways = [how for how, _ in found]
    told = ", ".join(f"{name.lower()} {ways.count(how)}" for how, name in HOW_NAMES.items() if how in ways)
    reached = sum(number or 0 for _, number in found)
    people = f"; {plural(reached, 'person', 'people')} reached, as far as counted" if reached else ""
    return f"{plural(len(found), 'time')}: {told}{people}"
