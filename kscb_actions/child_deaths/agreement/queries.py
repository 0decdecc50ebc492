"""How far members agree with each other, by reporting year and by meeting; for who keeps panels.

Only proposals that count: of meetings at which members propose alone and whose proposals are closed, and
not of members with an interest.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import peewee

from kscb_actions.access.policy import Permission, Reach, Viewer, reach
from kscb_actions.child_deaths.cases.models import ChildDeath
from kscb_actions.child_deaths.cases.rules import primary_category
from kscb_actions.child_deaths.judging.models import Categorisation
from kscb_actions.child_deaths.judging.rules import split
from kscb_actions.child_deaths.meetings.models import Interest, PanelCase, PanelMeeting
from kscb_actions.child_deaths.meetings.rules import Way
from kscb_actions.child_deaths.visibility import OPEN_INTEREST, visible_death
from kscb_actions.child_deaths.years import year_of
from kscb_actions.wording import date_uk

from .rules import Agreement, JudgedCase, by_number_of_raters


@dataclass(frozen=True)
class Answers:
    """Hold what the members proposed on one case at one meeting."""

    meeting_id: int
    held_on: date
    members: tuple[int, ...]
    categories: tuple[int | None, ...]
    statuses: tuple[str, ...]


@dataclass(frozen=True)
class Period:
    """Hold the agreement in a reporting year, or at a meeting (then with its id)."""

    name: str
    meeting_id: int | None
    categories: list[Agreement]
    statuses: list[Agreement]


def agreement_by_year(answers: list[Answers]) -> list[Period]:
    """Return the agreement on the cases of the meetings of each reporting year, the newest first."""
    return [
        Period(year, None, *_both(cases))
        for year, cases in _grouped(answers, lambda each: year_of(each.held_on))
    ]


def agreement_by_meeting(answers: list[Answers]) -> list[Period]:
    """Return the agreement at each meeting, the newest first."""
    return [
        Period(date_uk(cases[0].held_on), cases[0].meeting_id, *_both(cases))
        for _, cases in _grouped(answers, lambda each: each.held_on)
    ]


def list_answers(viewer: Viewer) -> list[Answers]:
    """Return the answers on each case that this person may see, in one query; none to others."""
    if not viewer.is_system and reach(viewer, Permission.KEEP_PANELS) is Reach.NONE:
        return []
    declared = Interest.select(peewee.SQL("1")).where(
        Interest.death == PanelCase.death,
        Interest.user == Categorisation.member,
        OPEN_INTEREST,
    )
    rows = (
        Categorisation.select(
            PanelCase.id,
            PanelMeeting.id,
            PanelMeeting.held_on,
            Categorisation.member,
            Categorisation.categories,
            Categorisation.status,
        )
        .join(PanelCase)
        .join(PanelMeeting)
        .switch(PanelCase)
        .join(ChildDeath)
        .where(
            PanelMeeting.way == Way.BLIND,
            PanelMeeting.closed_at.is_null(False),
            visible_death(viewer),
            ~peewee.fn.EXISTS(declared),
        )
        .order_by(PanelMeeting.held_on, PanelCase.id, Categorisation.member)
        .tuples()
    )
    cases: dict[tuple[int, int, date], list[tuple[int, str, str]]] = defaultdict(list)
    for case_id, meeting_id, held_on, *proposal in rows:
        cases[case_id, meeting_id, held_on].append((proposal[0], proposal[1], proposal[2]))
    return [
        Answers(
            meeting_id,
            held_on,
            tuple(member for member, *_ in proposal),
            tuple(primary_category(split(categories)) for _, categories, _ in proposal),
            tuple(status for *_, status in proposal),
        )
        for (_, meeting_id, held_on), proposal in cases.items()
    ]


def _grouped(answers: list[Answers], key: Callable[[Answers], Any]) -> list[tuple[Any, list[Answers]]]:
    found: dict[Any, list[Answers]] = defaultdict(list)
    for each in answers:
        found[key(each)].append(each)
    return sorted(found.items(), reverse=True, key=lambda pair: pair[0])


def _both(cases: list[Answers]) -> tuple[list[Agreement], list[Agreement]]:
    return (
        by_number_of_raters(JudgedCase(each.members, each.categories) for each in cases),
        by_number_of_raters(JudgedCase(each.members, each.statuses) for each in cases),
    )
