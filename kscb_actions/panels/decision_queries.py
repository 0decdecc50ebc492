"""Reading what panels decided, always for a viewer."""

from dataclasses import dataclass

from ..access.policy import Viewer
from ..deaths import terms
from ..deaths.models import ChildDeath, PanelCase, PanelMeeting
from ..deaths.queries import get_death
from ..people.models import Agency
from .judging import FactorFacts, Judgement, category_words, status_words
from .judging_queries import judgements_of, list_cases
from .models import Attendance, PanelDecision


@dataclass(frozen=True)
class Decided:
    """A decision with its categories and factors as a judgement."""

    decision: PanelDecision
    judgement: Judgement

    @property
    def primary(self) -> str:
        """The primary category, in words."""
        return category_words(self.decision.primary_category)

    @property
    def others(self) -> str:
        """The other categories that apply, in words; "" of none."""
        rest = sorted(self.judgement.categories - {self.decision.primary_category})
        return "; ".join(category_words(each) for each in rest)

    @property
    def status(self) -> str:
        """The status, in words."""
        return status_words(self.decision.status)

    @property
    def factors(self) -> list[tuple[str, list[FactorFacts]]]:
        """(domain, factors) of the domains of which anything is said, in the order of Form C."""
        told = self.judgement.factors
        found = [(domain, [each for each in told if each.domain == domain]) for domain in terms.DOMAINS]
        return [(domain, factors) for domain, factors in found if factors]


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


def next_undecided(viewer: Viewer, panel_case: PanelCase) -> PanelCase | None:
    """The next case of the meeting without a decision: after this one, else from the agenda's top."""
    place = (panel_case.place, panel_case.id)
    waiting = [
        case
        for case in list_cases(viewer, panel_case.meeting)
        if not case.death.decision_number and case.id != panel_case.id
    ]
    after = (case for case in waiting if (case.place, case.id) > place)
    return next(after, waiting[0] if waiting else None)


def list_attendance(meeting: PanelMeeting) -> list[Attendance]:
    """Who was at a meeting, by agency."""
    query = Attendance.select(Attendance, Agency).join(Agency).where(Attendance.meeting == meeting)
    return list(query.order_by(Agency.name, Attendance.post, Attendance.id))
