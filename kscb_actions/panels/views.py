"""The panel's meetings: the list, and one meeting for whoever opens it."""

from typing import Any

from flask import render_template

from .. import clock
from ..access.guard import Access, viewer
from ..access.policy import Permission, may
from ..deaths.models import PanelMeeting
from ..deaths.queries import get_meeting
from .blueprint import blueprint
from .decision_queries import list_attendance
from .judging_queries import progress_of, sits_on
from .next_steps import next_steps
from .queries import agenda, list_meetings, my_cases, seated


@blueprint.route("/panels", access=Access(Permission.READ_DEATH))
def index() -> Any:
    """The panel's meetings; a member sees those with a seat of theirs."""
    meetings = list_meetings(viewer())
    return render_template(
        "panels/index.html",
        meetings=meetings,
        progress=progress_of(viewer(), [each.meeting for each in meetings]),
        keeps=may(viewer(), Permission.KEEP_PANELS),
        today=clock.today(),
    )


@blueprint.route("/panels/<int:meeting_id>", access=Access(Permission.READ_DEATH, of=get_meeting))
def show(meeting: PanelMeeting) -> Any:
    """One meeting: all of it for the co-ordinator, a member's own cases for a member."""
    today, keeps = clock.today(), bool(may(viewer(), Permission.KEEP_PANELS))
    cases, members, attendance = agenda(viewer(), meeting), seated(meeting), list_attendance(meeting)
    steps = next_steps(meeting, cases, len(members), bool(attendance), today) if keeps else []
    return render_template(
        "panels/show.html",
        meeting=meeting,
        keeps=keeps,
        cases=cases,
        mine=my_cases(viewer(), meeting) if sits_on(viewer(), meeting) else None,
        members=members,
        attendance=attendance,
        steps=steps,
        today=today,
    )
