"""What is owed for which meeting, and how meetings stand for each member; for messages alone."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import peewee

from kscb_actions.access.policy import Permission, Reach, reach
from kscb_actions.chasing.queries import chased_by, gathered
from kscb_actions.child_deaths.cases.models import ChildDeath
from kscb_actions.child_deaths.drafting.queries import active_seated, drafts_of_cases
from kscb_actions.child_deaths.judging.models import Categorisation, PanelDecision
from kscb_actions.child_deaths.judging.queries import people_with_interest
from kscb_actions.child_deaths.meetings.models import Interest, PanelCase, PanelMeeting, PanelSeat
from kscb_actions.child_deaths.meetings.rules import Way
from kscb_actions.child_deaths.visibility import OPEN_INTEREST
from kscb_actions.people.models import User

from .models import PanelChase, PanelTold
from .rules import MEETINGS, DueMeeting, Known

# Of a meeting that was held longer ago nobody is told any more.
LONGEST_AGO = timedelta(days=366)


def list_waiting(on: date, begins: Mapping[str, int]) -> list[DueMeeting]:
    """Return the open meetings for which something is owed and whose first stage has begun by `on`.

    A few queries for each open meeting, of which there are one or two.
    """
    open_now = PanelMeeting.select().where(
        PanelMeeting.closed_at.is_null(),
        PanelMeeting.proposals_due_on <= on - timedelta(days=begins[MEETINGS.code]),
    )
    chased = chased_by(PanelChase.meeting)
    found = []
    for meeting in open_now.order_by(PanelMeeting.held_on):
        cases = _cases_of(meeting)
        seats = frozenset(user.id for user in active_seated(meeting))
        owing, is_keepers = _owed(meeting, cases, seats)
        is_over = meeting.held_on < on
        agenda = [death for (death,) in PanelCase.select(PanelCase.death).where(_on(meeting)).tuples()]
        if agenda and (owing or is_keepers or is_over):
            found.append(
                DueMeeting(
                    meeting_id=meeting.id,
                    held_on=meeting.held_on,
                    due_on=meeting.proposals_due_on,
                    deaths=tuple(agenda),
                    owing=frozenset() if is_over else owing,
                    seats=seats,
                    is_keepers=is_keepers or is_over,
                    chased=chased.get(meeting.id, ()),
                )
            )
    return found


def _on(meeting: PanelMeeting) -> Any:
    return PanelCase.meeting == meeting


def _cases_of(meeting: PanelMeeting) -> dict[int, tuple[int, int | None]]:
    """Return {case of the agenda: (death, who was named to draft it)}; not those decided at the meeting."""
    decided = PanelDecision.select(PanelDecision.death).where(PanelDecision.meeting == meeting)
    rows = PanelCase.select(PanelCase.id, PanelCase.death, PanelCase.drafter).where(
        _on(meeting), PanelCase.death.not_in(decided)
    )
    return {case: (death, drafter) for case, death, drafter in rows.order_by(PanelCase.place).tuples()}


def _owed(
    meeting: PanelMeeting, cases: Mapping[int, tuple[int, int | None]], seats: frozenset[int]
) -> tuple[frozenset[int], bool]:
    """Return who with a seat owes something, and whether the co-ordinator does."""
    if meeting.way == Way.DRAFT:
        drafts = drafts_of_cases(cases, meeting).values()
        waiting = [each for each in drafts if not each.is_drafted]
        drafters = {each.drafter.id for each in waiting if each.drafter}
        commenting = {member for each in drafts for member in each.owing}
        return frozenset(drafters | commenting), any(each.drafter is None for each in waiting)
    made = set(
        Categorisation.select(Categorisation.panel_case, Categorisation.member)
        .where(Categorisation.panel_case.in_(list(cases)))
        .tuples()
    )
    with_interest = people_with_interest([death for death, _ in cases.values()])
    owing = {
        member
        for case, (death, _) in cases.items()
        for member in seats - with_interest[death]
        if (case, member) not in made
    }
    return frozenset(owing), False


@dataclass(frozen=True)
class Standing:
    """Hold how one meeting stands for one person, and what they know of it.

    on_agenda  the deaths that are on its agenda, and those that are closed to them
    """

    person: User
    meeting: PanelMeeting
    known: Known | None
    now: Known
    on_agenda: frozenset[int]


def list_standing(on: date) -> list[Standing]:
    """Return how meetings stand for everybody who has a seat, or was told that they have. Eight queries."""
    meetings = {
        each.id: each
        for each in PanelMeeting.select()
        .where(PanelMeeting.held_on >= on - LONGEST_AGO)
        .order_by(PanelMeeting.held_on)
    }
    known = _known(meetings)
    seats = set(
        PanelSeat.select(PanelSeat.meeting, PanelSeat.user)
        .where(PanelSeat.meeting.in_(list(meetings)))
        .tuples()
    )
    people = {user.id: user for user in User.select().where(User.is_active) if _is_member(user)}
    agendas = gathered(
        PanelCase.select(PanelCase.meeting, PanelCase.death)
        .where(PanelCase.meeting.in_(list(meetings)))
        .tuples(),
        int,
    )
    closed = gathered(Interest.select(Interest.user, Interest.death).where(OPEN_INTEREST).tuples(), int)
    decided = _decided(meetings)
    found = []
    for meeting_id, user_id in sorted(seats | set(known)):
        meeting, person = meetings[meeting_id], people.get(user_id)
        if person is None:
            continue
        agenda, closed_to = frozenset(agendas.get(meeting_id, ())), frozenset(closed.get(user_id, ()))
        own = agenda - closed_to
        now = Known(
            (meeting_id, user_id) in seats,
            meeting.held_on,
            meeting.proposals_due_on,
            meeting.way,
            meeting.papers_ready_at,
            own,
            frozenset(each for each in decided.get(meeting_id, ()) if each[0] in own),
            meeting.closed_at is None,
        )
        found.append(Standing(person, meeting, known.get((meeting_id, user_id)), now, agenda | closed_to))
    return sorted(found, key=lambda each: (each.meeting.held_on, each.person.id))


def _is_member(user: User) -> bool:
    return reach(user.viewer, Permission.PROPOSE) is not Reach.NONE


def _known(meetings: Iterable[int]) -> dict[tuple[int, int], Known]:
    newest = PanelTold.select(peewee.fn.MAX(PanelTold.id)).group_by(PanelTold.meeting, PanelTold.user)
    rows = PanelTold.select().where(PanelTold.id.in_(newest), PanelTold.meeting.in_(list(meetings)))
    return {(row.meeting_id, row.user_id): _as_known(row) for row in rows}


def _as_known(row: PanelTold) -> Known:
    pairs = (each.split(":") for each in row.decided.split(";") if each)
    return Known(
        row.is_seated,
        row.held_on,
        row.due_on,
        row.way,
        row.papers_at,
        frozenset(int(each) for each in row.cases.split(";") if each),
        frozenset((int(death), int(number)) for death, number in pairs),
    )


def _decided(meetings: Iterable[int]) -> dict[int, list[tuple[int, int]]]:
    rows = (
        PanelDecision.select(PanelDecision.meeting, PanelDecision.death, peewee.fn.MAX(PanelDecision.number))
        .join(ChildDeath)
        .where(PanelDecision.meeting.in_(list(meetings)))
        .group_by(PanelDecision.meeting, PanelDecision.death)
        .tuples()
    )
    found: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for meeting_id, death_id, number in rows:
        found[meeting_id].append((death_id, number))
    return found
