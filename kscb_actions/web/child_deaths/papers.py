"""The papers of a meeting: a page, and the same as a Word file when the password is typed again."""

import io
from typing import Any

from flask import g, render_template, send_file, url_for

from kscb_actions import clock
from kscb_actions.access.policy import Permission
from kscb_actions.child_deaths.cases.papers import are_minutes, build_papers, papers_name
from kscb_actions.child_deaths.meetings.models import PanelMeeting
from kscb_actions.child_deaths.meetings.service import record_papers_taken
from kscb_actions.child_deaths.visibility import get_meeting
from kscb_actions.database import reading
from kscb_actions.reports.content import Report, rows_read
from kscb_actions.reports.word.file import word_file
from kscb_actions.web.people.reauthentication import reauthenticated
from kscb_actions.web.reports.papers import DOCX
from kscb_actions.web.reports.screen import shown
from kscb_actions.web.shared.guard import Access, viewer

from . import panel_pages

READ = Access(Permission.READ_DEATH, of=get_meeting, is_paper=True)


@panel_pages.route("/panels/<int:meeting_id>/papers", access=READ)
def papers(meeting: PanelMeeting) -> Any:
    """Show the papers as a page: the cases that this person sees."""
    with reading():
        report = _report(meeting)
        return render_template(
            "child_deaths/meetings/papers.html",
            meeting=meeting,
            report=report,
            sections=list(shown(report, {})),
            address_of=lambda _: None,
        )


@panel_pages.route("/panels/<int:meeting_id>/papers.docx", access=READ, methods=["GET", "POST"])
def papers_docx(meeting: PanelMeeting) -> Any:
    """Send the papers as a Word file; that they were taken is recorded in the audit trail."""
    back = url_for("panels.papers", meeting_id=meeting.id)
    return reauthenticated("the papers of this meeting", back=back, answer=lambda: _file(meeting))


def _report(meeting: PanelMeeting) -> Report:
    return build_papers(viewer(), g.board, meeting, clock.today())


def _file(meeting: PanelMeeting) -> Any:
    with reading():
        report = rows_read(_report(meeting))
        name = papers_name(meeting, are_minutes(viewer(), meeting, clock.today()))
    file = io.BytesIO(word_file(report))
    record_papers_taken(viewer(), meeting, len(report.sections))
    return send_file(file, mimetype=DOCX, as_attachment=True, download_name=name)
