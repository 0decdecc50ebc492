"""Reading agencies’ returns: for a viewer, and for the reminders."""

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from typing import Any

import peewee

from kscb_actions.access.policy import Viewer
from kscb_actions.chasing.queries import chased_by, gathered
from kscb_actions.child_deaths.cases.models import ChildDeath
from kscb_actions.child_deaths.meetings.models import Interest, PanelCase, PanelSeat
from kscb_actions.child_deaths.visibility import IN_FORCE, OPEN_INTEREST, visible_death
from kscb_actions.people.models import Agency

from .models import AgencyReturn, ReturnChase
from .rules import RETURNS as OUTSTANDING
from .rules import OutstandingReturn

# An agency that was asked by mistake is no longer asked: its row is kept for the trail alone.
STILL_ASKED = AgencyReturn.taken_back_on.is_null()
RETURNS = {"waiting": "A return is outstanding", "overdue": "A return is overdue"}


def list_returns(viewer: Viewer, death: ChildDeath) -> list[AgencyReturn]:
    """Return what agencies are asked of a case, with the agency, by its name; not what was taken back."""
    return list(_returns(viewer).where(AgencyReturn.death == death).order_by(Agency.name))


def overdue_returns(viewer: Viewer, today: date) -> list[AgencyReturn]:
    """Return the outstanding returns that were due before today, with case and agency; the oldest first.

    Not those of a case that the panel has decided without them.
    """
    late = AgencyReturn.answered_on.is_null() & (AgencyReturn.due_on < today)
    late = late & (ChildDeath.decision_number == 0)
    return list(_returns(viewer).where(late).order_by(AgencyReturn.due_on, AgencyReturn.id))


def get_return(viewer: Viewer, death_id: int, return_id: int) -> AgencyReturn | None:
    """Return one return of a case, or None when it is hidden, taken back or does not exist."""
    return _returns(viewer).where(AgencyReturn.id == return_id, AgencyReturn.death == death_id).first()


def _returns(viewer: Viewer) -> Any:
    return (
        AgencyReturn.select(AgencyReturn, ChildDeath, Agency)
        .join(ChildDeath)
        .switch(AgencyReturn)
        .join(Agency)
        .where(visible_death(viewer), STILL_ASKED)
    )


def count_returns(death_ids: Collection[int]) -> dict[int, tuple[int, int]]:
    """Return {id of death: (returns that have come, returns asked for)} of cases fetched for a viewer."""
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


def list_waiting(on: date, begins: Mapping[str, int]) -> list[OutstandingReturn]:
    """Return the outstanding returns whose first stage has begun by `on`. Six queries."""
    rows = list(
        AgencyReturn.select(AgencyReturn, Agency)
        .join(Agency)
        .switch(AgencyReturn)
        .join(ChildDeath)
        .where(
            AgencyReturn.answered_on.is_null(),
            STILL_ASKED,
            AgencyReturn.due_on <= on - timedelta(days=begins[OUTSTANDING.code]),
            ChildDeath.decision_number == 0,
            IN_FORCE,
        )
    )
    at_meetings = PanelSeat.select(PanelCase.death, PanelSeat.user)
    seats = gathered(at_meetings.join(PanelCase, on=PanelCase.meeting == PanelSeat.meeting).tuples(), int)
    interests = Interest.select(Interest.death, Interest.user).where(OPEN_INTEREST)
    closed = gathered(interests.tuples(), int)
    chased = chased_by(ReturnChase.agency_return)
    return [
        OutstandingReturn(
            return_id=row.id,
            death_id=row.death_id,
            agency_id=row.agency_id,
            agency=row.agency.name,
            due_on=row.due_on,
            seats=frozenset(seats.get(row.death_id, ())),
            closed_to=frozenset(closed.get(row.death_id, ())),
            chased=chased.get(row.id, ()),
        )
        for row in rows
    ]
