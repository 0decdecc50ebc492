"""Pages of the annual report in the making: its data frozen, its texts, its issue by two people."""

import io
from dataclasses import asdict
from typing import Any

from flask import current_app, flash, g, redirect, render_template, request, send_file, url_for

from kscb_actions import clock
from kscb_actions.access.policy import Permission, may
from kscb_actions.database import reading
from kscb_actions.figures.annual.correcting import counts_what_is_closed
from kscb_actions.figures.annual.issuing import (
    CLOSED_SINCE,
    Seen,
    TablesInTheWay,
    agree,
    freeze_year,
    propose,
)
from kscb_actions.figures.annual.models import EarlierTotal, FrozenYear
from kscb_actions.figures.annual.report import Texts, build_annual
from kscb_actions.figures.annual.service import (
    annual_of,
    draft_version,
    enter_earlier_total,
    record_export,
    save_draft,
    small_number_sentences,
)
from kscb_actions.figures.annual.words import BEGINS, far_words
from kscb_actions.figures.annual.year import draft_of, editions, frozen_year, get_year, has_ended
from kscb_actions.people.sign_in import reauthenticate
from kscb_actions.reports.content import Report
from kscb_actions.reports.word.file import word_file
from kscb_actions.terms import say
from kscb_actions.text import whole_number
from kscb_actions.web.how_far import how_far, telling
from kscb_actions.web.people.reauthentication import reauthenticated
from kscb_actions.web.reports.screen import shown
from kscb_actions.web.shared.guard import Access, viewer

from . import blueprint
from .forms import (
    TEXTS,
    AgreeForm,
    EarlierForm,
    FreezeForm,
    ProposeForm,
    TextsForm,
    freeze_form,
    texts_form,
    typed,
)

READ = Access(Permission.READ_FIGURES, of=get_year, is_paper=True)
ISSUE = Access(Permission.ISSUE_FIGURES, of=get_year)
EARLIER = Access(Permission.ISSUE_FIGURES)
AGREE = Access(Permission.AGREE_FIGURES, of=get_year)
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
WRITTEN = ("foreword", "achievements", "learning", "training")
FREEZES = "This takes up to a minute and a half. Nobody has to wait to save meanwhile."


@blueprint.route("/child-death-tables/annual/<year>", access=READ)
def annual(year: str) -> Any:
    """Show how far the year's report is, and the report once its data are frozen."""
    frozen, issued, draft = frozen_year(year), editions(year), draft_of(year)
    report = _draft(frozen) if frozen and not issued else None
    texts = {name: getattr(draft, name) for name in asdict(Texts())}
    return render_template(
        "figures/annual.html",
        year=year,
        report=report,
        frozen=frozen,
        seen=f"{frozen.version}.{draft_version(draft)}" if frozen else "",
        is_proposed=bool(frozen and frozen.proposed_at and frozen.texts_version == draft_version(draft)),
        numbers=small_number_sentences(texts),
        closed_since=CLOSED_SINCE.format(year=year)
        if frozen and report and counts_what_is_closed(frozen)
        else "",
        sections=shown(report, request.args) if report else (),
        editions=issued,
        has_ended=has_ended(year),
        may_issue=bool(may(viewer(), Permission.ISSUE_FIGURES)),
        may_agree=bool(may(viewer(), Permission.AGREE_FIGURES)),
    )


@blueprint.route("/child-death-tables/annual/<year>/word", access=READ, methods=["GET", "POST"])
def annual_word(year: str) -> Any:
    """Send the same as a Word file, once the password has been typed again."""
    back = url_for("figures.annual", year=year)
    return reauthenticated("this draft as Word", back=back, answer=lambda: _word(year))


@blueprint.route("/child-death-tables/annual/<year>/freeze", access=ISSUE, methods=["GET", "POST"])
def annual_freeze(year: str) -> Any:
    """Freeze the year's data as they stand today."""
    frozen, instance = frozen_year(year), current_app.config["SETTINGS"].instance
    form, name = freeze_form(frozen), f"freezing-{year}"
    if not form.is_submitted() and (far := how_far(instance, name)) is not None:
        told = far_words(*far) if far else BEGINS
        return render_template("figures/freezing.html", year=year, far=far, told=told)
    if form.validate_on_submit() and _freezes(form, year, name):
        flash(f"The data of {year} are frozen as they stand today.", "success")
        return redirect(url_for("figures.annual", year=year))
    if editions(year):
        return redirect(url_for("figures.annual", year=year))
    return render_template(
        "figures/freeze.html", form=form, year=year, frozen=frozen, today=clock.today(), note=FREEZES
    ), form.status


def _freezes(form: FreezeForm, year: str, name: str) -> bool:
    def work() -> None:
        try:
            with telling(current_app.config["SETTINGS"].instance, name) as tell:
                freeze_year(viewer(), year, form.left_out.data or (), form.seen_version, tell)
        except TablesInTheWay as found:
            form.left_out.data = list(found.tables)
            raise

    return form.attempt(work, theirs=lambda row: {"version": row.version})


@blueprint.route("/child-death-tables/annual/<year>/texts", access=ISSUE, methods=["GET", "POST"])
def annual_texts(year: str) -> Any:
    """Take what people write for the year's report."""
    form = texts_form(draft_of(year))
    if form.carried_out(lambda: save_draft(viewer(), year, form.texts, form.seen_version), theirs=typed):
        flash("The texts are saved.", "success")
        return redirect(url_for("figures.annual", year=year))
    numbers = small_number_sentences({name: form[name].data or "" for name in TEXTS})
    return render_template("figures/annual_texts.html", form=form, year=year, numbers=numbers), form.status


@blueprint.route("/child-death-tables/annual/<year>/issue", access=ISSUE, methods=["GET", "POST"])
def annual_issue(year: str) -> Any:
    """Propose to issue the year's report, after a last look, once the password has been typed again."""
    frozen, draft = frozen_year(year), draft_of(year)
    if frozen is None or editions(year):
        return redirect(url_for("figures.annual", year=year))
    form = ProposeForm(data={"version": f"{frozen.version}.{draft_version(draft)}"})
    if form.carried_out(lambda: _proposes(form, year)):
        flash(say("The issue is proposed. The panel’s chair has to agree to it."), "success")
        return redirect(url_for("figures.annual", year=year))
    texts = {name: getattr(draft, name) for name in TEXTS}
    return render_template(
        "figures/issue.html",
        form=form,
        year=year,
        texts=TextsForm(),
        numbers=small_number_sentences(texts),
        missing=[TextsForm()[name].label.text for name in WRITTEN if not texts[name]],
    )


def _proposes(form: ProposeForm, year: str) -> None:
    reauthenticate(viewer(), form.password.data)
    propose(viewer(), year, _seen(form.version.data), bool(form.sentences.data))


@blueprint.route("/child-death-tables/annual/<year>/agree", access=AGREE, methods=["GET", "POST"])
def annual_agree(year: str) -> Any:
    """Agree to the issue that another proposed, once the password has been typed again."""
    frozen = frozen_year(year)
    if frozen is None or editions(year):
        return redirect(url_for("figures.annual", year=year))
    form = AgreeForm(data={"version": f"{frozen.version}.{draft_version(draft_of(year))}"})
    if form.carried_out(lambda: _agrees(form, year)):
        flash(f"The report of {year} is issued.", "success")
        return redirect(url_for("published.index"))
    return render_template("figures/agree.html", form=form, year=year, frozen=frozen)


def _agrees(form: AgreeForm, year: str) -> None:
    reauthenticate(viewer(), form.password.data)
    agree(viewer(), g.board, year, _seen(form.version.data))


@blueprint.route("/child-death-tables/earlier", access=EARLIER, methods=["GET", "POST"])
def earlier() -> Any:
    """Take the totals that a board printed of years before it used this."""
    form = EarlierForm()
    if form.carried_out(lambda: enter_earlier_total(viewer(), form.facts)):
        flash(f"The totals of {form.facts.year} are saved.", "success")
        return redirect(url_for("figures.earlier"))
    totals = list(EarlierTotal.select().order_by(EarlierTotal.year.desc()))
    return render_template("figures/earlier.html", form=form, totals=totals)


def _seen(version: str | None) -> Seen:
    """Return what the page had before the person: “3.1”; what fits nothing where it is no such thing."""
    data, _, texts = (version or "").partition(".")
    numbers = [whole_number(each) for each in (data, texts)]
    return Seen(*(-1 if number is None else number for number in numbers))


def _draft(frozen: FrozenYear) -> Report:
    with reading():
        return build_annual(annual_of(g.board, frozen))


def _word(year: str) -> Any:
    frozen = frozen_year(year)
    # Laid beside the issued report a draft could give away what that hides.
    if frozen is None or editions(year):
        return annual(year=year)
    file = io.BytesIO(word_file(_draft(frozen)))
    record_export(viewer(), {"as": "docx", "year": year, "report": "annual, draft"})
    name = f"child-death-annual-report-{year}-draft-not-for-release.docx"
    return send_file(file, mimetype=DOCX, as_attachment=True, download_name=name)
