"""Who may see which child’s death: the one condition that every read goes through."""

from typing import Any

from kscb_actions.access.policy import Permission, Reach, Viewer, reach
from kscb_actions.child_deaths.cases.models import ChildDeath
from kscb_actions.child_deaths.meetings.models import Interest, PanelCase, PanelMeeting, PanelSeat
from kscb_actions.reviews.queries import EVERYTHING, NOTHING

# What was recorded in error counts nowhere, and is shown on a page of its own alone.
IN_FORCE = ChildDeath.void_as == ""
# Declared and not lifted: it closes the case to its person.
OPEN_INTEREST = Interest.lifted_at.is_null()


def open_interests_of(viewer: Viewer) -> Any:
    """Return the condition on Interest that it is this person's own and open."""
    return (Interest.user == (viewer.id or 0)) & OPEN_INTEREST


def closed_deaths(viewer: Viewer) -> Any:
    """Return ids of the cases that are closed to this person by an interest they have declared."""
    return Interest.select(Interest.death).where(open_interests_of(viewer))


def reads_all_deaths(viewer: Viewer) -> bool:
    """Return whether this person, as a co-ordinator, reads every case that no interest closes to them."""
    return viewer.is_system or reach(viewer, Permission.READ_DEATH) is Reach.ALL


def unreadable_deaths(viewer: Viewer) -> Any:
    """Return ids of the cases on which this person may read no message: all, or those closed to them."""
    return closed_deaths(viewer) if reads_all_deaths(viewer) else ChildDeath.select(ChildDeath.id)


def visible_death(viewer: Viewer) -> Any:
    """Return the condition on ChildDeath that keeps what this person may see, and what counts.

    A co-ordinator sees all, a member the cases of panels they sit on; nobody a case they have declared an
    interest in, whatever their roles, and nobody one that was recorded in error.
    """
    return IN_FORCE & _open_to(viewer)


def visible_in_error(viewer: Viewer) -> Any:
    """Return the condition on ChildDeath that keeps the cases recorded in error, for who sees all cases."""
    return ~IN_FORCE & _open_to(viewer) if reads_all_deaths(viewer) else NOTHING


def _open_to(viewer: Viewer) -> Any:
    if viewer.is_system:
        return EVERYTHING
    width = reach(viewer, Permission.READ_DEATH)
    if width is Reach.NONE:
        return NOTHING
    # Who has no account has no id; no row has 0.
    own = viewer.id or 0
    condition = ChildDeath.id.not_in(closed_deaths(viewer))
    if width is Reach.OWN_PANELS:
        seats = PanelSeat.select(PanelSeat.meeting).where(PanelSeat.user == own)
        condition = condition & ChildDeath.id.in_(
            PanelCase.select(PanelCase.death).where(PanelCase.meeting.in_(seats))
        )
    return condition


def visible_meeting(viewer: Viewer) -> Any:
    """Return the condition on PanelMeeting that keeps what this person may see: a member's own panels."""
    if viewer.is_system:
        return EVERYTHING
    width = reach(viewer, Permission.READ_DEATH)
    if width is Reach.OWN_PANELS:
        own = PanelSeat.select(PanelSeat.meeting).where(PanelSeat.user == (viewer.id or 0))
        return PanelMeeting.id.in_(own)
    return EVERYTHING if width is Reach.ALL else NOTHING


def get_meeting(viewer: Viewer, meeting_id: int) -> PanelMeeting | None:
    """Return one meeting, or None when it is hidden or does not exist."""
    return PanelMeeting.select().where(PanelMeeting.id == meeting_id, visible_meeting(viewer)).first()


def get_panel_case(viewer: Viewer, meeting_id: int, death_id: int) -> PanelCase | None:
    """Return a case on an agenda, with both, or None where either is hidden or does not exist."""
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


def get_death(viewer: Viewer, death_id: int) -> ChildDeath | None:
    """Return one case, or None when it is hidden or does not exist."""
    return ChildDeath.select().where(ChildDeath.id == death_id, visible_death(viewer)).first()


def get_recorded_death(viewer: Viewer, death_id: int) -> ChildDeath | None:
    """Return one case as `get_death` does, or one that was recorded in error, for who sees all cases."""
    condition = visible_death(viewer) | visible_in_error(viewer)
    return ChildDeath.select().where(ChildDeath.id == death_id, condition).first()


def get_death_in_error(viewer: Viewer, death_id: int) -> ChildDeath | None:
    """Return one case that was recorded in error; None of any other, or when it is hidden."""
    return ChildDeath.select().where(ChildDeath.id == death_id, visible_in_error(viewer)).first()
