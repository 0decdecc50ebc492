"""Panel meetings, always read for a viewer: their agenda, who sits on them, what is still missing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import peewee

from kscb_actions.access.policy import Permission, Reach, Role, Viewer, reach
from kscb_actions.child_deaths.cases.models import ChildDeath
from kscb_actions.child_deaths.drafting.queries import CaseDraft, drafts_of_cases
from kscb_actions.child_deaths.judging.models import Categorisation, PanelDecision
from kscb_actions.child_deaths.judging.queries import list_cases, list_items, who_has_proposed
from kscb_actions.child_deaths.returns.queries import count_returns
from kscb_actions.child_deaths.visibility import OPEN_INTEREST, visible_death, visible_meeting
from kscb_actions.people.models import User
from kscb_actions.people.queries import list_with_role
from kscb_actions.text import one_line

from .models import Interest, PanelCase, PanelMeeting, PanelSeat
from .rules import Way

PROPOSED, AWAITED, INTEREST_DECLARED, WITHDRAWN, NO_MEMBER = (
    "proposed",
    "not yet",
    "interest declared",
    "withdrawn: interest declared",
    "no longer a member",
)


@dataclass(frozen=True)
class ListedMeeting:
    """Hold a meeting in the list, and how many of its cases this person sees."""

    meeting: PanelMeeting
    cases: int


@dataclass(frozen=True)
class AgendaCase:
    """Hold a case on the agenda as the co-ordinator sees it: who has proposed, never what.

    members  (name, PROPOSED, AWAITED, INTEREST_DECLARED, WITHDRAWN or NO_MEMBER) of everybody with a seat
    draft    where its draft stands, at a meeting with drafts
    """

    case: PanelCase
    answered: int
    asked: int
    members: list[tuple[str, str]]
    is_decided_here: bool
    draft: CaseDraft | None = None

    @property
    def is_prepared(self) -> bool:
        """Return whether it stays on the agenda: something was proposed, drafted or said of it here."""
        return bool(self.made or (self.draft and (self.draft.is_drafted or self.draft.commented)))

    @property
    def awaited(self) -> int:
        """Return how many proposals are awaited, or comments and the draft itself."""
        if self.draft is None:
            return self.expected - self.made
        return len(self.draft.owing) + (not self.draft.is_drafted)

    @property
    def made(self) -> int:
        """Return how many proposals were made that count."""
        return sum(state == PROPOSED for _, state in self.members)

    @property
    def expected(self) -> int:
        """Return from how many members a proposal is expected."""
        return sum(state in (PROPOSED, AWAITED) for _, state in self.members)

    @property
    def is_to_decide(self) -> bool:
        """Return whether it is for this meeting to decide on the case."""
        return not self.case.death.decision_number


@dataclass(frozen=True)
class MyCase:
    """Hold a case on a member's list; what is said of proposing and commenting is the member's own.

    draft  where its draft stands, at a meeting with drafts
    """

    case: PanelCase
    has_proposed: bool
    draft: CaseDraft | None = None
    member: int = 0

    @property
    def is_to_draft(self) -> bool:
        """Return whether the member was named to draft it and has not."""
        draft = self.draft
        return bool(draft and not draft.is_drafted and draft.drafter and draft.drafter.id == self.member)

    @property
    def is_drafter(self) -> bool:
        """Return whether the member was named to draft it."""
        return bool(self.draft and self.draft.drafter and self.draft.drafter.id == self.member)

    @property
    def is_to_read(self) -> bool:
        """Return whether the member has yet to say something of its draft."""
        return bool(self.draft and self.member in self.draft.owing)

    @property
    def said(self) -> int:
        """Return how often the member has said something of its draft."""
        return self.draft.commented.get(self.member, 0) if self.draft else 0

    @property
    def is_owed(self) -> bool:
        """Return whether the member owes something: a proposal, a draft, or a word on a draft."""
        return self.is_to_draft or self.is_to_read if self.draft else not self.has_proposed


ListedCase = AgendaCase | MyCase
ListedItem = tuple[int, ListedCase | None]


def list_meetings(viewer: Viewer) -> list[ListedMeeting]:
    """Return the meetings this person may see, newest first. Two queries."""
    meetings = list(
        PanelMeeting.select().where(visible_meeting(viewer)).order_by(PanelMeeting.held_on.desc())
    )
    counts = dict(
        PanelCase.select(PanelCase.meeting, peewee.fn.COUNT(PanelCase.id))
        .join(ChildDeath)
        .where(visible_death(viewer))
        .group_by(PanelCase.meeting)
        .tuples()
    )
    return [ListedMeeting(each, counts.get(each.id, 0)) for each in meetings]


def next_meeting(viewer: Viewer, today: date) -> PanelMeeting | None:
    """Return the next meeting this person may see, today's among them; None when there is none to come."""
    return (
        PanelMeeting.select()
        .where(visible_meeting(viewer), PanelMeeting.held_on >= today)
        .order_by(PanelMeeting.held_on)
        .first()
    )


def open_seats(viewer: Viewer) -> list[PanelMeeting]:
    """Return the meetings with a seat of this person's whose proposals are open, the earliest first."""
    own = PanelSeat.select(PanelSeat.meeting).where(PanelSeat.user == (viewer.id or 0))
    query = PanelMeeting.select().where(
        visible_meeting(viewer), PanelMeeting.id.in_(own), PanelMeeting.closed_at.is_null()
    )
    return list(query.order_by(PanelMeeting.held_on))


def agenda(viewer: Viewer, meeting: PanelMeeting) -> list[AgendaCase]:
    """Return the cases of a meeting in order, with what is there and what is missing; for who keeps panels.

    The number of queries does not grow with the cases.
    """
    if not viewer.is_system and reach(viewer, Permission.KEEP_PANELS) is Reach.NONE:
        return []
    cases = list_cases(viewer, meeting)
    deaths = [case.death_id for case in cases]
    returns, proposed = count_returns(deaths), who_has_proposed(viewer, meeting)
    with_interest, decided = _with_interest(meeting, cases), _decided_here(meeting)
    drafts = drafts_of_cases({case.id: (case.death_id, case.drafter_id) for case in cases}, meeting)
    return [
        AgendaCase(
            case,
            *returns.get(case.death_id, (0, 0)),
            sorted(
                [(user.name, _state(user, made)) for user, made in proposed[case.death_id]]
                + with_interest.get(case.id, [])
            ),
            case.death_id in decided,
            drafts.get(case.id),
        )
        for case in cases
    ]


def my_cases(viewer: Viewer, meeting: PanelMeeting) -> list[MyCase]:
    """Return the cases of a meeting that a member sees, in order, each with whether they have proposed."""
    cases = list_cases(viewer, meeting)
    rows = Categorisation.select(Categorisation.panel_case).where(
        Categorisation.member == (viewer.id or 0), Categorisation.panel_case.in_([case.id for case in cases])
    )
    made = {case_id for (case_id,) in rows.tuples()}
    drafts = drafts_of_cases({case.id: (case.death_id, case.drafter_id) for case in cases}, meeting)
    return [MyCase(case, case.id in made, drafts.get(case.id), viewer.id or 0) for case in cases]


def on_agenda(viewer: Viewer, meeting: PanelMeeting, rows: Sequence[ListedCase]) -> list[ListedItem]:
    """Return these rows of `agenda` or `my_cases` with their numbers, and the items closed to this person.

    Each is (number, row); the row is None where an interest closes the item.
    """
    by_case = {row.case.id: row for row in rows}
    items = list_items(viewer, meeting)
    return [(item.number, by_case.get(item.case.id) if item.case else None) for item in items]


def seated(meeting: PanelMeeting) -> list[User]:
    """Return who sits on a panel that has been fetched for a viewer, by name."""
    seats = PanelSeat.select(PanelSeat.user).where(PanelSeat.meeting == meeting)
    return list(User.select().where(User.id.in_(seats)).order_by(User.name, User.id))


def free_members(meeting: PanelMeeting) -> list[User]:
    """Return the active panel members without a seat at a meeting, by name."""
    taken = {user.id for user in seated(meeting)}
    return [user for user in list_with_role(Role.CDOP_MEMBER) if user.id not in taken]


def cases_to_decide(viewer: Viewer) -> list[ChildDeath]:
    """Return the cases without a decision that are on no open panel, longest known first."""
    query = ChildDeath.select().where(
        visible_death(viewer), ChildDeath.decision_number == 0, ChildDeath.id.not_in(_on_open_panels())
    )
    return list(query.order_by(ChildDeath.notified_on, ChildDeath.id))


def get_decided_case(viewer: Viewer, case_number: str) -> ChildDeath | None:
    """Return the decided case with this number; None when hidden, not decided or not there."""
    return (
        ChildDeath.select()
        .where(
            visible_death(viewer),
            ChildDeath.decision_number > 0,
            ChildDeath.case_number == one_line(case_number).upper(),
        )
        .first()
    )


def decisions_to_record(viewer: Viewer, today: date) -> list[PanelCase]:
    """Return the undecided cases that no open panel is to come for, by meeting.

    Those of meetings with closed proposals, and of meetings with drafts that have begun.
    """
    is_begun = (PanelMeeting.way == Way.DRAFT) & (PanelMeeting.held_on <= today)
    query = (
        PanelCase.select(PanelCase, ChildDeath, PanelMeeting)
        .join(ChildDeath)
        .switch(PanelCase)
        .join(PanelMeeting)
        .where(
            visible_death(viewer),
            ChildDeath.decision_number == 0,
            PanelMeeting.closed_at.is_null(False) | is_begun,
            ChildDeath.id.not_in(_on_open_panels().where(~is_begun)),
        )
    )
    rows = list(query.order_by(PanelMeeting.held_on, PanelCase.place, PanelCase.id))
    # A case that was before several meetings is listed once, at the last of them.
    newest = {row.death_id: row.id for row in rows}
    return [row for row in rows if newest[row.death_id] == row.id]


def list_interests(viewer: Viewer, death: ChildDeath) -> list[Interest]:
    """Return the interests declared in a case, with their people, newest first; for who keeps panels."""
    return list(_interests(viewer).where(Interest.death == death).order_by(Interest.id.desc()))


def get_interest(viewer: Viewer, death_id: int, interest_id: int) -> Interest | None:
    """Return one interest, or None when it, or the case, is hidden or does not exist."""
    return _interests(viewer).where(Interest.id == interest_id, Interest.death == death_id).first()


def _interests(viewer: Viewer) -> Any:
    query = Interest.select(Interest, ChildDeath, User).join(ChildDeath).switch(Interest).join(User)
    keeps = viewer.is_system or reach(viewer, Permission.KEEP_PANELS) is not Reach.NONE
    return query.where(visible_death(viewer)) if keeps else query.where(peewee.SQL("1 = 0"))


def _on_open_panels() -> Any:
    return PanelCase.select(PanelCase.death).join(PanelMeeting).where(PanelMeeting.closed_at.is_null())


def _state(user: User, has_proposed: bool) -> str:
    if has_proposed:
        return PROPOSED
    return AWAITED if user.is_active and Role.CDOP_MEMBER in user.role_set else NO_MEMBER


def _with_interest(meeting: PanelMeeting, cases: Sequence[PanelCase]) -> dict[int, list[tuple[str, str]]]:
    """Return {id of case on the agenda: (name, state)} of the seated who have an interest in it."""
    by_death = {case.death_id: case.id for case in cases}
    seats = PanelSeat.select(PanelSeat.user).where(PanelSeat.meeting == meeting)
    live = (
        Interest.select(Interest, User)
        .join(User)
        .where(Interest.death.in_(list(by_death)), OPEN_INTEREST, Interest.user.in_(seats))
    )
    ids = list(by_death.values())
    rows = Categorisation.select(Categorisation.panel_case, Categorisation.member)
    made = set(rows.where(Categorisation.panel_case.in_(ids)).tuples())
    found: dict[int, list[tuple[str, str]]] = {}
    for interest in live:
        case_id = by_death[interest.death_id]
        state = WITHDRAWN if (case_id, interest.user_id) in made else INTEREST_DECLARED
        found.setdefault(case_id, []).append((interest.user.name, state))
    return found


def _decided_here(meeting: PanelMeeting) -> set[int]:
    rows = PanelDecision.select(PanelDecision.death).where(PanelDecision.meeting == meeting)
    return {death_id for (death_id,) in rows.tuples()}
