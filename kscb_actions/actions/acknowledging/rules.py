"""When an action may be acknowledged: "seen, doing it by a day". Plain values in, reasons out.

It is no extension: due date and rating stay as they are. Nobody is reminded of that due date up to and on the
day that was said; on the next working day the ladder goes on, with the one rung that is reached by then.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from kscb_actions.terms import say
from kscb_actions.wording import date_uk

from ..rules import why_closed
from ..turn import RatingFacts, Side, whose_turn

FURTHEST_DAYS = 28
ASK_FOR_TIME = "Ask for more time instead."


@dataclass(frozen=True)
class Said:
    """That somebody acknowledged a due date, or that this was a mistake; on which day."""

    due_on: date
    until_on: date
    said_on: date
    is_taken_back: bool = False


def standing(said: Sequence[Said], due_on: date | None) -> Said | None:
    """Return what stands of what was said of a due date, in its order; None where nothing does."""
    last = next((one for one in reversed(said) if one.due_on == due_on), None)
    return None if last is None or last.is_taken_back else last


def is_put_off(until_on: date | None, on: date) -> bool:
    """Return whether nobody is reminded on a day, for the agency has said that it does it by `until_on`."""
    return until_on is not None and on <= until_on


def latest_day(said: Sequence[Said], due_on: date | None, today: date) -> date:
    """Return the latest day that may be said: counted from when this due date was first acknowledged.

    So what is taken back and said again puts nothing off any further.
    """
    first = next((one.said_on for one in said if one.due_on == due_on), today)
    return first + timedelta(days=FURTHEST_DAYS)


def why_not_acknowledged(facts: RatingFacts, said: Sequence[Said], today: date) -> str | None:
    """Return why an action cannot be acknowledged now, and what to do instead; None when it can."""
    if closed := why_closed(facts):
        return closed
    if facts.current_due_on is None:
        return say("This action has no due date. Agree one with the Board.")
    if whose_turn(facts, today).side is not Side.AGENCY:
        return say("This waits for the Board, and nobody is reminded of it meanwhile.")
    return why_not_again(said, facts.current_due_on, today)


def why_not_again(
    said: Sequence[Said], due_on: date | None, today: date, instead: str = ASK_FOR_TIME
) -> str | None:
    """Return why a due date cannot be acknowledged once more, and what to do `instead`; None when it can."""
    if found := standing(said, due_on):
        return f"You have said already that it is done by {date_uk(found.until_on)}. {instead}"
    if latest_day(said, due_on, today) < today:
        return f"This due date was acknowledged more than {FURTHEST_DAYS} days ago. {instead}"
    return None


def problem_with_day(
    until_on: date | None, latest: date, today: date, instead: str = ASK_FOR_TIME
) -> str | None:
    """Return what is wrong with the day by which it is to be done; None where nothing is.

    latest   as `latest_day` gives it
    instead  what to do where the day is too late
    """
    if until_on is None:
        return "Enter the day by which you do it."
    if until_on < today:
        return "Enter today or a later day."
    if until_on > latest:
        return f"Enter a day up to {date_uk(latest)}. {instead}"
    return None


def why_not_taken_back(said: Sequence[Said], due_on: date | None, today: date) -> str | None:
    """Return why there is nothing to take back; None while there is: until the day that was said is over."""
    found = standing(said, due_on)
    if found is None:
        return "Nobody has said by when this is done."
    if not is_put_off(found.until_on, today):
        return "The day is over, and reminders go on already."
    return None
