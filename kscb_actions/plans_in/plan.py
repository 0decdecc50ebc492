"""A plan as it was read: recommendations with their actions, what was guessed, and what could not be read."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from kscb_actions.dates_written.rules import Written

from .headings import Part
from .tables import Problem

NO_DATE = Written(None, "")


@dataclass(slots=True)
class PlanAction:
    """One action of a plan, and all that its source says of its past.

    agencies   codes; the first leads, the others own it with it
    person     who or which post is named inside the agency
    due        with the source's words; `revised` is the date to which it was moved
    status     what the status words are usually read as; a person confirms it
    progress   (the heading it stood under, the text)
    others     (heading, text) of columns that mean nothing else
    """

    text: str
    place: str
    owner_text: str = ""
    agencies: tuple[str, ...] = ()
    person: str = ""
    due: Written = NO_DATE
    revised: Written = NO_DATE
    status_text: str = ""
    status: str = ""
    progress: tuple[tuple[str, str], ...] = ()
    done: Written = NO_DATE
    accepted: Written = NO_DATE
    accepted_by: str = ""
    success: str = ""
    evidence: str = ""
    milestones: str = ""
    others: tuple[tuple[str, str], ...] = ()


@dataclass(slots=True)
class PlanRecommendation:
    """One recommendation. `others`: (heading, text) of an agency's answer, and of columns that mean nothing.

    Its first action has them too, beside its own.
    """

    number: str
    text: str
    heading: str
    place: str
    actions: list[PlanAction] = field(default_factory=list)
    others: tuple[tuple[str, str], ...] = ()

    @property
    def by_row(self) -> list[list[PlanAction]]:
        """Return its actions, those together that several agencies have each from one row of the file."""
        rows: dict[tuple[str, str], list[PlanAction]] = {}
        for action in self.actions:
            rows.setdefault((action.place, action.text), []).append(action)
        return list(rows.values())


@dataclass(frozen=True)
class Column:
    """A column of a plan's table: where, its heading, how that is compared, and what it was taken for."""

    place: str
    heading: str
    key: str
    part: Part


@dataclass
class Plan:
    """All that was read.

    columns  what each column was taken for, for a person to check
    unknown  words that name no known agency, each once
    as_of    the day of which the file says that it speaks
    """

    recommendations: list[PlanRecommendation] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    guesses: list[Problem] = field(default_factory=list)
    columns: list[Column] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    layout: tuple[str, ...] = ()
    as_of: date | None = None

    @property
    def actions(self) -> list[PlanAction]:
        """Return the actions of all recommendations."""
        return [action for each in self.recommendations for action in each.actions]

    @property
    def stopped_by(self) -> list[Problem]:
        """Return the problems that have to be put right before anything is taken in."""
        return [each for each in self.problems if each.stops]


def as_json(plan: Plan) -> dict[str, Any]:
    """Return a plan as it is printed in JSON; dates like 2011-12-31, and null where there is none."""
    return {
        "recommendations": [
            {
                "number": each.number,
                "text": each.text,
                "heading": each.heading,
                "actions": [_action(action) for action in each.actions],
            }
            for each in plan.recommendations
        ],
        "problems": [{"place": each.place, "problem": each.problem} for each in plan.problems],
    }


def problems_json(problems: Iterable[Problem]) -> dict[str, Any]:
    """Return what is printed in JSON where nothing could be read."""
    return {
        "recommendations": [],
        "problems": [{"place": each.place, "problem": each.problem} for each in problems],
    }


def _action(action: PlanAction) -> dict[str, Any]:
    return {
        "text": action.text,
        "agency": action.agencies[0] if action.agencies else None,
        "owners": list(action.agencies),
        "owner_text": action.owner_text,
        "due_on": _day(action.due.on),
        "due_text": action.due.words,
        "status_text": action.status_text,
        "done_on": _day(action.done.on),
        "place": action.place,
    }


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
