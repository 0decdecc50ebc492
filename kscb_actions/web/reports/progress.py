"""Pages of reports, and their files."""

import io
import re
from collections.abc import Mapping
from typing import Any

from flask import g, render_template, request, send_file, url_for
from werkzeug.datastructures import MultiDict

from kscb_actions import clock
from kscb_actions.access.policy import Permission, Reach, may, reach
from kscb_actions.actions.models import Action
from kscb_actions.actions.queries import list_of_references
from kscb_actions.database import reading
from kscb_actions.people.models import Agency
from kscb_actions.people.queries import list_agencies
from kscb_actions.reports.content import Report, rows_read
from kscb_actions.reports.progress.counts import TURN_LINES, TURNS
from kscb_actions.reports.progress.first_page.exceptions import named_in
from kscb_actions.reports.progress.report import build_progress, record_export
from kscb_actions.reports.word.file import word_file
from kscb_actions.text import one_line
from kscb_actions.web.shared.guard import Access, viewer
from kscb_actions.web.shared.navigation import list_address

from . import blueprint
from .form import ProgressReportForm, progress_form
from .screen import shown

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PAPER = Access(Permission.READ_REPORTS, is_paper=True)
_CHALLENGE = re.compile(r"Challenge C(\d{1,9})", re.ASCII)
_REFERENCE = re.compile(r"(.+)/A(\d{1,6})")


@blueprint.route("/reports", access=Access(Permission.READ_REPORTS))
def index() -> Any:
    """Show the kinds of report, each with what it can be asked for."""
    return render_template("reports/index.html", form=progress_form(viewer(), MultiDict()))


@blueprint.route("/reports/progress", access=PAPER)
def progress() -> Any:
    """Show the progress report as a page."""
    form = progress_form(viewer(), request.args)
    with reading():
        return _progress_page(form, _progress(form), request.args)


@blueprint.route("/reports/progress.docx", access=PAPER, methods=["POST"])
def progress_docx() -> Any:
    """Send the progress report as a Word file, and record the export in the trail."""
    form = progress_form(viewer(), request.form)
    with reading():
        report = _progress(form)
        if report is None:
            return _progress_page(form, None, {})
        report = rows_read(report)
    file = io.BytesIO(word_file(report))
    record_export(viewer(), "progress", form.choice, report)
    return send_file(file, mimetype=DOCX, as_attachment=True, download_name=report.file_name)


def _progress(form: ProgressReportForm) -> Report | None:
    """Return the report asked for; None when the form now says what is wrong."""
    made: list[Report] = []
    if form.validate():
        form.attempt(lambda: made.append(build_progress(viewer(), g.board, form.choice, clock.today())))
    return made[0] if made else None


def _progress_page(form: ProgressReportForm, report: Report | None, asked: Mapping[str, str]) -> str:
    return render_template(
        "reports/progress.html",
        form=form,
        report=report,
        sections=shown(report, asked, _lists_of(form, report)) if report else (),
        address_of=_address_of,
        links=_links(form, report) if report else {},
        challenged=_agencies_to_challenge(form, report),
        questioned=_actions_to_challenge(form, report),
    )


def _agencies_to_challenge(form: ProgressReportForm, report: Report | None) -> list[Agency]:
    """Return the agencies that this person may challenge about a line of the paper; none of a public one."""
    if report is None or form.choice.publication:
        return []
    asked = one_line(form.choice.agency).upper()
    agencies = (each for each in list_agencies() if asked in ("", each.code))
    return [each for each in agencies if may(viewer(), Permission.RAISE_CHALLENGE, each.id)]


def _actions_to_challenge(form: ProgressReportForm, report: Report | None) -> list[Action]:
    """Return the exceptions about which this person may challenge an agency; none of a public paper."""
    if report is None or form.choice.publication or reach(viewer(), Permission.RAISE_CHALLENGE) is Reach.NONE:
        return []
    named = list_of_references(viewer(), named_in(report))
    return [each for each in named if may(viewer(), Permission.RAISE_CHALLENGE, each.owners)]


def _lists_of(form: ProgressReportForm, report: Report) -> dict[str, str]:
    """Return where the lists are of what a report is about.

    The lists show today, so a report of another day has none.
    """
    if report.as_at != clock.today() or form.choice.publication:
        return {}
    return {
        "actions": url_for("actions.index", **_narrowed(form), closed=1),
        "reviews": url_for("reviews.index"),
    }


def _links(form: ProgressReportForm, report: Report) -> dict[str, list[list[tuple[str, str]]]]:
    """Return where the numbers of the table of turns lead: to the list with exactly the rows they count."""
    if "actions" not in _lists_of(form, report):
        return {}
    narrowed = _narrowed(form) if form.choice.restricted else {**_narrowed(form), "restricted": "0"}
    return {TURNS: [[(list_address(**narrowed, **of), "in the list of actions")] for _, _, of in TURN_LINES]}


def _narrowed(form: ProgressReportForm) -> dict[str, Any]:
    kept = {"review": form.choice.review, "agency": form.choice.agency}
    return {name: one_line(value).upper() for name, value in kept.items() if value}


def _address_of(text: str) -> str | None:
    """Return where the action or the challenge is that a cell names; None for any other text."""
    if challenge := _CHALLENGE.fullmatch(text):
        return url_for("challenges.show", challenge_id=int(challenge[1]))
    found = _REFERENCE.fullmatch(text)
    return found and url_for("actions.show", reference=found[1], number=int(found[2]))
