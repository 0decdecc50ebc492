"""The panel's meetings: the list, and one meeting for whoever opens it."""

from typing import Any

from flask import render_template

from kscb_actions import clock
from kscb_actions.access.policy import Permission, may
from kscb_actions.child_deaths.agreement.chart import AgreementChart, agreement_chart
from kscb_actions.child_deaths.agreement.queries import (
    Period,
    agreement_by_meeting,
    agreement_by_year,
    list_answers,
)
from kscb_actions.child_deaths.cases.papers import are_minutes
from kscb_actions.child_deaths.judging.decisions import list_attendance
from kscb_actions.child_deaths.judging.queries import progress_of, sits_on
from kscb_actions.child_deaths.meetings.candidates import next_steps
from kscb_actions.child_deaths.meetings.models import PanelMeeting
from kscb_actions.child_deaths.meetings.queries import agenda, list_meetings, my_cases, on_agenda, seated
from kscb_actions.child_deaths.visibility import get_meeting
from kscb_actions.web.shared.asked import without_empty
from kscb_actions.web.shared.guard import Access, viewer

from . import panel_pages
from .keeping.agendas import shown_agenda


@panel_pages.route("/panels", access=Access(Permission.READ_DEATH))
def index() -> Any:
    """List the panel's meetings; a member sees those with a seat of theirs."""
    meetings = list_meetings(viewer())
    return render_template(
        "child_deaths/meetings/index.html",
        meetings=meetings,
        progress=progress_of(viewer(), [each.meeting for each in meetings]),
        keeps=may(viewer(), Permission.KEEP_PANELS),
        today=clock.today(),
    )


@panel_pages.route("/panels/<int:meeting_id>", access=Access(Permission.READ_DEATH, of=get_meeting))
def show(meeting: PanelMeeting) -> Any:
    """Show one meeting: all of it for the co-ordinator, a member's own cases for a member."""
    if tidier := without_empty():
        return tidier
    today, keeps, shown = clock.today(), bool(may(viewer(), Permission.KEEP_PANELS)), shown_agenda()
    cases, members, attendance = agenda(viewer(), meeting), seated(meeting), list_attendance(meeting)
    steps = next_steps(meeting, cases, len(members), bool(attendance), today) if keeps else []
    return render_template(
        "child_deaths/meetings/show.html",
        meeting=meeting,
        keeps=keeps,
        cases=shown.narrowed(on_agenda(viewer(), meeting, cases)) if keeps else [],
        mine=shown.narrowed(on_agenda(viewer(), meeting, my_cases(viewer(), meeting)))
        if sits_on(viewer(), meeting)
        else None,
        shown=shown,
        are_minutes=are_minutes(viewer(), meeting, today),
        members=members,
        attendance=attendance,
        steps=steps,
        today=today,
    )


@panel_pages.route("/panels/agreement", access=Access(Permission.KEEP_PANELS, is_paper=True))
def agreement() -> Any:
    """Show kappa of the primary category and of the status, by reporting year and by meeting."""
    answers = list_answers(viewer())
    years, meetings = agreement_by_year(answers), agreement_by_meeting(answers)
    return render_template(
        "child_deaths/agreement/index.html",
        years=years,
        meetings=meetings,
        charts={"years": _charts(years), "meetings": _charts(meetings)},
    )


def _charts(newest_first: list[Period]) -> dict[str, AgreementChart | None]:
    periods = newest_first[::-1]
    return {
        "categories": agreement_chart([(each.name, each.categories) for each in periods]),
        "statuses": agreement_chart([(each.name, each.statuses) for each in periods]),
    }
