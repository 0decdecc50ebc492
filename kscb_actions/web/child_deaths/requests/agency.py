"""Pages on which an agency's contact answers what the panel asks: the form by section, files, sending."""

from dataclasses import dataclass, replace
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from werkzeug.wsgi import wrap_file

from kscb_actions import clock
from kscb_actions.access.policy import Permission, Viewer
from kscb_actions.assurance.erasing import refuse_erased
from kscb_actions.child_deaths import terms
from kscb_actions.child_deaths.requests import queries
from kscb_actions.child_deaths.requests.erasable import list_waiting_erasures, was_sent
from kscb_actions.child_deaths.requests.models import ReturnFile, ReturnPart
from kscb_actions.child_deaths.requests.rules import (
    BY_CODE,
    KNOWS,
    SECTIONS,
    UNCHANGED,
    Answers,
    Section,
    missing_in,
)
from kscb_actions.child_deaths.requests.service import (
    FileDamaged,
    attach_files,
    open_own_file,
    remove_file,
    save_part,
    send_answer,
)
from kscb_actions.child_deaths.returns.models import AgencyReturn
from kscb_actions.child_deaths.returns.queries import list_coordinators
from kscb_actions.files.store import StoreFull
from kscb_actions.pages import page_within
from kscb_actions.web.assurance.evidence import evidence_store, headers_for
from kscb_actions.web.files_kept import SentFiles
from kscb_actions.web.shared.asked import page_number
from kscb_actions.web.shared.guard import Access, viewer

from .. import request_pages
from ..returns import base_url_of_board
from .as_typed import is_as_typed, saved_as_typed
from .forms import FilesForm, PartForm, RemoveFileForm, SendForm

BOTH = ["GET", "POST"]
PER_PAGE = 25
ONE = "/death-requests/<int:return_id>"
FILE = f"{ONE}/files/<int:file_id>"
ANSWERS = Access(Permission.ANSWER_RETURN, of=queries.get_request)


@dataclass(frozen=True)
class AskedPart:
    """One section of a request's form."""

    row: AgencyReturn
    section: Section

    @property
    def agency_id(self) -> int:
        """Return whose it is, for the policy."""
        return int(self.row.agency_id)


def get_part(viewer: Viewer, return_id: int, section: str) -> AskedPart | None:
    """Return a section of a request to this person's agency, or None.

    Of a withdrawn one too: what somebody is typing meanwhile is refused beside it, and not lost.
    """
    row = queries.get_own_request(viewer, return_id)
    return AskedPart(row, BY_CODE[section]) if row and section in BY_CODE else None


def rows_of(answers: Answers, with_empty: bool = False) -> list[tuple[str, str]]:
    """Return (name, value) of an answer, in the order of the form."""
    knows = answers.of(KNOWS.code)
    rows = [(KNOWS.question, terms.YES_NO.get(knows.choice, ""))]
    rows += [(each.title, answers.of(each.code).text) for each in SECTIONS]
    return [row for row in rows if row[1] or with_empty]


@request_pages.route("/death-requests", access=Access(Permission.ANSWER_RETURN))
def index() -> Any:
    """Show what this person's agency is asked: what it owes first."""
    rows = queries.list_requests(viewer())
    others = [row for row in rows if not queries.owes(row)]
    page, pages, start, count = page_within(page_number(request.args), len(others), PER_PAGE)
    return render_template(
        "child_deaths/requests/index.html",
        owed=[row for row in rows if queries.owes(row)],
        others=others[start : start + count],
        page=page,
        pages=pages,
        total=len(others),
        per_page=PER_PAGE,
        erasures=list_waiting_erasures(viewer()),
        today=clock.today(),
    )


@request_pages.route(ONE, access=Access(Permission.READ_PUBLISHED, of=queries.get_any_request))
def show(row: AgencyReturn) -> Any:
    """Show a request: its form to the agency, and to whoever sees the case what stands there of it."""
    if not queries.is_own(viewer(), row):
        return redirect(url_for("deaths.agency_answer", death_id=row.death_id, return_id=row.id))
    if row.taken_back_on is not None:
        sent = {file.id: file for each in queries.sendings_of(row) for file in each.files}
        return render_template(
            "child_deaths/requests/withdrawn.html", asked=row, files=[sent[key] for key in sorted(sent)]
        )
    answers, sendings = queries.answers_of(row), queries.sendings_of(row)
    return render_template(
        "child_deaths/requests/show.html",
        asked=row,
        child=queries.child_in_words(row.death),
        owes=queries.owes(row),
        answers=answers,
        sections=SECTIONS,
        missing=missing_in(answers),
        files=queries.files_of(row),
        sendings=sendings,
        is_changed=queries.is_changed_since(answers, sendings),
        unchanged=UNCHANGED,
        keepers=list_coordinators(),
        today=clock.today(),
    )


@request_pages.route(
    f"{ONE}/sections/<section>", access=Access(Permission.ANSWER_RETURN, of=get_part), methods=BOTH
)
def part(asked: AskedPart) -> Any:
    """Save one section of the form, and go on to the next."""
    row, section = asked.row, asked.section
    if row.taken_back_on is not None and request.method == "GET":
        return redirect(url_for("death_requests.show", return_id=row.id))
    form = PartForm(section, data=PartForm.filled(queries.part_of(row, section.code)))

    def save() -> ReturnPart | None:
        return save_part(viewer(), row, section.code, form.answer, form.seen_version)

    if is_as_typed():
        return saved_as_typed(form, row, save)
    if form.carried_out(save, PartForm.filled):
        flash(f"“{section.title}” is saved.", "success")
        after = SECTIONS.index(section) + 1
        if request.form.get("next") == "close" or after == len(SECTIONS):
            return redirect(url_for("death_requests.show", return_id=row.id))
        return redirect(url_for("death_requests.part", return_id=row.id, section=SECTIONS[after].code))
    return render_template(
        "child_deaths/requests/part.html",
        form=form,
        asked=row,
        section=section,
        number=SECTIONS.index(section) + 1,
        count=len(SECTIONS),
    ), form.status


@request_pages.route(f"{ONE}/files", access=replace(ANSWERS, takes_files=True), methods=BOTH)
def files(row: AgencyReturn) -> Any:
    """Attach files to the answer."""
    form, waiting = FilesForm(), []
    if form.is_submitted():
        form.validate()
        sent = SentFiles(form.files.data)
        try:
            if not sent.is_gone and form.attempt(lambda: _attach(row, sent)):
                sent.arrived()
                flash("Attached.", "success")
                return redirect(url_for("death_requests.show", return_id=row.id, _anchor="files"))
            waiting = sent.keep(form, "files")
        except StoreFull as full:
            form.form_errors.append(full.message)
    return render_template(
        "child_deaths/requests/files.html", form=form, asked=row, kept=waiting, files=queries.files_of(row)
    ), form.status


@request_pages.route(FILE, access=Access(Permission.ANSWER_RETURN, of=queries.get_own_file))
def file(found: ReturnFile) -> Any:
    """Send a file of the agency's own answer, as it was received."""
    return as_received(found, lambda: open_own_file(viewer(), found, evidence_store()))


@request_pages.route(
    f"{FILE}/take-off", access=Access(Permission.ANSWER_RETURN, of=queries.get_own_file), methods=BOTH
)
def take_off(found: ReturnFile) -> Any:
    """Take a file off the answer."""
    form = RemoveFileForm()
    if form.carried_out(lambda: remove_file(viewer(), found, evidence_store())):
        flash("The file is taken off.", "success")
        return redirect(url_for("death_requests.show", return_id=found.agency_return_id, _anchor="files"))
    return render_template(
        "child_deaths/requests/take_off.html",
        form=form,
        file=found,
        asked=found.agency_return,
        was_sent=was_sent(found),
    ), form.status


@request_pages.route(f"{ONE}/send", access=ANSWERS, methods=BOTH)
def send(row: AgencyReturn) -> Any:
    """Show the whole answer once more, and send it."""
    form, answers, sendings = SendForm(), queries.answers_of(row), queries.sendings_of(row)
    if form.carried_out(lambda: send_answer(viewer(), row, base_url_of_board())):
        flash("Your answer is sent. The panel’s co-ordinator is told, and looks at it.", "success")
        return redirect(url_for("death_requests.show", return_id=row.id))
    return render_template(
        "child_deaths/requests/send.html",
        form=form,
        asked=row,
        child=queries.child_in_words(row.death),
        rows=rows_of(answers, with_empty=True),
        missing=missing_in(answers),
        files=queries.files_of(row),
        sendings=sendings,
        is_changed=queries.is_changed_since(answers, sendings),
        unchanged=UNCHANGED,
    ), form.status


def as_received(found: ReturnFile, opened: Any) -> Any:
    """Send a file as an attachment, or say that it is damaged or erased. `opened` gives its bytes."""
    if found.erased_at is not None:
        return render_template("child_deaths/requests/erased.html", file=found), 410
    try:
        stream = opened()
    except FileDamaged:
        return render_template("child_deaths/requests/damaged.html", file=found), 410
    headers = headers_for(found.shown_name, found.media_type, found.size)
    return Response(wrap_file(request.environ, stream), headers=headers, direct_passthrough=True)


def _attach(row: AgencyReturn, sent: SentFiles) -> None:
    attach_files(viewer(), row, evidence_store(), list(sent), refuse_erased)
