"""Pages on which the panel reads what an agency answered, and its co-ordinator accepts or returns it."""

from typing import Any

from flask import flash, redirect, render_template, url_for

from kscb_actions import clock
from kscb_actions.access.policy import Permission, may
from kscb_actions.child_deaths.requests import queries
from kscb_actions.child_deaths.requests.models import ReturnFile
from kscb_actions.child_deaths.requests.rules import Outcome
from kscb_actions.child_deaths.requests.service import DAYS_TO_JUDGE, judge_answer, open_sent_file
from kscb_actions.child_deaths.returns.models import AgencyReturn
from kscb_actions.child_deaths.returns.queries import get_return
from kscb_actions.web.assurance.evidence import evidence_store
from kscb_actions.web.shared.guard import Access, viewer

from .. import death_pages
from ..returns import base_url_of_board
from .agency import as_received, rows_of
from .forms import JudgeForm

ONE = "/deaths/<int:death_id>/returns/<int:return_id>"


@death_pages.route(ONE, access=Access(Permission.READ_DEATH, of=get_return))
def agency_answer(row: AgencyReturn) -> Any:
    """Show what an agency answered: to who keeps cases all it sent, to members what stands on the case."""
    return render_template(
        "child_deaths/requests/answer.html",
        asked=row,
        death=row.death,
        sendings=queries.seen_by(viewer(), row),
        rows_of=rows_of,
        may_record=bool(may(viewer(), Permission.RECORD_DEATH)),
    )


@death_pages.route(
    f"{ONE}/files/<int:file_id>", access=Access(Permission.READ_DEATH, of=queries.get_sent_file)
)
def answer_file(found: ReturnFile) -> Any:
    """Send a file that an agency sent with its answer, as it was received."""
    return as_received(found, lambda: open_sent_file(viewer(), found, evidence_store()))


@death_pages.route(
    f"{ONE}/judge", access=Access(Permission.RECORD_DEATH, of=get_return), methods=["GET", "POST"]
)
def judge(row: AgencyReturn) -> Any:
    """Accept what an agency sent, or return it with what is missing."""
    sendings = queries.sendings_of(row)
    if not sendings:
        flash("The agency has sent nothing here yet.", "important")
        return redirect(url_for("deaths.show", death_id=row.death_id, _anchor="returns"))
    form = JudgeForm(data={"due_on": clock.today() + DAYS_TO_JUDGE, "seen": str(sendings[0].row.number)})
    if form.carried_out(lambda: _judge(form, row)):
        is_accepted = form.outcome.data == Outcome.ACCEPTED
        said = "accepted, and stands on the case" if is_accepted else "returned, and its contacts are told"
        flash(f"The answer of {row.agency.name} is {said}.", "success")
        return redirect(url_for("deaths.show", death_id=row.death_id, _anchor="returns"))
    # What came meanwhile is on the page now.
    sent = queries.sendings_of(row)[0]
    form.seen.data = str(sent.row.number)
    return render_template(
        "child_deaths/requests/judge.html",
        form=form,
        asked=row,
        death=row.death,
        sent=sent,
        rows=rows_of(sent.answers),
    ), form.status


def _judge(form: JudgeForm, row: AgencyReturn) -> None:
    judge_answer(
        viewer(),
        row,
        form.seen_number,
        form.outcome.data,
        form.reason.data,
        form.due_on.data,
        base_url_of_board(),
    )
