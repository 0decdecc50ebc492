"""Proposals, always read for a viewer.

Until a meeting's proposals are closed nobody, whatever their roles, is given anything of another's but that
it has been made.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from kscb_actions.access.policy import Viewer
from kscb_actions.child_deaths.cases.models import ChildDeath
from kscb_actions.child_deaths.drafting.models import Draft
from kscb_actions.child_deaths.meetings.models import Interest, PanelCase, PanelMeeting, PanelSeat
from kscb_actions.child_deaths.visibility import (
    IN_FORCE,
    OPEN_INTEREST,
    closed_deaths,
    get_panel_case,
    visible_death,
    visible_meeting,
)
from kscb_actions.people.models import User

from .models import Categorisation, Factor, PanelDecision
from .rules import FactorFacts, Judgement, split

Judged = Categorisation | PanelDecision | Draft
OWNERS = {Categorisation: Factor.categorisation, PanelDecision: Factor.decision, Draft: Factor.draft}


@dataclass(frozen=True)
class Proposal:
    """Hold somebody's proposal. `judgement` is None when it is withdrawn: its member declared an interest."""

    member: User
    judgement: Judgement | None

    @property
    def is_withdrawn(self) -> bool:
        """Return whether its member declared an interest, so that it does not count."""
        return self.judgement is None


@dataclass(frozen=True)
class AgendaItem:
    """Hold an item of an agenda: its number, the same for everybody, and its case.

    case  None where an interest closes it to this person, who is told nothing of it but that
    """

    number: int
    case: PanelCase | None


@dataclass(frozen=True)
class ProposalProgress:
    """Hold on how many of a meeting's cases a member has proposed, and of how many."""

    made: int
    of: int


def get_own_case(viewer: Viewer, meeting_id: int, death_id: int) -> PanelCase | None:
    """Return a case of a panel on which this person sits, or None; for the page on which they propose."""
    case = get_panel_case(viewer, meeting_id, death_id)
    return case if case and sits_on(viewer, case.meeting) else None


def sits_on(viewer: Viewer, meeting: PanelMeeting) -> bool:
    """Return whether this person sits on this panel."""
    return PanelSeat.select().where(PanelSeat.meeting == meeting, PanelSeat.user == (viewer.id or 0)).exists()


def has_interest(viewer: Viewer, death: ChildDeath) -> bool:
    """Return whether this person has declared an interest in the case that is not lifted."""
    return _live_interests([death.id]).where(Interest.user == (viewer.id or 0)).exists()


def own_proposal(viewer: Viewer, panel_case: PanelCase) -> Categorisation | None:
    """Return what this person proposed on a case, or None."""
    if has_interest(viewer, panel_case.death):
        return None
    return Categorisation.get_or_none(
        Categorisation.panel_case == panel_case, Categorisation.member == (viewer.id or 0)
    )


def who_has_proposed(viewer: Viewer, meeting: PanelMeeting) -> dict[int, list[tuple[User, bool]]]:
    """Return {id of death: (member, whether they have proposed)} of the cases that this person sees.

    Members with an interest in a case are not asked and not listed.
    """
    cases = list_cases(viewer, meeting)
    seats = PanelSeat.select(PanelSeat, User).join(User).where(PanelSeat.meeting == meeting)
    members = [seat.user for seat in seats.order_by(User.name, User.id)]
    made = set(
        Categorisation.select(Categorisation.panel_case, Categorisation.member)
        .where(Categorisation.panel_case.in_([case.id for case in cases]))
        .tuples()
    )
    with_interest = people_with_interest([case.death_id for case in cases])
    return {
        case.death_id: [
            (member, (case.id, member.id) in made)
            for member in members
            if member.id not in with_interest[case.death_id]
        ]
        for case in cases
    }


def list_cases(viewer: Viewer, meeting: PanelMeeting) -> list[PanelCase]:
    """Return the cases of a meeting that this person sees, with their deaths, in the agenda's order."""
    return list(
        PanelCase.select(PanelCase, ChildDeath)
        .join(ChildDeath)
        .where(PanelCase.meeting == meeting, visible_death(viewer))
        .order_by(PanelCase.place, PanelCase.id)
    )


def list_items(viewer: Viewer, meeting: PanelMeeting) -> list[AgendaItem]:
    """Return the items of a meeting's agenda in order: those this person sees, and those closed to them."""
    seen = {case.id: case for case in list_cases(viewer, meeting)}
    closed = {death_id for (death_id,) in closed_deaths(viewer).tuples()}
    rows = PanelCase.select(PanelCase.id, PanelCase.death).join(ChildDeath)
    rows = rows.where(PanelCase.meeting == meeting, IN_FORCE)
    every = enumerate(rows.order_by(PanelCase.place, PanelCase.id).tuples(), start=1)
    return [
        AgendaItem(number, seen.get(case_id))
        for number, (case_id, death_id) in every
        if case_id in seen or death_id in closed
    ]


def proposals_of(viewer: Viewer, panel_case: PanelCase) -> list[Proposal]:
    """Return the proposals on a case. Before proposals are closed, this person's own alone."""
    meeting = PanelMeeting.get_by_id(panel_case.meeting_id)
    if not viewer.is_system and get_panel_case(viewer, meeting.id, panel_case.death_id) is None:
        return []
    query = Categorisation.select(Categorisation, User).join(User)
    query = query.where(Categorisation.panel_case == panel_case)
    if meeting.closed_at is None:
        query = query.where(Categorisation.member == (viewer.id or 0))
    made = list(query.order_by(User.name, User.id))
    with_interest = people_with_interest([panel_case.death_id])[panel_case.death_id]
    judgements = judgements_of([each for each in made if each.member_id not in with_interest])
    return [Proposal(each.member, judgements.get(each.id)) for each in made]


def progress_of(viewer: Viewer, meetings: Iterable[PanelMeeting]) -> dict[int, ProposalProgress]:
    """Return {id of meeting: how far this person is} with its cases, for meetings on which they sit."""
    own = viewer.id or 0
    rows = (
        PanelCase.select(PanelCase.meeting, Categorisation.id)
        .join(ChildDeath)
        .switch(PanelCase)
        .join(PanelMeeting)
        .join(PanelSeat, on=((PanelSeat.meeting == PanelMeeting.id) & (PanelSeat.user == own)))
        .switch(PanelCase)
        .left_outer_join(
            Categorisation,
            on=((Categorisation.panel_case == PanelCase.id) & (Categorisation.member == own)),
        )
        .where(
            PanelCase.meeting.in_([meeting.id for meeting in meetings]),
            visible_death(viewer),
            visible_meeting(viewer),
        )
        .tuples()
    )
    counted: dict[int, list[bool]] = defaultdict(list)
    for meeting_id, proposal_id in rows:
        counted[meeting_id].append(proposal_id is not None)
    return {meeting_id: ProposalProgress(sum(made), len(made)) for meeting_id, made in counted.items()}


def next_case(viewer: Viewer, panel_case: PanelCase) -> PanelCase | None:
    """Return the next case on which this person has not proposed: after this one, else from the top."""
    cases = list_cases(viewer, panel_case.meeting)
    made = {
        row.panel_case_id
        for row in Categorisation.select(Categorisation.panel_case).where(
            Categorisation.member == (viewer.id or 0),
            Categorisation.panel_case.in_([case.id for case in cases]),
        )
    }
    waiting = [case for case in cases if case.id not in made and case.id != panel_case.id]
    after = (case for case in waiting if (case.place, case.id) > (panel_case.place, panel_case.id))
    return next(after, waiting[0] if waiting else None)


def judgements_of(rows: Sequence[Judged]) -> dict[int, Judgement]:
    """Return {id: judgement} of proposals, drafts or decisions (not mixed), in one query for all factors."""
    if not rows:
        return {}
    owner = OWNERS[type(rows[0])]
    factors: dict[int, list[FactorFacts]] = defaultdict(list)
    for factor in Factor.select().where(owner.in_([row.id for row in rows])).order_by(Factor.id):
        factors[getattr(factor, owner.column_name)].append(_facts(factor))
    return {
        row.id: Judgement(
            split(row.categories), row.status, row.status_reason, tuple(factors[row.id]), row.learning
        )
        for row in rows
    }


def _facts(factor: Factor) -> FactorFacts:
    return FactorFacts(factor.domain, factor.code, factor.influence, factor.text, factor.is_modifiable)


def _live_interests(death_ids: Collection[int]) -> Any:
    return Interest.select().where(Interest.death.in_(list(death_ids)), OPEN_INTEREST)


def people_with_interest(death_ids: Collection[int]) -> dict[int, set[int]]:
    """Return {death: who has declared an interest in it that is not lifted}. One query."""
    with_interest: dict[int, set[int]] = {death_id: set() for death_id in death_ids}
    for interest in _live_interests(death_ids):
        with_interest[interest.death_id].add(interest.user_id)
    return with_interest
