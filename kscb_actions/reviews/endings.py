"""How a recommendation comes to an end: withdrawn, noted, or not for this Board. Plain values.

One that has ended takes no actions, and no agency is asked for its answer or reminded of it. It can be
brought back.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from enum import StrEnum

from kscb_actions.terms import say, say_all
from kscb_actions.text import LONGEST_REASON, why_too_long
from kscb_actions.wording import date_uk


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
# The same for readers outside the Board.
ENDED_BY_BOARD = say_all(
    {
        Ending.WITHDRAWN: "Withdrawn by the Board",
        Ending.NOTED: "Noted by the Board",
        Ending.NOT_FOR_US: "Not for this Board",
    }
)
# (its name as a choice, what it means).
ENDING_CHOICES = say_all(
    {
        Ending.NOTED: ("Noted", "The Board takes note of it. There is nothing to do."),
        Ending.NOT_FOR_US: ("Not for us", "Others are to carry it out."),
        Ending.WITHDRAWN: ("Withdrawn", "The Board gave it up, or another overtook it."),
    }
)
EVENTS = {
    Ending.WITHDRAWN: "recommendation.withdrawn",
    Ending.NOTED: "recommendation.noted",
    Ending.NOT_FOR_US: "recommendation.not-for-us",
}
# Of the actions that stand in the way of something, this many are named.
MOST_NAMED = 10


def ending_of(ended_on: date | str | None, ending: str | None) -> Ending | None:
    """Return how a recommendation ended; None while it stands.

    What ended before there were several ways was withdrawn.
    """
    return Ending(ending or Ending.WITHDRAWN) if ended_on else None


def ending_words(ending: Ending, on: date | None) -> str:
    """Return how and when a recommendation ended, like "Noted on 3 May 2012"."""
    return f"{ENDING_NAMES[ending]} on {date_uk(on)}"


def count_words(endings: Iterable[Ending | None]) -> str:
    """Return how many ended, each way apart, like "1 withdrawn, 2 noted"; "" where all stand."""
    counts = Counter(endings)
    return ", ".join(f"{counts[each]} {ENDING_NAMES[each].lower()}" for each in Ending if counts[each])


def problems_with_ending(
    ending: str, reason: str, ended: Ending | None, unfinished: Sequence[str]
) -> dict[str, str]:
    """Return {field: message} for why a recommendation cannot end so; no reason mends "standing".

    `ended` is how it has ended already. To take note needs no reason. `unfinished` are the references of its
    actions that may still need doing.
    """
    problems = {} if ending == Ending.NOTED and not reason else _without_reason(reason)
    if ending not in ENDING_NAMES:
        problems["ending"] = "Choose how the recommendation ends."
    if ended:
        problems["standing"] = why_ended_already(ended)
    elif unfinished:
        problems["standing"] = why_unfinished(unfinished)
    return problems


def problems_with_bringing_back(reason: str, ended: Ending | None) -> dict[str, str]:
    """Return {field: message} for why it cannot be brought back, as `problems_with_ending`."""
    wrong = {} if ended else {"standing": "This recommendation has not ended."}
    return _without_reason(reason) | wrong


def why_ended_already(ended: Ending) -> str:
    """Return that a recommendation has ended, and how."""
    return f"This recommendation is {ENDING_NAMES[ended].lower()} already. Bring it back first."


def why_unfinished(references: Sequence[str]) -> str:
    """Return which actions prevent an end, and what to do about them."""
    more = len(references) - MOST_NAMED
    named = ", ".join(references[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
    return say(
        "Not finished yet: {named}. Withdraw or supersede each action first, or wait until "
        "the Board has accepted it.",
        named=named,
    )


def why_nothing_asked(label: str, ended: Ending | None) -> str | None:
    """Return why the recommendation so called takes no more actions or answers; None while it does."""
    if ended is None:
        return None
    how = ENDING_NAMES[ended].lower()
    return f"Recommendation {label} is {how}, so nothing more is asked for it. Bring it back first."


def _without_reason(reason: str) -> dict[str, str]:
    wrong = why_too_long(reason, LONGEST_REASON) if reason else "Say why, for whoever reads this later."
    return {"reason": wrong} if wrong else {}
