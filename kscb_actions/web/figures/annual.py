"""Pages of the annual report in the making: how it stands, what people write for it, and its issue."""

import io
from dataclasses import asdict
from typing import Any

from flask import flash, g, redirect, render_template, request, send_file, url_for

from kscb_actions.access.policy import Permission, may
from kscb_actions.figures.annual.models import AnnualDraft
from kscb_actions.figures.annual.report import Annual, build_annual
from kscb_actions.figures.annual.service import (
    annual_of,
    draft_version,
    issue,
    record_export,
    save_draft,
    small_number_sentences,
)
from kscb_actions.figures.annual.year import draft_of, editions, get_year, overlap_of
from kscb_actions.reports.word.file import word_file
from kscb_actions.web.people.reauthentication import reauthenticated
from kscb_actions.web.reports.screen import shown
from kscb_actions.web.shared.guard import Access, viewer

from . import blueprint
from .forms import TEXTS, IssueForm, TextsForm, texts_form, typed

READ = Access(Permission.READ_FIGURES, of=get_year, is_paper=True)
ISSUE = Access(Permission.ISSUE_FIGURES, of=get_year)
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
WRITTEN = ("foreword", "achievements", "learning", "training")


@blueprint.route("/child-death-tables/annual/<year>", access=READ)
def annual(year: str) -> Any:
    """Show the year's report as it stands."""
    form = IssueForm(formdata=None)
    made = _annual(year, form)
    report = build_annual(made) if made else None
    return render_template(
        "figures/annual.html",
        year=year,
        form=form,
        report=report,
        overlap=overlap_of(year, made.protected) if made else None,
        numbers=small_number_sentences(asdict(made.texts)) if made else {},
        sections=shown(report, request.args) if report else (),
        editions=editions(year),
        may_issue=bool(may(viewer(), Permission.ISSUE_FIGURES)),
    )


@blueprint.route("/child-death-tables/annual/<year>/word", access=READ, methods=["GET", "POST"])
def annual_word(year: str) -> Any:
    """Send the same as a Word file, once the password has been typed again."""
    back = url_for("figures.annual", year=year)
    return reauthenticated("this draft as Word", back=back, answer=lambda: _word(year))


@blueprint.route("/child-death-tables/annual/<year>/texts", access=ISSUE, methods=["GET", "POST"])
def annual_texts(year: str) -> Any:
    """Take what people write for the year's report."""
    form = texts_form(draft_of(year))
    if form.validate_on_submit() and form.attempt(
        lambda: save_draft(viewer(), year, form.facts, form.seen_version), theirs=typed
    ):
        flash("The texts are saved.", "success")
        return redirect(url_for("figures.annual", year=year))
    numbers = small_number_sentences({name: form[name].data or "" for name in TEXTS})
    return render_template("figures/annual_texts.html", form=form, year=year, numbers=numbers), form.status


@blueprint.route("/child-death-tables/annual/<year>/issue", access=ISSUE, methods=["GET", "POST"])
def annual_issue(year: str) -> Any:
    """Issue the year's report, after a last look."""
    draft, number = draft_of(year), 1
    form = IssueForm(data={"number": str(number), "version": str(draft_version(draft))})
    if form.validate_on_submit() and form.attempt(
        lambda: issue(viewer(), g.board, year, form.edition, form.seen_version, form.confirmed)
    ):
        flash(f"The report of {year} is issued.", "success")
        return redirect(url_for("published.index"))
    if editions(year):
        return redirect(url_for("figures.annual", year=year))
    form.number.data, form.version.data = str(number), str(draft_version(draft))
    return _last_look(form, year, number, draft)


def _last_look(form: IssueForm, year: str, number: int, draft: AnnualDraft) -> str:
    # What was sent has said already why there can be no report.
    made = _annual(year, IssueForm(formdata=None) if form.is_submitted() else form)
    return render_template(
        "figures/issue.html",
        form=form,
        texts=TextsForm(formdata=None),
        year=year,
        number=number,
        numbers=small_number_sentences({name: getattr(draft, name) for name in TEXTS}),
        missing=[TextsForm()[name].label.text for name in WRITTEN if not getattr(draft, name)],
        overlap=overlap_of(year, made.protected) if made else None,
    )


def _annual(year: str, form: IssueForm) -> Annual | None:
    """Return what the report is made of; None when the form now says why there cannot be one."""
    made: list[Annual] = []
    # Laid beside the issued report a second one would give away what that hides.
    if editions(year):
        return None
    form.attempt(lambda: made.append(annual_of(viewer(), g.board, year)))
    return made[0] if made else None


def _word(year: str) -> Any:
    form = IssueForm(formdata=None)
    made = _annual(year, form)
    if made is None:
        return annual(year=year)
    file = io.BytesIO(word_file(build_annual(made)))
    record_export(viewer(), {"as": "docx", "year": year, "report": "annual, draft"})
    name = f"child-death-annual-report-{year}-draft-not-for-release.docx"
    return send_file(file, mimetype=DOCX, as_attachment=True, download_name=name)
