"""Pages of the papers that a review keeps of its own: adding, opening, withdrawing them, naming readers."""

from typing import Any

from flask import Response, current_app, flash, redirect, render_template, request, url_for
from flask_wtf.file import FileField
from govuk_frontend_wtf.wtforms_widgets import GovFileInput
from werkzeug.wsgi import wrap_file

from kscb_actions.access.policy import Permission, may
from kscb_actions.assurance.erasable import may_erase_shown
from kscb_actions.assurance.erasing import refuse_erased
from kscb_actions.audit.queries import last_event
from kscb_actions.files.store import StoreFull
from kscb_actions.files.waiting.keeping import WaitingFile
from kscb_actions.people.models import User
from kscb_actions.reviews.models import Review
from kscb_actions.reviews.papers.models import ReviewPaper
from kscb_actions.reviews.papers.queries import (
    get_changeable_paper,
    get_own_paper,
    list_own_papers,
    may_change_paper,
    possible_readers,
    readers_of,
)
from kscb_actions.reviews.papers.rules import PAPER_KIND_NAMES, WITHDRAWN, PaperFacts, PaperKind
from kscb_actions.reviews.papers.service import (
    PaperDamaged,
    PaperErased,
    keep_paper,
    name_reader,
    open_paper,
    take_reader_off,
    withdraw_paper,
)
from kscb_actions.reviews.publishing.queries import release_of
from kscb_actions.reviews.publishing.rules import FORM_NAMES
from kscb_actions.reviews.queries import get_review
from kscb_actions.terms import say
from kscb_actions.text import whole_number
from kscb_actions.web.assurance.evidence import evidence_store, headers_for
from kscb_actions.web.files_kept import SentFiles
from kscb_actions.web.shared.forms import (
    DayField,
    HouseForm,
    radios,
    reason_area,
    save_button,
    text_line,
)
from kscb_actions.web.shared.guard import Access, viewer

from . import blueprint
from .forms import NameForm, chosen_of

ADDRESS = "/reviews/<reference>/papers"
ONE = f"{ADDRESS}/<int:paper_id>"


class PaperForm(HouseForm):
    """A paper to add: its file, and what it is."""

    takes_files = ("files",)
    files = FileField(
        "The file",
        description="Word, Excel or PowerPoint (docx, xlsx, pptx), PDF, jpg, png, saved email (eml, msg), "
        "txt or csv, at most 25 MB.",
        widget=GovFileInput(),
    )
    kind = radios("What is it?", PAPER_KIND_NAMES.items())
    dated_on = DayField("What date does it bear? (optional)", called="Date of the paper")
    description = text_line(
        "Which one is it? (optional)",
        "For example: the agency whose management review it is, or the version. No real names.",
    )
    submit = save_button("Add the paper")

    def facts(self) -> PaperFacts:
        """Return what was typed."""
        return PaperFacts(self.kind.data or "", self.dated_on.data, self.description.data or "")


class ReaderForm(NameForm):
    """Who else may read a paper."""

    submit = save_button("Let them read it")


class WithdrawPaperForm(HouseForm):
    """Why a paper is withdrawn."""

    reason = reason_area(
        "Why is it withdrawn?", "For example: a later version has replaced it. No real names."
    )
    submit = save_button("Withdraw the paper")


@blueprint.route(ADDRESS, access=Access(Permission.READ_REVIEW, of=get_review))
def papers(review: Review) -> Any:
    """Show the papers of a review that this person may read, and where it is published."""
    found = list_own_papers(viewer(), review)
    return render_template(
        "reviews/papers/index.html",
        review=review,
        papers=found,
        readers=readers_of(review),
        changeable={each.id for each in found if may_change_paper(viewer(), each)},
        erasable={each.id for each in found if may_erase_shown(viewer(), each)} if found else set(),
        may_add=bool(may(viewer(), Permission.ADD_REVIEW_PAPER)),
        kinds=PAPER_KIND_NAMES,
        release=release_of(review),
        forms=FORM_NAMES,
    )


@blueprint.route(
    f"{ADDRESS}/new",
    access=Access(Permission.ADD_REVIEW_PAPER, of=get_review, takes_files=True),
    methods=["GET", "POST"],
)
def new_paper(review: Review) -> Any:
    """Add a paper, and go on to who may read it."""
    form, kept, waiting = PaperForm(), list[ReviewPaper](), list[WaitingFile]()
    if form.is_submitted():
        form.validate()
        files = SentFiles(form.files.data)
        try:
            if not files.is_gone and form.attempt(lambda: kept.append(_keep(review, form, files))):
                files.arrived()
                name = PAPER_KIND_NAMES[PaperKind(kept[0].kind)]
                flash(say("{name} added. You and the board manager can read it.", name=name), "success")
                return redirect(
                    url_for("reviews.paper_readers", reference=review.reference, paper_id=kept[0].id)
                )
            waiting = files.keep(form, "files")
        except StoreFull as full:
            form.form_errors.append(full.message)
    return render_template(
        "reviews/papers/new.html", form=form, review=review, kept=waiting[-1:]
    ), form.status


def _keep(review: Review, form: PaperForm, files: SentFiles) -> ReviewPaper:
    # One that is chosen now stands for one of before.
    *_, (name, stream) = [("", None), *files]
    return keep_paper(viewer(), review, evidence_store(), form.facts(), stream, name, refuse_erased)


@blueprint.route(f"{ONE}/file", access=Access(Permission.READ_REVIEW, of=get_own_paper))
def paper_file(paper: ReviewPaper) -> Any:
    """Send a paper as it was received."""
    try:
        opened = open_paper(viewer(), paper, evidence_store())
    except PaperErased:
        return render_template("reviews/papers/erased.html", paper=paper), 410
    except PaperDamaged:
        back = url_for("reviews.papers", reference=paper.review.reference)
        return render_template("reviews/papers/damaged.html", paper=paper, back=back), 410
    headers = headers_for(paper.shown_name, paper.media_type, paper.size)
    return Response(wrap_file(request.environ, opened), headers=headers, direct_passthrough=True)


@blueprint.route(
    f"{ONE}/readers", access=Access(Permission.READ_REVIEW, of=get_changeable_paper), methods=["GET", "POST"]
)
def paper_readers(paper: ReviewPaper) -> Any:
    """Show who may read a paper; let somebody read it, or take somebody off."""
    review, form = paper.review, ReaderForm()
    here = url_for("reviews.paper_readers", reference=review.reference, paper_id=paper.id)
    named = readers_of(review).get(paper.id, [])
    kept_out = {paper.kept_by_id, *(each.id for each in named)}
    free = [each for each in possible_readers(review) if each.id not in kept_out]
    form.offer(free)
    if "remove" in request.form:
        if form.attempt(lambda: take_reader_off(viewer(), paper, chosen_of(named, request.form["remove"]))):
            flash("The person can no longer read this paper.", "success")
            return redirect(here)
    elif form.carried_out(lambda: _name(paper, form.person.data)):
        flash("The person can read this paper now, and is told by mail.", "success")
        return redirect(here)
    return render_template(
        "reviews/papers/readers.html",
        form=form,
        paper=paper,
        review=review,
        named=readers_of(review).get(paper.id, []),
        kinds=PAPER_KIND_NAMES,
    ), form.status


@blueprint.route(
    f"{ONE}/withdraw", access=Access(Permission.READ_REVIEW, of=get_changeable_paper), methods=["GET", "POST"]
)
def withdraw_own_paper(paper: ReviewPaper) -> Any:
    """Withdraw a paper, with the reason."""
    review, form = paper.review, WithdrawPaperForm(data={"version": str(paper.version)})
    if form.carried_out(
        lambda: withdraw_paper(viewer(), paper, form.reason.data, form.seen_version),
        theirs=lambda current: {"reason": current.withdrawn_reason},
    ):
        flash("The paper is withdrawn. Its readers cannot open it any more.", "success")
        return redirect(url_for("reviews.papers", reference=review.reference))
    kept = ReviewPaper.get_by_id(paper.id)
    if request.method == "POST" and kept.is_withdrawn and not form.conflict:
        form.overtaken(last_event(kept), {"reason": kept.withdrawn_reason})
    return render_template(
        "reviews/papers/withdraw.html",
        form=form,
        paper=paper,
        review=review,
        kinds=PAPER_KIND_NAMES,
        why_not=WITHDRAWN if kept.is_withdrawn else None,
    ), form.status


def _name(paper: ReviewPaper, chosen: str) -> User:
    address = f"{current_app.config['SETTINGS'].base_url}/reviews/{paper.review.reference}/papers"
    return name_reader(viewer(), paper, whole_number(chosen), address)
