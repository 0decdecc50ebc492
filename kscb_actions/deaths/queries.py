"""Reading child deaths, always for a viewer: what they may not see is not in the answer."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import peewee

from ..access.policy import Permission, Reach, Viewer, reach
from ..people.models import Agency
from ..reviews.queries import EVERYTHING, NOTHING
from .models import AgencyReturn, ChildDeath, Interest, PanelCase, PanelMeeting, PanelSeat
from .narrowing import about_the_case
from .rules import DeathFacts, likeness, year_of

PER_PAGE = 25
# An agency that was asked by mistake is no longer asked: its row is kept for the trail alone.
STILL_ASKED = AgencyReturn.taken_back_on.is_null()
STATES = {
    "waiting": "Not yet with a panel",
    "with_panel": "With a panel",
    "decided": "Decided",
}
RETURNS = {"waiting": "A return is outstanding", "overdue": "A return is overdue"}
SORTS: dict[str, tuple[Any, ...]] = {
    "case": (ChildDeath.case_number,),
    "died": (ChildDeath.died_on, ChildDeath.id),
    "notified": (ChildDeath.notified_on, ChildDeath.id),
    "reviewed": (ChildDeath.reviewed_on, ChildDeath.id),
}


@dataclass(frozen=True)
class DeathFilter:
    """What the list of cases is narrowed to; an empty value narrows nothing.

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
class Listed:
    """A case in the list. panel_on is its newest meeting; returns is (answered, asked)."""

    death: ChildDeath
    panel_on: date | None
    answered: int
    asked: int

    @property
    def state(self) -> str:
        """A code of STATES."""
        if self.death.decision_number:
            return "decided"
        return "with_panel" if self.panel_on else "waiting"


@dataclass(frozen=True)
class DeathPage:
    """One page of the list of cases, and how many there are in all."""

    rows: list[Listed]
    total: int
    page: int
    pages: int


def visible_death(viewer: Viewer) -> Any:
    """The condition on ChildDeath that keeps what this person may see.

    A co-ordinator sees all, a member the cases of panels they sit on; nobody a case they have declared an
    interest in, whatever their roles.
    """
    if viewer.is_system:
        return EVERYTHING
    width = reach(viewer, Permission.READ_DEATH)
    if width is Reach.NONE:
        return NOTHING
    own = viewer.id or 0
    closed = Interest.select(Interest.death).where(Interest.user == own, Interest.lifted_at.is_null())
    condition = ChildDeath.id.not_in(closed)
    if width is Reach.OWN_PANELS:
        seats = PanelSeat.select(PanelSeat.meeting).where(PanelSeat.user == own)
        condition = condition & ChildDeath.id.in_(
            PanelCase.select(PanelCase.death).where(PanelCase.meeting.in_(seats))
        )
    return condition


def visible_meeting(viewer: Viewer) -> Any:
    """The condition on PanelMeeting that keeps what this person may see: a member's own panels."""
    if viewer.is_system:
        return EVERYTHING
    width = reach(viewer, Permission.READ_DEATH)
    if width is Reach.OWN_PANELS:
        own = PanelSeat.select(PanelSeat.meeting).where(PanelSeat.user == (viewer.id or 0))
        return PanelMeeting.id.in_(own)
    return EVERYTHING if width is Reach.ALL else NOTHING


def get_death(viewer: Viewer, death_id: int) -> ChildDeath | None:
    """One case, or None when it is hidden or does not exist."""
    return ChildDeath.select().where(ChildDeath.id == death_id, visible_death(viewer)).first()


def get_meeting(viewer: Viewer, meeting_id: int) -> PanelMeeting | None:
    """One meeting, or None when it is hidden or does not exist."""
    return PanelMeeting.select().where(PanelMeeting.id == meeting_id, visible_meeting(viewer)).first()


def get_panel_case(viewer: Viewer, meeting_id: int, death_id: int) -> PanelCase | None:
    """A case on a meeting's agenda, with both, or None where either is hidden or does not exist."""
    return (
        PanelCase.select(PanelCase, ChildDeath, PanelMeeting)
        .join(ChildDeath)
        .switch(PanelCase)
        .join(PanelMeeting)
        .where(
            PanelCase.meeting == meeting_id,
            PanelCase.death == death_id,
            visible_death(viewer),
            visible_meeting(viewer),
        )
        .first()
    )


def near_duplicates(viewer: Viewer, facts: DeathFacts) -> list[ChildDeath]:
    """The cases that could be the same child as these facts, which have no problems; by case number."""
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
        .order_by(ChildDeath.case_number)
    )


def list_deaths(
    viewer: Viewer, narrow: DeathFilter, sort: str = "died", descending: bool = True, page: int = 1
) -> DeathPage:
    """One page of the cases this person may see that match. Four queries, however many there are."""
    condition = visible_death(viewer)
    for each in _narrowing(narrow):
        condition = condition & each
    total = ChildDeath.select().where(condition).count()
    pages = max(1, -(-total // PER_PAGE))
    page = min(max(1, page), pages)
    keys = SORTS.get(sort, SORTS["died"])
    # Without a day last either way, as in the list of actions: databases differ where it is not said.
    order = [key.desc(nulls="LAST") if descending else key.asc(nulls="LAST") for key in keys]
    rows = list(ChildDeath.select().where(condition).order_by(*order).paginate(page, PER_PAGE))
    panels, returns = _newest_panels(viewer, rows), count_returns([row.id for row in rows])
    listed = [Listed(row, panels.get(row.id), *returns.get(row.id, (0, 0))) for row in rows]
    return DeathPage(listed, total, page, pages)


def sees_every_death(viewer: Viewer) -> bool:
    """Does this person's list of cases hold all that are counted? Not with an interest that is declared."""
    own = Interest.select().where(Interest.user == (viewer.id or 0), Interest.lifted_at.is_null())
    return reach(viewer, Permission.READ_DEATH) is Reach.ALL and not own.exists()


def list_years(viewer: Viewer, day: Any = ChildDeath.died_on) -> list[str]:
    """The years of the cases this person may see, newest first: of death, or of another of their days."""
    first, last = (
        ChildDeath.select(peewee.fn.MIN(day), peewee.fn.MAX(day)).where(visible_death(viewer)).tuples()[0]
    )
    if first is None:
        return []
    start, end = int(year_of(first)[:4]), int(year_of(last)[:4])
    return [f"{year}-{(year + 1) % 100:02}" for year in range(end, start - 1, -1)]


def list_returns(viewer: Viewer, death: ChildDeath) -> list[AgencyReturn]:
    """What agencies are asked of a case, with the agency, by its name; not what was taken back."""
    return list(_returns(viewer).where(AgencyReturn.death == death).order_by(Agency.name))


def overdue_returns(viewer: Viewer, today: date) -> list[AgencyReturn]:
    """The returns that were due before today and have not come, with case and agency; the oldest first.

    Not those of a case that the panel has decided without them.
    """
    late = AgencyReturn.answered_on.is_null() & (AgencyReturn.due_on < today)
    late = late & (ChildDeath.decision_number == 0)
    return list(_returns(viewer).where(late).order_by(AgencyReturn.due_on, AgencyReturn.id))


def get_return(viewer: Viewer, death_id: int, return_id: int) -> AgencyReturn | None:
    """One return of a case, or None when it is hidden, taken back or does not exist."""
    return _returns(viewer).where(AgencyReturn.id == return_id, AgencyReturn.death == death_id).first()


def _returns(viewer: Viewer) -> Any:
    return (
        AgencyReturn.select(AgencyReturn, ChildDeath, Agency)
        .join(ChildDeath)
        .switch(AgencyReturn)
        .join(Agency)
        .where(visible_death(viewer), STILL_ASKED)
    )


def _narrowing(narrow: DeathFilter) -> list[Any]:
    found = about_the_case(vars(narrow))
    if narrow.state:
        found.append(_in_state(narrow.state))
    if narrow.returns:
        found.append(_waits_for(narrow.returns, narrow.today))
    if narrow.words:
        found.append(ChildDeath.case_number.contains(narrow.words))
    return found


def _in_state(state: str) -> Any:
    with_panel = ChildDeath.id.in_(PanelCase.select(PanelCase.death))
    undecided = ChildDeath.decision_number == 0
    conditions = {
        "waiting": undecided & ~with_panel,
        "with_panel": undecided & with_panel,
        "decided": ChildDeath.decision_number > 0,
    }
    return conditions.get(state, NOTHING)


def _waits_for(returns: str, today: date | None) -> Any:
    waiting = AgencyReturn.select(AgencyReturn.death).where(AgencyReturn.answered_on.is_null(), STILL_ASKED)
    if returns == "overdue" and today is not None:
        waiting = waiting.where(AgencyReturn.due_on < today)
        return ChildDeath.id.in_(waiting) & (ChildDeath.decision_number == 0)
    return ChildDeath.id.in_(waiting) if returns in RETURNS else NOTHING


def _newest_panels(viewer: Viewer, deaths: Sequence[ChildDeath]) -> dict[int, date]:
    query = (
        PanelCase.select(PanelCase.death, peewee.fn.MAX(PanelMeeting.held_on))
        .join(PanelMeeting)
        .where(PanelCase.death.in_([each.id for each in deaths]), visible_meeting(viewer))
        .group_by(PanelCase.death)
    )
    return dict(query.tuples()) if deaths else {}


def count_returns(death_ids: Collection[int]) -> dict[int, tuple[int, int]]:
    """{id of death: (returns that have come, returns asked for)} of cases fetched for a viewer."""
    query = (
        AgencyReturn.select(
            AgencyReturn.death,
            peewee.fn.COUNT(AgencyReturn.answered_on),
            peewee.fn.COUNT(AgencyReturn.id),
        )
        .where(AgencyReturn.death.in_(list(death_ids)), STILL_ASKED)
        .group_by(AgencyReturn.death)
    )
    return {death: (answered, asked) for death, answered, asked in query.tuples()}
