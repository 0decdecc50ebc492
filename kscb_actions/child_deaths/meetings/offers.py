"""What the co-ordinator chooses from for a meeting: members and cases in groups, and meetings for a case."""

from collections.abc import Iterator, Sequence
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

ALL_IN, TO_COME, NOT_ASKED = (
    "All agency returns are in",
    "Agency returns are still to come",
    "No agency has been asked yet",
)


MEMBERS, OTHERS = "Members", "Other members"


Row = TypeVar("Row", ChildDeath, User)


@dataclass(frozen=True)
class Offer(Generic[Row]):
    """A row that can be ticked, by its name; `hint` says what helps to choose."""

    row: Row
    name: str
    hint: str = ""

    @property
    def id(self) -> int:
        """The row's id."""
        return int(self.row.id)


@dataclass(frozen=True)
class Group(Generic[Row]):
    """Offers that belong together."""

    title: str
    offers: list[Offer[Row]]


def case_groups(viewer: Viewer) -> list[Group[ChildDeath]]:
    """The cases that wait for a panel, those that are ready first, the longest known first in each group."""
    rows = cases_to_decide(viewer)
    returns = count_returns([row.id for row in rows])
    found: dict[str, list[Offer[ChildDeath]]] = {ALL_IN: [], TO_COME: [], NOT_ASKED: []}
    for row in rows:
        answered, asked = returns.get(row.id, (0, 0))
        title = NOT_ASKED if not asked else ALL_IN if answered == asked else TO_COME
        known = f"Notified {date_short(row.notified_on)}"
        hint = f"{known}, {answered} of {asked} in" if title == TO_COME else known
        found[title].append(Offer(row, row.case_number, hint))
    return _filled(found)


def member_groups(meeting: PanelMeeting) -> list[Group[User]]:
    """The members without a seat at a meeting: those of the meeting before it first, then by name."""
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
    found: dict[str, list[Offer[User]]] = {known: [], OTHERS: []} if sat else {MEMBERS: []}
    for user in free_members(meeting):
        title = known if user.id in sat else OTHERS if sat else MEMBERS
        found[title].append(Offer(user, user.name, agencies.get(user.agency_id, "")))
    return _filled(found)


def open_meetings(viewer: Viewer) -> list[PanelMeeting]:
    """The meetings whose agenda can still take a case, the earliest first."""
    query = PanelMeeting.select().where(visible_meeting(viewer), PanelMeeting.closed_at.is_null())
    return list(query.order_by(PanelMeeting.held_on))


def likeliest(meetings: Sequence[PanelMeeting], today: date) -> str:
    """The id of the next of these meetings in order, today's among them; else of the last; "" of none."""
    coming = [each for each in meetings if each.held_on >= today]
    return str((coming[:1] or meetings[-1:])[0].id) if meetings else ""


def _filled(found: dict[str, list[Offer[Row]]]) -> list[Group[Row]]:
    return [Group(title, offers) for title, offers in found.items() if offers]


CASES = ("panels.show", "cases")


@dataclass(frozen=True)
class Step:
    """Something to do for a meeting; `page` is where, as the name of one of the meeting's pages, and `part`
    the part of that page.
    """

    text: str
    page: str
    part: str | None = None


def next_steps(
    meeting: PanelMeeting, cases: Sequence[AgendaCase], members: int, is_attended: bool, today: date
) -> list[Step]:
    """The steps that are open, as far as this person sees the cases."""
    if meeting.closed_at is None:
        return list(_before_closing(meeting, cases, members, today))
    return list(_after_closing(meeting, cases, is_attended, today))


def _before_closing(
    meeting: PanelMeeting, cases: Sequence[AgendaCase], members: int, today: date
) -> Iterator[Step]:
    if not members:
        yield Step("Give each member who comes a seat. They see the cases from then on.", "panels.members")
    if not cases:
        yield Step("Put cases on the agenda.", "panels.agenda")
    waiting = sum(each.asked - each.answered for each in cases)
    if waiting:
        yield Step(
            f"{plural(waiting, 'agency return')} {'is' if waiting == 1 else 'are'} not in yet.",
            *CASES,
        )
    missing = sum(each.expected - each.made for each in cases)
    if missing and today > meeting.proposals_due_on:
        late = f"{plural(missing, 'proposal')} still to come, due on {date_uk(meeting.proposals_due_on)}."
        yield Step(f"{late} Remind the members.", *CASES)
    if cases and members and (today >= meeting.held_on or not missing):
        yield Step("Close the proposals. Then you and the members see them side by side.", "panels.close")


def _after_closing(
    meeting: PanelMeeting, cases: Sequence[AgendaCase], is_attended: bool, today: date
) -> Iterator[Step]:
    if today < meeting.held_on:
        return
    if not is_attended:
        yield Step("Record which agencies were there.", "panels.attendance")
    undecided = sum(each.is_to_decide for each in cases)
    if undecided:
        yield Step(f"Record {plural(undecided, 'decision')}, case by case.", *CASES)
