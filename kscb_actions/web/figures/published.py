"""Pages for readers of issued reports: the report, and the paper itself. It is public: no password."""

import io
from typing import Any

from flask import render_template, request, send_file

from kscb_actions.access.policy import Permission, may
from kscb_actions.figures.annual.corrected import corrected_since
from kscb_actions.figures.annual.models import IssuedReport
from kscb_actions.figures.annual.serialisation import read_report
from kscb_actions.figures.annual.year import get_issued, list_issued
from kscb_actions.web.reports.screen import shown
from kscb_actions.web.shared.guard import Access, viewer

from . import published

ISSUED = Access(Permission.READ_PUBLISHED, of=get_issued, is_paper=True)
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@published.route("/published", access=Access(Permission.READ_PUBLISHED))
def index() -> Any:
    """List the reports that have been issued."""
    reports = list_issued(viewer())
    return render_template("figures/published.html", reports=reports, corrected=corrected_since(reports))


@published.route("/published/<int:issued_id>", access=ISSUED)
def show(issued: IssuedReport) -> Any:
    """Show one of them, drawn from what was stored."""
    report = read_report(issued.report_json)
    return render_template(
        "figures/issued.html",
        issued=issued,
        report=report,
        corrected_on=corrected_since([issued]).get(issued.id),
        sections=shown(report, request.args),
        # Not for the public: it says where to look.
        is_told_of_overlap=issued.is_overlap_protected is False and may(viewer(), Permission.READ_FIGURES),
    )


@published.route("/published/<int:issued_id>/paper", access=ISSUED)
def paper(issued: IssuedReport) -> Any:
    """Send the Word file as it was issued, byte by byte."""
    name = f"child-death-annual-report-{issued.year}-edition-{issued.number}.docx"
    file = io.BytesIO(bytes(issued.paper))
    return send_file(file, mimetype=DOCX, as_attachment=True, download_name=name)
