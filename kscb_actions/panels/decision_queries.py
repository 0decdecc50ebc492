"""Reading what panels decided, always for a viewer."""

from dataclasses import dataclass

from ..access.policy import Viewer
from ..deaths.models import ChildDeath, PanelMeeting
from ..deaths.queries import get_death
from ..people.models import Agency
from .judging import Judgement
from .judging_queries import judgements_of
from .models import Attendance, PanelDecision


@dataclass(frozen=True)
class Decided:
    """A decision with its categories and factors as a judgement."""

    decision: PanelDecision
    judgement: Judgement


def list_decisions(viewer: Viewer, death: ChildDeath) -> list[Decided]:
    """The decisions on a case, the current one first; none where the case is hidden from this person."""
    if not viewer.is_system and get_death(viewer, death.id) is None:
        return []
    rows = list(
        PanelDecision.select(PanelDecision, PanelMeeting)
        .left_outer_join(PanelMeeting)
        .where(PanelDecision.death == death)
        .order_by(PanelDecision.number.desc())
    )
    judgements = judgements_of(rows)
    return [Decided(row, judgements[row.id]) for row in rows]


def current_decision(death: ChildDeath) -> PanelDecision | None:
    """The decision that stands, or None before any."""
    return (
        PanelDecision.select()
        .where(PanelDecision.death == death)
        .order_by(PanelDecision.number.desc())
        .first()
    )


def list_attendance(meeting: PanelMeeting) -> list[Attendance]:
    """Who was at a meeting, by agency."""
    query = Attendance.select(Attendance, Agency).join(Agency).where(Attendance.meeting == meeting)
    return list(query.order_by(Agency.name, Attendance.post, Attendance.id))
