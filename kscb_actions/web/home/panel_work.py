"""The first page's panel work: what waits for the people of the child death overview panel."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import render_template, url_for

from kscb_actions import clock
from kscb_actions.access.policy import ROLE_NAMES, Permission, Reach, Viewer, reach
from kscb_actions.child_deaths.cases.models import ChildDeath
from kscb_actions.child_deaths.cases.queries import DeathFilter, list_deaths
from kscb_actions.child_deaths.judging.decisions import list_attendance
from kscb_actions.child_deaths.learning.referrals import needs_referral
from kscb_actions.child_deaths.meetings.candidates import NextStep, next_steps
from kscb_actions.child_deaths.meetings.models import PanelCase, PanelMeeting
from kscb_actions.child_deaths.meetings.queries import (
    MyCase,
    agenda,
    decisions_to_record,
    my_cases,
    next_meeting,
    open_seats,
    seated,
)
from kscb_actions.child_deaths.meetings.rules import Way
from kscb_actions.child_deaths.requests.erasable import list_waiting_erasures
from kscb_actions.child_deaths.requests.queries import count_owed
from kscb_actions.child_deaths.returns.models import AgencyReturn
from kscb_actions.child_deaths.returns.queries import overdue_returns, sent_returns, without_contact
from kscb_actions.people.agreeing import list_role_requests
from kscb_actions.web.shared.guard import Access, viewer

from . import blueprint
from .attention import Tile


@dataclass(frozen=True)
class NextPanel:
    """Hold the next meeting, what it still needs, and how many proposals or comments are awaited."""

    meeting: PanelMeeting
    cases: int
    steps: list[NextStep]
    proposals: int


@dataclass(frozen=True)
class CoordinatorWork:
    """Hold what waits for the co-ordinator. `waiting` counts the cases that no panel has had.

    sent         the answers of agencies that wait to be looked at
    unreachable  names of agencies of which an answer is waited for and where nobody can be reminded
    """

    returns: list[AgencyReturn]
    sent: list[AgencyReturn]
    unreachable: list[str]
    waiting: int
    coming: NextPanel | None
    decisions: list[PanelCase]
    referrals: list[ChildDeath]


@dataclass(frozen=True)
class MemberWork:
    """Hold a meeting with a seat of a member's, and the cases of which they owe something."""

    meeting: PanelMeeting
    cases: list[MyCase]
    total: int

    @property
    def is_by_draft(self) -> bool:
        """Return whether members comment on drafts there."""
        return bool(self.meeting.way == Way.DRAFT)

    def is_late(self, today: date) -> bool:
        """Return whether proposals were due before today."""
        return today > self.meeting.proposals_due_on


def for_coordinator(viewer: Viewer, today: date) -> CoordinatorWork | None:
    """Return what waits for a co-ordinator; None for anybody else. The number of queries is fixed."""
    if reach(viewer, Permission.KEEP_PANELS) is Reach.NONE:
        return None
    meeting = next_meeting(viewer, today)
    return CoordinatorWork(
        returns=overdue_returns(viewer, today),
        sent=sent_returns(viewer),
        unreachable=without_contact(viewer),
        waiting=list_deaths(viewer, DeathFilter(state="waiting")).total,
        coming=_coming(viewer, meeting, today) if meeting else None,
        decisions=decisions_to_record(viewer, today),
        referrals=needs_referral(viewer),
    )


def for_member(viewer: Viewer) -> list[MemberWork] | None:
    """Return the open meetings with a seat of this person's, the earliest first; None for who is no member.

    Each comes with the cases on which they have not proposed, or of which they owe a draft or a comment. A
    few queries more for each open meeting.
    """
    if reach(viewer, Permission.PROPOSE) is Reach.NONE:
        return None
    return [
        MemberWork(meeting, [each for each in cases if each.is_owed], len(cases))
        for meeting in open_seats(viewer)
        if (cases := my_cases(viewer, meeting))
    ]


def _coming(viewer: Viewer, meeting: PanelMeeting, today: date) -> NextPanel:
    cases, is_attended = agenda(viewer, meeting), bool(list_attendance(meeting))
    steps = next_steps(meeting, cases, len(seated(meeting)), is_attended, today)
    is_open = meeting.closed_at is None
    return NextPanel(meeting, len(cases), steps, sum(each.awaited for each in cases) if is_open else 0)


@blueprint.route("/panel-work", access=Access(Permission.READ_DEATH))
def panel_work() -> Any:
    """Show what waits for this person: as co-ordinator, as member, or both."""
    today = clock.today()
    keeping, proposing = for_coordinator(viewer(), today), for_member(viewer())
    return render_template(
        "home/panel_work.html",
        keeping=keeping,
        tiles=_tiles(keeping) if keeping else [],
        proposing=proposing,
        today=today,
        requests=count_owed(viewer()),
        erasures=list_waiting_erasures(viewer()),
        role_requests=list_role_requests(viewer()),
        role_names=ROLE_NAMES,
    )


def _tiles(found: CoordinatorWork) -> list[Tile]:
    """Return the counts; each leads to the list of what it counts, on this page or on its own."""
    coming = found.coming
    meeting = url_for("panels.show", meeting_id=coming.meeting.id) if coming else url_for("panels.index")
    proposals = coming.proposals if coming else 0
    return [
        Tile(len(found.sent), "Agencies’ answers to look at", "#answers"),
        Tile(len(found.returns), "Agency returns overdue", "#returns"),
        Tile(found.waiting, "Cases waiting for a panel", url_for("deaths.index", state="waiting")),
        Tile(proposals, "Proposals or comments waited for", meeting),
        Tile(len(found.decisions), "Decisions to record", "#decisions"),
        Tile(len(found.referrals), "Referral decisions to record", "#referrals"),
    ]
