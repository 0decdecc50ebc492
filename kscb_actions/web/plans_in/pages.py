"""Taking a plan in: a file or a pasted table, a look at what it says, what is put right, and the step."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import Response, current_app, flash, redirect, render_template, request, url_for
from flask_wtf.file import FileField
from govuk_frontend_wtf.wtforms_widgets import GovFileInput, GovTextArea
from werkzeug.datastructures import FileStorage
from werkzeug.wsgi import wrap_file
from wtforms import TextAreaField

from kscb_actions import clock
from kscb_actions.access.policy import Permission
from kscb_actions.actions.earlier.rules import READING_NAMES
from kscb_actions.files.store import StoredFileMissing, StoreFull
from kscb_actions.people.queries import list_agencies
from kscb_actions.plans_in.earlier.rules import (
    Earlier,
    StatusWords,
    count_pasts,
    doubts,
    problems_with,
    words_to_read,
)
from kscb_actions.plans_in.exporting.service import plan_lines, plan_sheet
from kscb_actions.plans_in.headings import LONGEST, PART_NAMES, Part, plain
from kscb_actions.plans_in.plan import Plan
from kscb_actions.plans_in.queries import put_right_before, readings_of, tables_taken, understood
from kscb_actions.plans_in.reading.service import read_file
from kscb_actions.plans_in.remembering import Said
from kscb_actions.plans_in.service import (
    DRAFT,
    PLAN,
    Taken,
    Tell,
    discard_draft,
    foreseen,
    keep_draft,
    take_draft_in,
)
from kscb_actions.plans_in.tables import (
    Correction,
    NotRead,
    Problem,
    SeveralTables,
    Source,
    corrected,
    corrections_in,
    put_right_again,
)
from kscb_actions.reports.plan_table import plan_table
from kscb_actions.reports.word.file import word_file
from kscb_actions.reviews.models import Review
from kscb_actions.reviews.papers.models import ReviewPaper
from kscb_actions.reviews.papers.queries import get_paper, list_papers
from kscb_actions.reviews.papers.service import PaperDamaged, open_paper, tell_damaged
from kscb_actions.reviews.queries import get_review
from kscb_actions.settings.queries import get_board
from kscb_actions.text import InvalidInput
from kscb_actions.web.assurance.evidence import evidence_store, headers_for
from kscb_actions.web.how_far import how_far, telling
from kscb_actions.web.shared.forms import HouseForm, save_button
from kscb_actions.web.shared.guard import Access, viewer

from . import blueprint
from .asked import Asked, AskedPast, asked_in, proposed

ADDRESS = "/reviews/<reference>/plan"
PASTED = "Pasted table.txt"
# So many recommendations are shown; more are counted.
MOST_SHOWN = 60
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
NOTHING = "Choose a file, or paste the table."
ONE_OF_THEM = "Choose a file or paste a table, not both: one plan is looked at at a time."
MISSING = (
    "The file is missing from the server’s disk, so it cannot be read. It can be put back from a backup; or "
    "discard it here, and send it again."
)
MOST_TABLES, MOST_HEADINGS = 6, 12


class FileForm(HouseForm):
    """A plan's file, or its table as text."""

    takes_files = ("files",)
    files = FileField(
        "A file",
        description="A Word document (.docx), an Excel workbook (.xlsx) or comma-separated text (.csv), at "
        "most 25 MB.",
        widget=GovFileInput(),
    )
    # As long as it is: a table is no text to be limited.
    pasted = TextAreaField(
        "Or a table pasted from Word or Excel",
        description="Mark the whole table with its headings, copy it and paste it here.",
        widget=GovTextArea(),
    )
    submit = save_button("Look at the plan")


@dataclass(frozen=True)
class LookPast:
    """What a file says of the past: its words of status, how that is asked for, and what is wrong with it.

    count     of how many actions it says something
    problems  what keeps it from being taken in; `wrong`: {field: message} of what was typed beside it
    doubts    rows that say two things
    """

    words: Sequence[StatusWords]
    asked: AskedPast
    count: int
    earlier: Earlier | None
    problems: Sequence[Problem]
    wrong: Mapping[str, str]
    doubts: Sequence[Problem]


@dataclass(frozen=True)
class Look:
    """A plan as it was read, and what taking it in would make; or why it could not be, and its tables.

    cells      which cells were put right, and `before` those that were so by somebody who looked earlier
    is_choice  all that is asked is which of the tables to read
    """

    asked: Asked
    plan: Plan | None = None
    taken: Taken | None = None
    refused: str = ""
    source: Source | None = None
    past: LookPast | None = None
    cells: Sequence[Correction] = ()
    before: Sequence[Correction] = ()
    is_choice: bool = False

    @property
    def said(self) -> Said:
        """Return what is worth remembering; a cell that was put right as before is known already."""
        new = [each for each in self.cells if each not in self.before]
        return replace(self.asked.said(self.past.earlier if self.past else None), cells=new)


@blueprint.route(
    f"{ADDRESS}/new",
    access=Access(Permission.EDIT_REVIEW, of=get_review, takes_files=True),
    methods=["GET", "POST"],
)
def new(review: Review) -> Any:
    """Keep a file or a pasted table, and go on to what it says."""
    form, kept = FileForm(), []
    if form.is_submitted():
        form.validate()
        try:
            if form.attempt(lambda: kept.append(_kept(review, form))):
                return redirect(url_for("plans_in.show", reference=review.reference, paper_id=kept[0].id))
        except StoreFull as full:
            form.form_errors.append(full.message)
    return render_template(
        "plans_in/new.html",
        form=form,
        review=review,
        drafts=list_papers(review, DRAFT),
        taken=list_papers(review, PLAN),
    ), form.status


def _kept(review: Review, form: FileForm) -> ReviewPaper:
    sent, text = form.files.data, form.pasted.data or ""
    if isinstance(sent, FileStorage) and sent.filename:
        if text.strip():
            raise InvalidInput({"files": ONE_OF_THEM, "pasted": ONE_OF_THEM})
        return keep_draft(viewer(), review, evidence_store(), sent.stream, sent.filename)
    if not text.strip():
        raise InvalidInput({"files": NOTHING})
    return keep_draft(viewer(), review, evidence_store(), io.BytesIO(text.encode()), PASTED)


def get_draft(who: Any, reference: str, paper_id: int) -> ReviewPaper | None:
    """Return a file that waits to be taken in, or None."""
    paper = get_paper(who, reference, paper_id)
    return paper if paper and paper.kind == DRAFT else None


@blueprint.route(
    f"{ADDRESS}/<int:paper_id>", access=Access(Permission.EDIT_REVIEW, of=get_draft), methods=["GET", "POST"]
)
def show(draft: ReviewPaper) -> Any:
    """Show what a file's plan says; put right what could not be read; take it in, or discard the file."""
    form, instance = HouseForm(), current_app.config["SETTINGS"].instance
    step = request.form.get("next", "") if form.is_submitted() and form.validate() else ""
    if step == "discard":
        discard_draft(viewer(), draft, evidence_store())
        flash("The file has been discarded. Nothing was recorded.", "success")
        return redirect(url_for("reviews.show", reference=draft.review.reference))
    if step == "take":
        with telling(instance, f"plan-{draft.id}") as tell:
            return _taken(form, draft, tell)
    if not form.is_submitted() and (far := how_far(instance, f"plan-{draft.id}")) is not None:
        return render_template("plans_in/recording.html", draft=draft, review=draft.review, far=far)
    return _page(form, draft, _asked_look(draft)), form.status


def _taken(form: HouseForm, draft: ReviewPaper, tell: Tell) -> Any:
    """Take the plan in and go to its review; or show it again with what keeps it from being taken in."""
    look, taken = _asked_look(draft), []
    if look.past:
        form.add_errors(look.past.wrong)
    plan, said = look.plan, look.said
    if plan is None or form.form_errors:
        return _page(form, draft, look), form.status
    if not form.attempt(
        lambda: taken.append(take_draft_in(viewer(), draft, plan, said, look.asked.is_updating, tell))
    ):
        return _page(form, draft, look), form.status
    flash(f"The plan has been taken in: {taken[0].told}.", "success")
    return redirect(url_for("reviews.show", reference=draft.review.reference))


def _asked_look(draft: ReviewPaper) -> Look:
    return _look(draft, asked_in(request.form, [each.code for each in list_agencies()]))


@blueprint.route(f"{ADDRESS}/<int:paper_id>/file", access=Access(Permission.EDIT_REVIEW, of=get_paper))
def file(paper: ReviewPaper) -> Any:
    """Send the file of a plan as it was received."""
    try:
        opened = open_paper(viewer(), paper, evidence_store())
    except PaperDamaged:
        back = url_for("plans_in.new", reference=paper.review.reference)
        return render_template("reviews/papers/damaged.html", paper=paper, back=back), 410
    headers = headers_for(paper.shown_name, paper.media_type, paper.size)
    return Response(wrap_file(request.environ, opened), headers=headers, direct_passthrough=True)


@blueprint.route("/reviews/<reference>/plan.xlsx", access=Access(Permission.EDIT_REVIEW, of=get_review))
def export(review: Review) -> Any:
    """Send a review's plan as a spreadsheet that can be taken in again."""
    content = plan_sheet(viewer(), review)
    name = f"{review.reference} plan.xlsx"
    return Response(content, headers=headers_for(name, EXCEL, len(content)))


@blueprint.route("/reviews/<reference>/plan.docx", access=Access(Permission.EDIT_REVIEW, of=get_review))
def export_word(review: Review) -> Any:
    """Send a review's plan as a Word file that can be taken in again, in its own layout if asked so."""
    layout = _layout_of(review) if "layout" in request.args else ()
    lines = plan_lines(viewer(), review)
    report = plan_table(get_board(), review, lines, layout, clock.today())
    content = word_file(report)
    return Response(content, headers=headers_for(report.file_name, WORD, len(content)))


def _layout_of(review: Review) -> list[tuple[str, Part]]:
    """Return (heading, what it holds) of the columns of the plan that was taken in last; none without one."""
    for paper in list_papers(review, PLAN)[:1]:
        try:
            with evidence_store().open(paper.stored_name) as opened:
                source = read_file(opened, paper.shown_name)
            plan, _ = understood(source, clock.today(), tables=tables_taken(paper))
        except (NotRead, StoredFileMissing):
            return []
        return [(each.heading, each.part) for each in plan.columns if each.heading]
    return []


def _look(draft: ReviewPaper, asked: Asked) -> Look:
    source = None
    try:
        with evidence_store().open(draft.stored_name) as opened:
            source = read_file(opened, draft.shown_name)
        before = put_right_again(source, put_right_before(draft.review))
        texts = {**before, **asked.cells}
        cells = corrections_in(source, texts)
        look = _read(draft.review, corrected(source, texts), asked)
        return replace(look, cells=cells, before=[each for each in cells if each.place in before])
    except NotRead as wrong:
        is_choice = isinstance(wrong, SeveralTables)
        return Look(asked, refused=wrong.sentence, source=source, is_choice=is_choice)
    except StoredFileMissing:
        tell_damaged(viewer(), draft)
        return Look(asked, refused=MISSING)


def _read(review: Review, source: Source, asked: Asked) -> Look:
    """Read a source as somebody asks for. Raises NotRead."""
    owners = {words: [code] for words, code in asked.owners.items()}
    plan, columns = understood(source, clock.today(), asked.columns, owners, asked.tables)
    past = _past_of(plan, asked.past)
    expected = foreseen(viewer(), review, plan, asked.is_updating, past.earlier if past else None)
    return Look(replace(asked, columns=columns), plan, expected, source=source, past=past)


def _past_of(plan: Plan, asked: AskedPast) -> LookPast | None:
    """Return what a plan says of the past; None where it says nothing of it."""
    count = count_pasts(plan)
    if not count:
        return None
    words, remembered = words_to_read(plan), readings_of(plan.layout)
    asked = proposed(asked, {each.key: remembered.get(each.key, each.usual) for each in words}, plan.as_of)
    earlier, wrong = asked.earlier(clock.today())
    problems = problems_with(plan, earlier, clock.today()) if earlier else ()
    return LookPast(words, asked, count, earlier, problems, wrong, doubts(plan, earlier) if earlier else ())


def _page(form: HouseForm, draft: ReviewPaper, look: Look) -> str:
    agencies = list_agencies()
    return render_template(
        "plans_in/show.html",
        form=form,
        draft=draft,
        review=draft.review,
        look=look,
        agencies=agencies,
        names={each.code: each.name for each in agencies},
        parts=PART_NAMES,
        other=Part.OTHER,
        headings=_headings(look) if look.plan is None and not look.is_choice else (),
        most=MOST_SHOWN,
        readings=READING_NAMES,
    )


def _headings(look: Look) -> list[tuple[str, str]]:
    """Return (heading as it is compared, heading) of the first row of each table, to be given meanings."""
    tables = look.source.tables[:MOST_TABLES] if look.source else []
    texts = [
        cell.text
        for table in tables
        for row in table.rows[:1]
        for cell in list(row.cells.values())[:MOST_HEADINGS]
    ]
    return list({plain(text): text for text in texts if plain(text) and len(text) <= LONGEST}.items())
