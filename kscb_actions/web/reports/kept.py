"""Pages of papers that are kept: their words before, the list of them, and each as it was made."""

from functools import partial
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from wtforms import HiddenField

from kscb_actions import clock
from kscb_actions.access.policy import Permission, Viewer
from kscb_actions.database import reading
from kscb_actions.reports.content import Report, rows_in, rows_read
from kscb_actions.reports.drawing.queries import drawing_of, drawn_file
from kscb_actions.reports.drawing.rules import STATE_WORDS, goes_on, in_words, is_late, is_long
from kscb_actions.reports.drawing.service import ask_for_drawing, stop_drawing
from kscb_actions.reports.kept.corrections import corrections_since
from kscb_actions.reports.kept.edits import Edits, changed, drafted, problems_with, tidied, with_edits
from kscb_actions.reports.kept.models import KeptPaper
from kscb_actions.reports.kept.queries import (
    get_paper,
    is_for_the_public,
    list_papers,
    why_marked_higher,
    why_not_given_out,
)
from kscb_actions.reports.kept.rules import corrected_in_words
from kscb_actions.reports.kept.serialisation import read_content
from kscb_actions.reports.kept.service import keep_paper, named, note_fetched, require_given_out
from kscb_actions.reports.papers import PAPERS, Paper
from kscb_actions.reports.word.file import word_file
from kscb_actions.text import InvalidInput, whole_number
from kscb_actions.web.shared.asked import page_number
from kscb_actions.web.shared.forms import HouseForm, save_button, text_line
from kscb_actions.web.shared.guard import Access, viewer

from . import blueprint
from .form import PaperForm, paper_form
from .papers import as_file, made_of, paper_of, paper_page
from .screen import shown
from .ways import Ways, address_of, place_within

# Room for what somebody adds to what is asked.
MORE_ASKS = 2
RECORD_CHANGED = (
    "The record has changed since you opened this page, and the paper now has other words of its own: they "
    "stand below. What you typed has stayed. Save again to use it."
)


class WordsForm(HouseForm):
    """Who a paper is by, and to whom it goes. What it asks is posted beside, in boxes that can be many."""

    by = text_line("By")
    to = text_line("To")
    item = text_line(
        "Item number (optional)", "As the agenda has it, like 7 or 4 (b). It stands on every page."
    )
    seen = HiddenField()
    submit = save_button("Keep this paper")

    @property
    def seen_mark(self) -> str:
        """Return the mark of the words the person had before them; empty, which fits none, if missing."""
        return str(self.seen.data) if self.seen.raw_data else ""


def paper_with_words(who: Viewer, kind: str) -> Paper | None:
    """Return the kind of paper of this code whose words can be edited."""
    found = paper_of(who, kind)
    return found if found and found.is_signed else None


def paper_kept(who: Viewer, called: str) -> KeptPaper | None:
    """Return a kept paper that this person may fetch today."""
    return get_paper(who, called)


KEPT = Access(Permission.PRINT_PAPERS, of=paper_kept, is_paper=True)


@blueprint.route(
    "/reports/<kind>/words",
    access=Access(Permission.READ_REPORTS, of=paper_with_words, is_paper=True),
    methods=["GET", "POST"],
)
def words(paper: Paper) -> Any:
    """Word a paper before it is kept: by whom, to whom, and what is asked in which order."""
    asked = paper_form(viewer(), paper, request.form if request.method == "POST" else request.args)
    with reading():
        report = made_of(paper, asked)
        if report is None:
            return paper_page(paper, asked, None, {})
        report = rows_read(report)
    draft = drafted(report)
    form = WordsForm(data={"by": draft.by, "to": draft.to, "seen": draft.mark})
    if not _can_readdress(report, asked):
        form.to.data = draft.to
    typed = _typed(form, draft) if request.method == "POST" else draft.asks
    if form.validate_on_submit():
        if form.seen_mark != draft.mark:
            form.form_errors.append(RECORD_CHANGED)
        else:
            edits = tidied(Edits(form.by.data, form.to.data, typed, form.item.data))
            made: list[KeptPaper] = []
            if form.attempt(lambda: made.append(_keep(paper, asked, report, edits))):
                flash(f"The paper is kept as {made[0].reference}.", "success")
                return redirect(url_for("reports.kept", called=made[0].reference))
    return _words_page(paper, asked, report, form, typed)


def _typed(form: WordsForm, draft: Edits) -> tuple[str, ...]:
    """Return what is asked as it was posted, in the order of the numbers beside it."""
    asks, places = request.form.getlist("ask"), request.form.getlist("place")
    numbers = [whole_number(each.strip()) for each in places]
    order = [
        (numbers[place] if place < len(numbers) and numbers[place] is not None else place + 1, place)
        for place in range(len(asks))
    ]
    return tuple(asks[place] for _, place in sorted(order))


def _can_readdress(report: Report, asked: PaperForm) -> bool:
    """Return whether a paper may go to others than it says: not what is restricted, nor the public's."""
    return not report.restricted and not asked.choice.publication


def _keep(paper: Paper, asked: PaperForm, report: Report, edits: Edits) -> KeptPaper:
    draft = drafted(report)
    if problems := problems_with(edits):
        raise InvalidInput(problems)
    kept = named(with_edits(report, edits))
    return keep_paper(
        viewer(), paper.code, asked.choice, kept, paper.is_for_agency, changed(tidied(draft), edits)
    )


def _words_page(
    paper: Paper, asked: PaperForm, report: Report, form: WordsForm, typed: tuple[str, ...]
) -> Any:
    draft = drafted(report)
    has_changed = request.method == "POST" and form.seen_mark != draft.mark
    form.seen.data = draft.mark
    page = render_template(
        "reports/words.html",
        paper=paper,
        asked=asked,
        report=report,
        form=form,
        asks=[*(each for each in typed if each.strip()), *[""] * MORE_ASKS] if paper.has_asks else [],
        draft=draft if has_changed else None,
        can_readdress=_can_readdress(report, asked),
    )
    return page, 409 if has_changed else 200


@blueprint.route("/reports/papers", access=Access(Permission.PRINT_PAPERS))
def papers() -> Any:
    """List the papers that are kept, the newest first."""
    found = list_papers(viewer(), page_number(request.args))
    return render_template("reports/papers.html", found=found, kinds=PAPERS)


@blueprint.route("/reports/papers/<called>", access=KEPT)
def kept(kept_paper: KeptPaper) -> Any:
    """Show a kept paper as it was made."""
    report = read_content(kept_paper.content, kept_paper.version)
    sections = list(shown(report, request.args, {}))
    return render_template(
        "reports/kept.html",
        kept=kept_paper,
        kind=PAPERS.get(kept_paper.kind),
        report=report,
        withheld=why_not_given_out(kept_paper),
        handling=why_marked_higher(kept_paper, report.marking),
        corrections=corrections_since(kept_paper),
        corrected_in_words=corrected_in_words,
        sections=sections,
        address_of=address_of,
        ways=None
        if is_for_the_public(kept_paper)
        else Ways(viewer(), report, sections, partial(place_within, report)),
    )


@blueprint.route("/reports/papers/<called>.docx", access=KEPT, methods=["POST"])
def kept_docx(kept_paper: KeptPaper) -> Any:
    """Send a kept paper as a Word file again, and tell the trail; a long one is drawn first."""
    require_given_out(kept_paper)
    report = read_content(kept_paper.content, kept_paper.version)
    file = drawn_file(kept_paper) if is_long(rows_in(report)) else word_file(report)
    if file is None:
        ask_for_drawing(kept_paper)
        return redirect(url_for("reports.drawing", called=kept_paper.reference))
    note_fetched(viewer(), kept_paper)
    return as_file(file, report)


@blueprint.route("/reports/papers/<called>/drawing", access=KEPT)
def drawing(kept_paper: KeptPaper) -> Any:
    """Show how far the file of a long paper is, and then give it."""
    found = drawing_of(kept_paper)
    if found is None:
        # Drawn more than a day ago, or never asked for.
        return redirect(url_for("reports.kept", called=kept_paper.reference))
    return render_template(
        "reports/drawing.html",
        kept=kept_paper,
        drawing=found,
        withheld=why_not_given_out(kept_paper),
        words=STATE_WORDS[found.state],
        told=in_words(found),
        goes_on=goes_on(found),
        is_late=is_late(found, clock.real_now()),
    )


@blueprint.route(
    "/reports/papers/<called>/drawing/stop",
    access=Access(Permission.PRINT_PAPERS, of=paper_kept),
    methods=["POST"],
)
def stop(kept_paper: KeptPaper) -> Any:
    """Stop drawing a long paper; the paper stays."""
    stop_drawing(kept_paper)
    return redirect(url_for("reports.drawing", called=kept_paper.reference))
