"""How a recommendation comes to an end without its actions: withdrawn, noted, or not for this Board."""

from collections.abc import Sequence
from datetime import date
from enum import StrEnum

from kscb_actions.wording import date_uk

from .rules import problems_with_withdrawal


class Ending(StrEnum):
    """Why nothing more is asked for a recommendation."""

    WITHDRAWN = "withdrawn"
    NOTED = "noted"
    NOT_FOR_US = "not_for_us"


ENDING_NAMES = {
    Ending.WITHDRAWN: "Withdrawn",
    Ending.NOTED: "Noted",
    Ending.NOT_FOR_US: "Not for us",
}
# The same as a choice, and what it means.
ENDING_CHOICES = {
    Ending.WITHDRAWN: "Withdrawn: the Board gave it up, or another overtook it",
    Ending.NOTED: "Noted: the Board takes note, there is nothing to do",
    Ending.NOT_FOR_US: "Not for us: it is for others to carry out",
}
EVENTS = {
    Ending.WITHDRAWN: "recommendation.withdrawn",
    Ending.NOTED: "recommendation.noted",
    Ending.NOT_FOR_US: "recommendation.not-for-us",
}


def ending_of(ended_on: date | str | None, ending: str | None) -> Ending | None:
    """Return how a recommendation ended; None while it stands.

    What ended before there were several ways was withdrawn.
    """
    return Ending(ending or Ending.WITHDRAWN) if ended_on else None


def ending_words(ending: Ending, on: date) -> str:
    """Return how and when a recommendation ended, like "Noted on 3 May 2012"."""
    return f"{ENDING_NAMES[ending]} on {date_uk(on)}"


def count_words(endings: Sequence[Ending]) -> str:
    """Return how many ended in each way, like "1 of them withdrawn, 2 noted"; "" for none."""
    counts = [(endings.count(each), ENDING_NAMES[each].lower()) for each in Ending]
    return ", ".join(f"{count} {words}" for count, words in counts if count).replace(" ", " of them ", 1)


def problems_with_ending(
    ending: str, reason: str, ended_on: date | None, now: str | None, unfinished: Sequence[str]
) -> dict[str, str]:
    """Return {field: message} for why a recommendation cannot end so; no reason mends "standing".

    `ended_on` and `now` are how it has ended already. To note it needs no reason. `unfinished` are the
    references of its actions that may still need doing.
    """
    problems = problems_with_withdrawal(reason, None, unfinished)
    if ending == Ending.NOTED and not reason:
        del problems["reason"]
    if ending not in ENDING_NAMES:
        problems["ending"] = "Choose how the recommendation ends."
    ended = ending_of(ended_on, now)
    if ended:
        problems["standing"] = f"This recommendation is {ENDING_NAMES[ended].lower()} already."
    return problems
