"""The papers of a meeting: a page, and the same as a Word file when the password is typed again."""

from tempfile import SpooledTemporaryFile
from typing import Any

from flask import g, render_template, send_file, url_for

from .. import clock
from ..access.guard import Access, viewer
from ..access.policy import Permission
from ..database import reading
from ..deaths.models import PanelMeeting
from ..deaths.queries import get_meeting
from ..people.again_views import asked_again
from ..reports.content import Report
from ..reports.panel_papers import build_papers, papers_name
from ..reports.screen import shown
from ..reports.views import DOCX, IN_MEMORY
from ..reports.word import write_docx
from .blueprint import blueprint
from .service import tell_papers_taken

READ = Access(Permission.READ_DEATH, of=get_meeting)


@blueprint.route("/panels/<int:meeting_id>/papers", access=READ)
def papers(meeting: PanelMeeting) -> Any:
    """The papers as a page: the cases that this person sees."""
    with reading():
        report = _report(meeting)
        return render_template(
            "panels/papers.html",
            meeting=meeting,
            report=report,
            sections=list(shown(report, {})),
            address_of=lambda _: None,
        )


@blueprint.route("/panels/<int:meeting_id>/papers.docx", access=READ, methods=["GET", "POST"])
def papers_docx(meeting: PanelMeeting) -> Any:
    """The papers as a Word file; the trail tells that they were taken."""
    back = url_for("panels.papers", meeting_id=meeting.id)
    return asked_again("the papers of this meeting", back=back, answer=lambda: _file(meeting))


def _report(meeting: PanelMeeting) -> Report:
    return build_papers(viewer(), g.board, meeting, clock.today())


def _file(meeting: PanelMeeting) -> Any:
    file = SpooledTemporaryFile(max_size=IN_MEMORY)
    with reading():
        report = _report(meeting)
        write_docx(report, file)
    tell_papers_taken(viewer(), meeting, len(report.sections))
    file.seek(0)
    return send_file(file, mimetype=DOCX, as_attachment=True, download_name=papers_name(meeting))
