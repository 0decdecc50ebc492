"""What a log of reminders says: which rung it was, and which reminders nobody has answered. Plain values."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from kscb_actions.terms import LazyText
from kscb_actions.wording import plural

# A thing that was reminded of: the code of its ladder, what it is called, the agency that it concerns.
Named = tuple[str, str, int | None]
# From so many on, a reminder that nobody has answered is told of.
WORTH_TELLING = 2
TIMES = {2: "twice", 3: "three times", 4: "four times", 5: "five times", 6: "six times", 7: "seven times"}
TAKEN_OUT = "taken out before the message went, for it had changed"
WHY_TOLD = {
    "asked": "asked to do it",
    "orphaned": "nobody else could be asked",
    "raised": "brought to them",
    "copied": "in copy",
}


def stage_words(stage: int, counted: str | LazyText) -> str:
    """Return which stage a reminder was, such as "7 days after the due date"."""
    if stage == 0:
        return f"on {counted}"
    return f"{plural(abs(stage), 'day')} {'before' if stage < 0 else 'after'} {counted}"


@dataclass(frozen=True)
class Given:
    """A reminder that reached somebody who was asked: of which due date, and on which day."""

    due_on: date
    chased_on: date


def unanswered(given: Iterable[Given], due_on: date | None, heard_on: date) -> int:
    """Return on how many days somebody was reminded of the present due date without a word since.

    heard_on  the day on which the agency was last heard: it said how far it is, asked for more time, or said
              by when it does it. A reminder of that day, or of an earlier one, was answered.
    """
    return len({one.chased_on for one in given if one.due_on == due_on and one.chased_on > heard_on})


def unanswered_words(count: int) -> str:
    """Return "reminded five times, no answer"; "" where it is not worth telling."""
    if count < WORTH_TELLING:
        return ""
    return f"reminded {TIMES.get(count, f'{count} times')}, no answer"
