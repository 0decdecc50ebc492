"""Taking a plan in: a file or a pasted table, a look at what it says, what is put right, and the step."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask_wtf.file import FileField
from govuk_frontend_wtf.wtforms_widgets import GovFileInput
from werkzeug.datastructures import FileStorage
from werkzeug.wsgi import wrap_file

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
from kscb_actions.plans_in.exporting.service import plan_sheet
from kscb_actions.plans_in.headings import LONGEST, PART_NAMES, Part, plain
from kscb_actions.plans_in.plan import Plan
from kscb_actions.plans_in.queries import readings_of, understood
from kscb_actions.plans_in.reading.service import read_file
from kscb_actions.plans_in.remembering import Said
from kscb_actions.plans_in.service import (
    DRAFT,
    PLAN,
    Taken,
    discard_draft,
    foreseen,
    keep_draft,
    take_draft_in,
)
from kscb_actions.plans_in.tables import NotRead, Problem, Source, corrected
from kscb_actions.reviews.models import Review
from kscb_actions.reviews.papers.models import ReviewPaper
from kscb_actions.reviews.papers.queries import get_paper, list_papers
from kscb_actions.reviews.papers.service import PaperDamaged, open_paper, tell_damaged
from kscb_actions.reviews.queries import get_review
from kscb_actions.text import InvalidInput
from kscb_actions.web.assurance.evidence import evidence_store, headers_for
from kscb_actions.web.shared.forms import HouseForm, save_button, text_area
from kscb_actions.web.shared.guard import Access, viewer

from . import blueprint
from .asked import Asked, AskedPast, asked_in, proposed

ADDRESS = "/reviews/<reference>/plan"
PASTED = "Pasted table.txt"
# So many recommendations are shown; more are counted.
MOST_SHOWN = 60
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
NOTHING = "Choose a file, or paste the table."
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
    pasted = text_area(
        "Or a table pasted from Word or Excel",
        "Mark the whole table with its headings, copy it and paste it here.",
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
    """A plan as it was read, and what taking it in would make; or why it could not be, and its tables."""

    asked: Asked
    plan: Plan | None = None
    taken: Taken | None = None
    refused: str = ""
    source: Source | None = None
    past: LookPast | None = None

    @property
    def said(self) -> Said:
        """Return what is worth remembering."""
        return self.asked.said(self.past.earlier if self.past else None)


@blueprint.route(
    f"{ADDRESS}/new", access=Access(Permission.EDIT_REVIEW, of=get_review), methods=["GET", "POST"]
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
    form = HouseForm()
    review = draft.review
    step = request.form.get("next", "") if form.is_submitted() and form.validate() else ""
    if step == "discard":
        discard_draft(viewer(), draft, evidence_store())
        flash("The file has been discarded. Nothing was recorded.", "success")
        return redirect(url_for("reviews.show", reference=review.reference))
    look = _look(draft, asked_in(request.form, [each.code for each in list_agencies()]))
    if step == "take" and look.plan is not None:
        plan, taken = look.plan, []
        if look.past:
            form.add_errors(look.past.wrong)
        if not form.form_errors and form.attempt(
            lambda: taken.append(take_draft_in(viewer(), draft, plan, look.said, look.asked.is_updating))
        ):
            flash(f"The plan has been taken in: {taken[0].told}.", "success")
            return redirect(url_for("reviews.show", reference=review.reference))
    return _page(form, draft, look), form.status


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


def _look(draft: ReviewPaper, asked: Asked) -> Look:
    source = None
    try:
        with evidence_store().open(draft.stored_name) as opened:
            source = read_file(opened, draft.shown_name)
        return _read(draft.review, corrected(source, asked.cells), asked)
    except NotRead as wrong:
        return Look(asked, refused=wrong.sentence, source=source)
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
        headings=_headings(look) if look.plan is None else (),
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
