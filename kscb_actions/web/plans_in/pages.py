"""Taking a plan in: a file or a pasted table, a look at what it says, what is put right, and the step."""

import io
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask_wtf.file import FileField
from govuk_frontend_wtf.wtforms_widgets import GovFileInput
from werkzeug.datastructures import FileStorage
from werkzeug.wsgi import wrap_file

from kscb_actions import clock
from kscb_actions.access.policy import Permission
from kscb_actions.files.store import StoredFileMissing, StoreFull
from kscb_actions.people.queries import list_agencies
from kscb_actions.plans_in.headings import LONGEST, PART_NAMES, Part, plain
from kscb_actions.plans_in.layout import possible_layouts
from kscb_actions.plans_in.plan import Plan
from kscb_actions.plans_in.queries import directory, remembered
from kscb_actions.plans_in.reading.service import read_file
from kscb_actions.plans_in.rules import read_plan
from kscb_actions.plans_in.service import (
    DRAFT,
    PLAN,
    PaperDamaged,
    Taken,
    discard_draft,
    foreseen,
    keep_draft,
    open_paper,
    take_draft_in,
)
from kscb_actions.plans_in.tables import NotRead, Source, corrected
from kscb_actions.reviews.models import Review
from kscb_actions.reviews.papers.models import ReviewPaper
from kscb_actions.reviews.papers.queries import get_paper, list_papers
from kscb_actions.reviews.queries import get_review
from kscb_actions.text import InvalidInput
from kscb_actions.web.assurance.evidence import evidence_store, headers_for
from kscb_actions.web.shared.forms import HouseForm, save_button, text_area
from kscb_actions.web.shared.guard import Access, viewer

from . import blueprint
from .asked import Asked, asked_in

ADDRESS = "/reviews/<reference>/plan"
PASTED = "Pasted table.txt"
# So many recommendations are shown; more are counted.
MOST_SHOWN = 60
NOTHING = "Choose a file, or paste the table."
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
class Look:
    """A plan as it was read, and what taking it in would make; or why it could not be, and its tables."""

    asked: Asked
    plan: Plan | None = None
    taken: Taken | None = None
    refused: str = ""
    source: Source | None = None


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
        if form.attempt(
            lambda: taken.append(
                take_draft_in(viewer(), draft, plan, look.asked.said, look.asked.is_updating)
            )
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
        return render_template("plans_in/damaged.html", paper=paper, review=paper.review), 410
    headers = headers_for(paper.shown_name, paper.media_type, paper.size)
    return Response(wrap_file(request.environ, opened), headers=headers, direct_passthrough=True)


def _look(draft: ReviewPaper, asked: Asked) -> Look:
    source = None
    try:
        with evidence_store().open(draft.stored_name) as opened:
            source = read_file(opened, draft.shown_name)
        return _read(draft.review, corrected(source, asked.cells), asked)
    except NotRead as wrong:
        return Look(asked, refused=wrong.sentence, source=source)
    except StoredFileMissing:
        abort(410)


def _read(review: Review, source: Source, asked: Asked) -> Look:
    """Read a source as somebody asks for. Raises NotRead."""
    kept = remembered(possible_layouts(source))
    known = directory({words: [code] for words, code in asked.owners.items()})

    def read(by_hand: Mapping[str, Part]) -> Plan:
        return read_plan(source, known, clock.today(), by_hand, asked.tables)

    try:
        plan: Plan | None = read(kept)
    except NotRead:
        if not asked.columns:
            raise
        plan = None
    # The page sends the meaning of every heading; what is read so anyway is nothing that was said.
    usual = {each.key: each.part for each in plan.columns} if plan else {}
    asked = replace(
        asked, columns={key: part for key, part in asked.columns.items() if usual.get(key) != part}
    )
    if plan is None or asked.columns:
        plan = read(kept | dict(asked.columns))
    return Look(asked, plan, foreseen(viewer(), review, plan, asked.is_updating), source=source)


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
