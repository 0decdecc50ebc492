"""Reading child deaths, always for a viewer: what they may not see is not in the answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import peewee

from kscb_actions.access.policy import Viewer
from kscb_actions.child_deaths.meetings.models import PanelCase, PanelMeeting
from kscb_actions.child_deaths.returns.models import AgencyReturn
from kscb_actions.child_deaths.returns.queries import (
    AGENCYS_TURN,
    IS_SENT,
    RETURNS,
    STILL_ASKED,
    count_returns,
)
from kscb_actions.child_deaths.visibility import (
    IN_FORCE,
    closed_deaths,
    reads_all_deaths,
    visible_death,
    visible_in_error,
    visible_meeting,
)
from kscb_actions.child_deaths.years import years_between
from kscb_actions.pages import Page, page_within
from kscb_actions.reviews.queries import NOTHING
from kscb_actions.searching.queries import words_of
from kscb_actions.settings.models import District

from .models import ChildDeath
from .narrowing import about_the_case
from .rules import DeathFacts, likeness

PER_PAGE = 25


STATES = {
    "waiting": "Not yet with a panel",
    "with_panel": "With a panel",
    "decided": "Decided",
    "in_error": "Closed as recorded in error",
}


SORTS: dict[str, tuple[Any, ...]] = {
    "case": (ChildDeath.order_key,),
    "died": (ChildDeath.died_on, ChildDeath.id),
    "notified": (ChildDeath.notified_on, ChildDeath.id),
    "reviewed": (ChildDeath.reviewed_on, ChildDeath.id),
}


@dataclass(frozen=True)
class DeathFilter:
    """Say what the list of cases is filtered by; an empty value filters nothing.

    state     a code of STATES
    year      of death, like "2011-12"
    reviewed  the year in which the review was completed; "any", "not_yet"
    expected  a code of terms.EXPECTED; so age, sex, place; and district, "not_known" for none of the list
    category, modifiable  what the panel decided: the number of the primary category, and a code
    returns   "waiting": only cases for which a return is outstanding; "overdue": was due before `today`
    words     part of a case number
    """

    state: str = ""
    year: str = ""
    reviewed: str = ""
    expected: str = ""
    category: str = ""
    modifiable: str = ""
    age: str = ""
    sex: str = ""
    district: str = ""
    place: str = ""
    returns: str = ""
    words: str = ""
    today: date | None = None


@dataclass(frozen=True)
class ListedDeath:
    """Hold a case in the list, the day of its newest meeting, and its returns (answered, asked)."""

    death: ChildDeath
    panel_on: date | None
    answered: int
    asked: int

    @property
    def state(self) -> str:
        """Return the code of its state (STATES)."""
        if self.death.void_as:
            return "in_error"
        if self.death.decision_number:
            return "decided"
        return "with_panel" if self.panel_on else "waiting"


def near_duplicates(viewer: Viewer, facts: DeathFacts) -> list[ChildDeath]:
    """Return the cases that could be the same child as these facts (without problems), by case number."""
    died_on, district, sex, kept = likeness(facts)
    if kept is None:
        return []
    return list(
        ChildDeath.select()
        .where(
            ChildDeath.died_on == died_on,
            ChildDeath.district == district,
            ChildDeath.sex == sex,
            ChildDeath.age_number == kept.number,
            ChildDeath.age_unit == kept.unit,
            visible_death(viewer),
        )
        .order_by(ChildDeath.order_key)
    )


def list_deaths(
    viewer: Viewer, filters: DeathFilter, sort: str = "died", descending: bool = True, page: int = 1
) -> Page[ListedDeath]:
    """Return one page of the matching cases this person may see. Four queries, however many there are."""
    condition = visible_in_error(viewer) if filters.state == "in_error" else visible_death(viewer)
    for each in _conditions(filters):
        condition = condition & each
    total = ChildDeath.select().where(condition).count()
    page, pages, start, count = page_within(page, total, PER_PAGE)
    keys = SORTS.get(sort, SORTS["died"])
    # Without a day last either way, as in the list of actions: databases differ where it is not said.
    order = [key.desc(nulls="LAST") if descending else key.asc(nulls="LAST") for key in keys]
    rows = list(ChildDeath.select().where(condition).order_by(*order).limit(count).offset(start))
    panels, returns = newest_panels(viewer, rows), count_returns([row.id for row in rows])
    listed = [ListedDeath(row, panels.get(row.id), *returns.get(row.id, (0, 0))) for row in rows]
    return Page(listed, total, page, pages)


def sees_every_death(viewer: Viewer) -> bool:
    """Return whether this person's list of cases holds all that are counted.

    It does not while they have a declared interest.
    """
    return reads_all_deaths(viewer) and not closed_deaths(viewer).exists()


def list_years(viewer: Viewer, day: Any = ChildDeath.died_on) -> list[str]:
    """Return the years of the cases this person may see, newest first: of death, or of another `day`."""
    first, last = (
        ChildDeath.select(peewee.fn.MIN(day), peewee.fn.MAX(day)).where(visible_death(viewer)).tuples()[0]
    )
    if first is None:
        return []
    return years_between(first, last)


def _conditions(filters: DeathFilter) -> list[Any]:
    found = about_the_case(vars(filters))
    if filters.state:
        found.append(_in_state(filters.state))
    if filters.returns:
        found.append(_waits_for(filters.returns, filters.today))
    found += [ChildDeath.case_number.contains(word) for word in words_of(filters.words)]
    return found


def _in_state(state: str) -> Any:
    with_panel = ChildDeath.id.in_(PanelCase.select(PanelCase.death))
    undecided = ChildDeath.decision_number == 0
    conditions = {
        "waiting": undecided & ~with_panel,
        "with_panel": undecided & with_panel,
        "decided": ChildDeath.decision_number > 0,
        "in_error": ~IN_FORCE,
    }
    return conditions.get(state, NOTHING)


def _waits_for(returns: str, today: date | None) -> Any:
    is_meant = IS_SENT if returns == "sent" else AGENCYS_TURN
    waiting = AgencyReturn.select(AgencyReturn.death).where(is_meant, STILL_ASKED)
    # As overdue_returns: what the panel decided without is not awaited any more.
    if returns == "overdue" and today is not None:
        waiting = waiting.where(AgencyReturn.due_on < today)
        return ChildDeath.id.in_(waiting) & (ChildDeath.decision_number == 0)
    return ChildDeath.id.in_(waiting) if returns in RETURNS else NOTHING


def counted_districts() -> dict[str, str]:
    """Return {code: name} of those with a row in tables: open ones, and closed ones that some case has."""
    used = District.code.in_(ChildDeath.select(ChildDeath.district))
    rows = District.select().where((District.is_closed == False) | used).order_by(District.name)  # noqa: E712
    return {row.code: row.name for row in rows}


def newest_panels(viewer: Viewer, deaths: Sequence[ChildDeath]) -> dict[int, date]:
    """Return {id of death: day of its newest meeting}, as far as this person may see meetings."""
    query = (
        PanelCase.select(PanelCase.death, peewee.fn.MAX(PanelMeeting.held_on))
        .join(PanelMeeting)
        .where(PanelCase.death.in_([each.id for each in deaths]), visible_meeting(viewer))
        .group_by(PanelCase.death)
    )
    return dict(query.tuples()) if deaths else {}
