"""Pages for readers of issued reports: the report, and the paper itself. It is public: no password."""

import io
from typing import Any

from flask import flash, redirect, render_template, request, send_file, url_for

from kscb_actions.access.policy import Permission, may
from kscb_actions.figures.annual.corrected import corrected_since
from kscb_actions.figures.annual.issuing import problems_with_withdrawing, withdraw
from kscb_actions.figures.annual.models import IssuedReport
from kscb_actions.figures.annual.serialisation import read_report
from kscb_actions.figures.annual.year import get_issued, list_issued, withdrawals
from kscb_actions.people.sign_in import reauthenticate
from kscb_actions.web.reports.screen import shown
from kscb_actions.web.shared.guard import Access, viewer

from . import published
from .forms import WithdrawForm

ISSUED = Access(Permission.READ_PUBLISHED, of=get_issued, is_paper=True)
WITHDRAW = Access(Permission.ISSUE_FIGURES, of=get_issued)
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@published.route("/published", access=Access(Permission.READ_PUBLISHED))
def index() -> Any:
    """List the reports that have been issued."""
    reports = list_issued(viewer())
    return render_template(
        "figures/published.html",
        reports=reports,
        corrected=corrected_since(reports),
        withdrawn=withdrawals(),
    )


@published.route("/published/<int:issued_id>", access=ISSUED)
def show(issued: IssuedReport) -> Any:
    """Show one of them, drawn from what was stored; of a withdrawn one, why."""
    if gone := withdrawals().get(issued.id):
        return render_template("figures/withdrawn.html", issued=issued, gone=gone)
    report = read_report(issued.report_json)
    return render_template(
        "figures/issued.html",
        issued=issued,
        report=report,
        corrected_on=corrected_since([issued]).get(issued.id),
        sections=shown(report, request.args),
        may_withdraw=bool(may(viewer(), Permission.ISSUE_FIGURES)),
    )


@published.route("/published/<int:issued_id>/paper", access=ISSUED)
def paper(issued: IssuedReport) -> Any:
    """Send the Word file as it was issued, byte by byte."""
    if issued.id in withdrawals():
        return show(issued)
    name = f"child-death-annual-report-{issued.year}-edition-{issued.number}.docx"
    file = io.BytesIO(bytes(issued.paper))
    return send_file(file, mimetype=DOCX, as_attachment=True, download_name=name)


@published.route("/published/<int:issued_id>/withdraw", access=WITHDRAW, methods=["GET", "POST"])
def withdraw_report(issued: IssuedReport) -> Any:
    """Withdraw one of them from the page, with a reason, once the password has been typed again."""
    form = WithdrawForm()
    if form.carried_out(lambda: _withdraws(form, issued)):
        flash(f"The report of {issued.year} is withdrawn.", "success")
        return redirect(url_for("published.show", issued_id=issued.id))
    if form.is_submitted():
        # Said beside a wrong password, so that all is said at once.
        form.add_errors(problems_with_withdrawing(form.reason.data or ""))
    return render_template("figures/withdraw.html", form=form, issued=issued)


def _withdraws(form: WithdrawForm, issued: IssuedReport) -> None:
    reauthenticate(viewer(), form.password.data)
    withdraw(viewer(), issued, form.reason.data)
