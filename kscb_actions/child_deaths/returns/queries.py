"""Reading agencies’ returns: for a viewer, and for the reminders."""

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from typing import Any

import peewee

from kscb_actions.access.policy import Permission, Reach, Role, Viewer, reach
from kscb_actions.chasing.queries import chased_by, gathered
from kscb_actions.child_deaths.cases.models import ChildDeath
from kscb_actions.child_deaths.meetings.models import Interest, PanelCase, PanelSeat
from kscb_actions.child_deaths.visibility import IN_FORCE, OPEN_INTEREST, closed_deaths, visible_death
from kscb_actions.people.absences.queries import people_away
from kscb_actions.people.models import Agency, User
from kscb_actions.reviews.queries import NOTHING

from .models import AgencyReturn, ReturnChase, Step
from .rules import RETURNS as OUTSTANDING
from .rules import SENT_RETURNS, OutstandingReturn

# An agency that was asked by mistake is no longer asked: its row is kept for the trail alone.
STILL_ASKED = AgencyReturn.taken_back_on.is_null()
# The agency has the next move: it has not answered, or is to put its answer right.
AGENCYS_TURN = (AgencyReturn.step == Step.RETURNED.value) | (
    (AgencyReturn.step == "") & AgencyReturn.answered_on.is_null()
)
IS_SENT = AgencyReturn.step == Step.SENT.value
RETURNS = {
    "waiting": "A return is outstanding",
    "overdue": "A return is overdue",
    "sent": "An answer waits to be looked at",
}


def list_returns(viewer: Viewer, death: ChildDeath) -> list[AgencyReturn]:
    """Return what agencies are asked of a case, with the agency, by its name; not what was taken back."""
    return list(_returns(viewer).where(AgencyReturn.death == death).order_by(Agency.name))


def overdue_returns(viewer: Viewer, today: date) -> list[AgencyReturn]:
    """Return the outstanding returns that were due before today, with case and agency; the oldest first.

    Not those of a case that the panel has decided without them.
    """
    late = AGENCYS_TURN & (AgencyReturn.due_on < today) & (ChildDeath.decision_number == 0)
    return list(_returns(viewer).where(late).order_by(AgencyReturn.due_on, AgencyReturn.id))


def sent_returns(viewer: Viewer) -> list[AgencyReturn]:
    """Return the requests whose answers wait to be looked at, with case and agency; the longest first."""
    return list(_returns(viewer).where(IS_SENT).order_by(AgencyReturn.judge_by, AgencyReturn.id))


def own_return(viewer: Viewer) -> Any:
    """Return the condition on AgencyReturn that keeps what this person answers: their agency's requests.

    None of a case that was recorded in error, or in which they have declared an interest, whatever their
    roles.
    """
    if reach(viewer, Permission.ANSWER_RETURN) is not Reach.OWN_AGENCY:
        return NOTHING
    in_error = ChildDeath.select(ChildDeath.id).where(~IN_FORCE)
    own = (AgencyReturn.agency == viewer.agency_id) & AgencyReturn.death.not_in(in_error)
    return own & AgencyReturn.death.not_in(closed_deaths(viewer))


def agency_contacts(agency_ids: Collection[int]) -> dict[int, list[User]]:
    """Return {id of an agency: its child-death contacts who can sign in, by name}, where it has any."""
    people = User.select().where(User.is_active, User.agency.in_(list(agency_ids))).order_by(User.name)
    found: dict[int, list[User]] = {}
    for person in people:
        if Role.DEATH_CONTACT in person.role_set:
            found.setdefault(person.agency_id, []).append(person)
    return found


def list_coordinators() -> list[User]:
    """Return who keeps the panel's cases and can sign in, by name."""
    people = User.select().where(User.is_active).order_by(User.name)
    return [each for each in people if Role.CDOP_COORDINATOR in each.role_set]


def without_contact(viewer: Viewer) -> list[str]:
    """Return the names of agencies of which an answer is waited for and where nobody can be reminded."""
    open_ones = AGENCYS_TURN & (ChildDeath.decision_number == 0)
    waited = {row.agency_id: row.agency.name for row in _returns(viewer).where(open_ones)}
    contacts = agency_contacts(waited)
    return sorted(name for key, name in waited.items() if key not in contacts)


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
    """Return the returns whose first stage has begun by `on`: those that agencies owe, and those sent.

    An agency is not waited for once the panel has decided without it; what it has sent is looked at anyway.
    Seven queries.
    """
    owed = AGENCYS_TURN & (AgencyReturn.due_on <= on - timedelta(days=begins[OUTSTANDING.code]))
    owed = owed & (ChildDeath.decision_number == 0)
    sent = IS_SENT & (AgencyReturn.judge_by <= on - timedelta(days=begins[SENT_RETURNS.code]))
    rows = list(
        AgencyReturn.select(AgencyReturn, Agency)
        .join(Agency)
        .switch(AgencyReturn)
        .join(ChildDeath)
        .where(STILL_ASKED, IN_FORCE, owed | sent)
    )
    at_meetings = PanelSeat.select(PanelCase.death, PanelSeat.user)
    seats = gathered(at_meetings.join(PanelCase, on=PanelCase.meeting == PanelSeat.meeting).tuples(), int)
    interests = Interest.select(Interest.death, Interest.user).where(OPEN_INTEREST)
    closed = gathered(interests.tuples(), int)
    chased, away = chased_by(ReturnChase.agency_return), people_away(on)
    return [
        OutstandingReturn(
            return_id=row.id,
            death_id=row.death_id,
            agency_id=row.agency_id,
            agency=row.agency.name,
            # Reminders of both are kept by date. They are of two dates: an answer is sent on or after the day
            # on which its agency was reminded, and looked at a week later.
            due_on=row.judge_by if row.step == Step.SENT else row.due_on,
            is_sent=row.step == Step.SENT,
            away=away,
            seats=frozenset(seats.get(row.death_id, ())),
            closed_to=frozenset(closed.get(row.death_id, ())),
            chased=chased.get(row.id, ()),
        )
        for row in rows
    ]
