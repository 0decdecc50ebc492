"""What the co-ordinator chooses from for a meeting: members and cases in groups, and meetings for a case."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

from kscb_actions.access.policy import Viewer
from kscb_actions.child_deaths.cases.models import ChildDeath
from kscb_actions.child_deaths.returns.queries import count_returns
from kscb_actions.child_deaths.visibility import visible_meeting
from kscb_actions.people.models import Agency, User
from kscb_actions.wording import date_short, date_uk, plural

from .models import PanelMeeting, PanelSeat
from .queries import AgendaCase, cases_to_decide, free_members
from .rules import Way

ALL_IN, TO_COME, NOT_ASKED = (
    "All agency returns are in",
    "Agency returns are still to come",
    "No agency has been asked yet",
)


MEMBERS, OTHERS = "Members", "Other members"


CandidateRow = TypeVar("CandidateRow", ChildDeath, User)


@dataclass(frozen=True)
class Candidate(Generic[CandidateRow]):
    """Hold a row that can be ticked, by its name; `hint` says what helps to choose."""

    row: CandidateRow
    name: str
    hint: str = ""

    @property
    def id(self) -> int:
        """Return the row's id."""
        return int(self.row.id)


@dataclass(frozen=True)
class CandidateGroup(Generic[CandidateRow]):
    """Hold candidates that belong together."""

    title: str
    candidates: list[Candidate[CandidateRow]]


def case_groups(
    viewer: Viewer,
    keeps: Callable[[ChildDeath], bool] = lambda death: True,
    said: Callable[[ChildDeath], str] = lambda death: f"Notified {date_short(death.notified_on)}",
) -> list[CandidateGroup[ChildDeath]]:
    """Return the cases that wait for a panel, those that are ready first, the longest known first in each.

    keeps  which of them are wanted
    said   what is said of each, to choose by
    """
    rows = [row for row in cases_to_decide(viewer) if keeps(row)]
    returns = count_returns([row.id for row in rows])
    found: dict[str, list[Candidate[ChildDeath]]] = {ALL_IN: [], TO_COME: [], NOT_ASKED: []}
    for row in rows:
        answered, asked = returns.get(row.id, (0, 0))
        title = NOT_ASKED if not asked else ALL_IN if answered == asked else TO_COME
        hint = f"{said(row)}, {answered} of {asked} in" if title == TO_COME else said(row)
        found[title].append(Candidate(row, row.case_number, hint))
    return _filled(found)


def member_groups(meeting: PanelMeeting) -> list[CandidateGroup[User]]:
    """Return the members without a seat: those of the meeting before this one first, then by name."""
    before = (
        PanelMeeting.select()
        .where(PanelMeeting.held_on < meeting.held_on)
        .order_by(PanelMeeting.held_on.desc())
        .first()
    )
    seats = PanelSeat.select(PanelSeat.user).where(PanelSeat.meeting == before).tuples() if before else []
    sat = {user_id for (user_id,) in seats}
    agencies = dict(Agency.select(Agency.id, Agency.name).tuples())
    known = f"Sat at the meeting on {date_uk(before.held_on)}" if before else ""
    found: dict[str, list[Candidate[User]]] = {known: [], OTHERS: []} if sat else {MEMBERS: []}
    for user in free_members(meeting):
        title = known if user.id in sat else OTHERS if sat else MEMBERS
        found[title].append(Candidate(user, user.name, agencies.get(user.agency_id, "")))
    return _filled(found)


def open_meetings(viewer: Viewer) -> list[PanelMeeting]:
    """Return the meetings whose agenda can still take a case, the earliest first."""
    query = PanelMeeting.select().where(visible_meeting(viewer), PanelMeeting.closed_at.is_null())
    return list(query.order_by(PanelMeeting.held_on))


def next_meeting_id(meetings: Sequence[PanelMeeting], today: date) -> str:
    """Return the id of the next of these meetings in order, today's among them; else of the last; else ""."""
    coming = [each for each in meetings if each.held_on >= today]
    return str((coming[:1] or meetings[-1:])[0].id) if meetings else ""


def _filled(found: dict[str, list[Candidate[CandidateRow]]]) -> list[CandidateGroup[CandidateRow]]:
    return [CandidateGroup(title, candidates) for title, candidates in found.items() if candidates]


CASES = ("panels.show", "cases")


@dataclass(frozen=True)
class NextStep:
    """Hold something to do for a meeting.

    page  the endpoint of one of the meeting's pages, where it is done part  the part of that page
    """

    text: str
    page: str
    part: str | None = None


def next_steps(
    meeting: PanelMeeting, cases: Sequence[AgendaCase], members: int, is_attended: bool, today: date
) -> list[NextStep]:
    """Return the steps that are open, as far as this person sees the cases."""
    if meeting.closed_at is None:
        steps = list(_before_closing(meeting, cases, members, today))
        if meeting.way == Way.DRAFT and today >= meeting.held_on and not is_attended:
            steps.insert(0, NextStep("Record which agencies were there.", "panels.attendance"))
        return steps
    return list(_after_closing(meeting, cases, is_attended, today))


def _before_closing(
    meeting: PanelMeeting, cases: Sequence[AgendaCase], members: int, today: date
) -> Iterator[NextStep]:
    if not members:
        yield NextStep(
            "Give each member who comes a seat. They see the cases from then on.", "panels.members"
        )
    if not cases:
        yield NextStep("Put cases on the agenda.", "panels.agenda")
    waiting = sum(each.asked - each.answered for each in cases)
    if waiting:
        yield NextStep(
            f"{plural(waiting, 'agency return')} {'is' if waiting == 1 else 'are'} not in yet.",
            *CASES,
        )
    if meeting.way == Way.DRAFT:
        yield from _by_draft(meeting, cases, members, today)
        return
    missing = sum(each.expected - each.made for each in cases)
    if missing and today > meeting.proposals_due_on:
        late = f"{plural(missing, 'proposal')} still to come, due on {date_uk(meeting.proposals_due_on)}."
        yield NextStep(f"{late} Remind the members.", *CASES)
    if cases and members and (today >= meeting.held_on or not missing):
        yield NextStep("Close the proposals. Then you and the members see them side by side.", "panels.close")


def _by_draft(
    meeting: PanelMeeting, cases: Sequence[AgendaCase], members: int, today: date
) -> Iterator[NextStep]:
    undecided = [each for each in cases if each.is_to_decide]
    without = sum(not (each.draft and each.draft.is_drafted) for each in undecided)
    if without:
        yield NextStep(f"{plural(without, 'case has', 'cases have')} no draft yet.", *CASES)
    owing = {member for each in undecided if each.draft for member in each.draft.owing}
    if owing and today > meeting.proposals_due_on:
        late = f"{plural(len(owing), 'member has', 'members have')} not commented on every draft"
        yield NextStep(f"{late}: comments were due on {date_uk(meeting.proposals_due_on)}.", *CASES)
    if cases and members and meeting.papers_ready_at is None and today < meeting.held_on:
        yield NextStep("When the papers are ready, say so: the members are told.", "panels.papers_ready")
    if today >= meeting.held_on and undecided:
        yield NextStep(f"Record {plural(len(undecided), 'decision')}, case by case.", *CASES)
    if today >= meeting.held_on and cases:
        yield NextStep("Close the meeting. What is not decided can go on another agenda.", "panels.close")


def _after_closing(
    meeting: PanelMeeting, cases: Sequence[AgendaCase], is_attended: bool, today: date
) -> Iterator[NextStep]:
    if today < meeting.held_on:
        return
    if not is_attended:
        yield NextStep("Record which agencies were there.", "panels.attendance")
    undecided = sum(each.is_to_decide for each in cases)
    if undecided:
        yield NextStep(f"Record {plural(undecided, 'decision')}, case by case.", *CASES)
