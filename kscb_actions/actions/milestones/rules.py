"""What a milestone may be, where it stands, and which is named first. Plain values in, plain values out.

A milestone that is overdue does not change the rating of its action: the rating is about the action's own
date, and a step that slips is the agency's to catch up. It is named beside the rating instead.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from kscb_actions.terms import say
from kscb_actions.text import why_too_long
from kscb_actions.wording import date_short, plural

from ..rules import STANDING_NAMES, Assurance, Standing
from ..turn import RatingFacts

# Of the milestones that are overdue, this many are named in a row of a list.
MOST_NAMED = 2
LONGEST_NAMED = 80


@dataclass(frozen=True)
class MilestoneFacts:
    """What is said of a milestone; `done_on` is None while it is not done."""

    text: str
    due_on: date | None
    done_on: date | None = None


def problems_with_milestone(facts: MilestoneFacts, today: date) -> dict[str, str]:
    """Return {field: message} for what is wrong with a milestone."""
    wrong = why_too_long(facts.text) if facts.text else "Enter what is to be reached."
    problems = {"text": wrong} if wrong else {}
    if facts.due_on is None:
        problems["due_on"] = "Enter the day by which it is to be reached."
    return problems | problem_with_done_on(facts.done_on, today)


def problem_with_done_on(done_on: date | None, today: date) -> dict[str, str]:
    """Return {"done_on": message} for a day that is still to come."""
    if done_on is not None and done_on > today:
        return {"done_on": "The day on which it was reached must be today or in the past."}
    return {}


def why_not_kept(facts: RatingFacts, is_withdrawn: bool = False) -> str | None:
    """Return why the milestones of an action, or one of them, cannot be changed; None when they can."""
    if is_withdrawn:
        return "This milestone has been withdrawn already."
    if facts.standing in (Standing.SUPERSEDED, Standing.WITHDRAWN):
        standing = STANDING_NAMES[Standing(facts.standing)].lower()
        return f"This action is {standing}, so its milestones stay as they are."
    if facts.assurance == Assurance.ACCEPTED:
        return say("The Board has accepted this action as done, so its milestones stay as they are.")
    return None


def is_overdue(facts: MilestoneFacts, today: date) -> bool:
    """Return whether a milestone is not done and its day is over."""
    return facts.done_on is None and facts.due_on is not None and facts.due_on < today


def state_words(facts: MilestoneFacts, today: date) -> str:
    """Return where a milestone stands, such as "Overdue by 12 days" or "Done on 3 Mar 2012, 2 days late"."""
    if facts.due_on is None:
        return ""
    if facts.done_on is not None:
        late = (facts.done_on - facts.due_on).days
        how_late = f", {plural(late, 'day')} late" if late > 0 else ""
        return f"Done on {date_short(facts.done_on)}{how_late}"
    left = (facts.due_on - today).days
    if left < 0:
        return f"Overdue by {plural(-left, 'day')}"
    return f"Due in {plural(left, 'day')}" if left else "Due today"


def milestones_in_short(milestones: Iterable[MilestoneFacts], today: date) -> tuple[str, ...]:
    """Return what a row of a list says of an action's milestones: those overdue, and the next.

    Such as ("Milestone overdue by 12 days: Staff trained", "Next milestone 3 Mar 2012: Audit done").
    """
    waiting = sorted(
        (each for each in milestones if each.done_on is None and each.due_on is not None),
        key=lambda each: each.due_on or today,
    )
    overdue = [each for each in waiting if is_overdue(each, today)]
    told = [
        f"Milestone {state_words(each, today).lower()}: {_short(each.text)}" for each in overdue[:MOST_NAMED]
    ]
    if more := len(overdue) - len(told):
        told.append(f"{plural(more, 'more milestone')} overdue")
    if following := waiting[len(overdue) :]:
        told.append(f"Next milestone {date_short(following[0].due_on)}: {_short(following[0].text)}")
    return tuple(told)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_NAMED else f"{line[: LONGEST_NAMED - 1].rstrip()}…"
