"""What the co-ordinator chooses from for a meeting: members and cases in groups, and meetings for a case."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

from ..access.policy import Viewer
from ..deaths.models import ChildDeath, PanelMeeting, PanelSeat
from ..deaths.queries import count_returns, visible_meeting
from ..people.models import Agency, User
from ..templating import date_short, date_uk
from .queries import cases_to_decide, free_members

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
