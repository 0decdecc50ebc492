"""What of a plan can be carried forward, with which dates, and what the new one is called. Plain values."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from kscb_actions.reviews.rules import add_months
from kscb_actions.terms import say

from ..rules import STANDING_NAMES, Assurance, Standing, is_open
from ..turn import RatingFacts


class Dates(StrEnum):
    """What becomes of the due dates and of the dates of milestones."""

    KEPT = "kept"
    YEAR = "year"
    NONE = "none"


DATES_NAMES = {
    Dates.YEAR: "A year later",
    Dates.KEPT: "As they are",
    Dates.NONE: "None: they are set later, and shown as amber until then",
}
_YEAR = re.compile(r"\b((?:19|20)\d\d)(?:([-/])(\d\d))?(?!\d)")


@dataclass(frozen=True)
class CarryChoice:
    """What the manager chooses: the new review, its dates, and what goes into it, by ids of the earlier one.

    seen  {action id: the version of it that the preview showed}
    """

    reference: str
    title: str
    dates: str
    actions: frozenset[int]
    recommendations: frozenset[int] = frozenset()
    seen: tuple[tuple[int, int], ...] = ()


def why_not_carried(facts: RatingFacts) -> str | None:
    """Return why an action cannot be carried forward, as part of a sentence; None when it can."""
    if facts.assurance == Assurance.ACCEPTED:
        return say("accepted by the Board")
    if facts.standing in (Standing.SUPERSEDED, Standing.WITHDRAWN):
        return STANDING_NAMES[Standing(facts.standing)].lower()
    if facts.assurance == Assurance.SUBMITTED:
        return say("waiting for the Board’s check, which comes first")
    return None


def is_preselected(facts: RatingFacts) -> bool:
    """Return whether an action is chosen beforehand: the agency still has something to do."""
    return is_open(facts)


def new_due_on(due_on: date | None, dates: str) -> date | None:
    """Return the date of what is carried forward: the same, a year later, or none."""
    if due_on is None or dates == Dates.NONE:
        return None
    return add_months(due_on, 12) if dates == Dates.YEAR else due_on


def a_year_later(text: str) -> str:
    """Return a text with its years put on by one: "IP-2011-01" is "IP-2012-01", "2011-12" is "2012-13"."""

    def next_year(found: re.Match[str]) -> str:
        year = int(found[1])
        if found[3] is None:
            return str(year + 1)
        is_span = int(found[3]) == (year + 1) % 100
        return f"{year + 1}{found[2]}{str(year + 2)[-2:]}" if is_span else f"{year + 1}{found[2]}{found[3]}"

    return _YEAR.sub(next_year, text)


def problems_with_choice(
    choice: CarryChoice, refused: Sequence[tuple[str, str]], unknown: bool, changed: Iterable[str]
) -> dict[str, str]:
    """Return {field: message} for what is wrong with a choice.

    `refused` are (reference, why) of chosen actions that cannot be carried, `unknown` whether something is
    chosen that is not there, `changed` references of those changed since the preview.
    """
    problems = {}
    if choice.dates not in DATES_NAMES:
        problems["dates"] = "Choose what becomes of the dates."
    if not choice.actions and not choice.recommendations:
        problems["actions"] = "Choose what is carried forward."
    elif unknown:
        problems["actions"] = "The plan has changed since you opened this page. Choose again."
    elif refused:
        named = "; ".join(f"{reference} is {why}" for reference, why in refused)
        problems["actions"] = f"Not everything chosen can be carried forward: {named}."
    elif moved := ", ".join(changed):
        problems["actions"] = f"Changed since the preview: {moved}. Look at the preview again."
    return problems
