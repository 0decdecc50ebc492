"""Pages on which a difference is told, judged and taken back."""

from typing import Any

from flask import Response, flash, g, redirect, render_template, request, url_for
from werkzeug.wsgi import wrap_file

from kscb_actions import clock
from kscb_actions.access.policy import Permission, Refused
from kscb_actions.files.store import StoreFull
from kscb_actions.files.waiting.keeping import WaitingFile
from kscb_actions.impact.models import ImpactAccount, ImpactFile, ImpactJudgement
from kscb_actions.impact.queries import Question, files_of, get_account, get_file, get_judgement, get_question
from kscb_actions.impact.rules import ENDED, NOT_ASKED, OUTCOME_NAMES, State, can_judge
from kscb_actions.impact.service import (
    judge_difference,
    say_with_files,
    take_account_back,
    take_judgement_back,
)
from kscb_actions.people.queries import list_agencies
from kscb_actions.reviews.models import Recommendation
from kscb_actions.reviews.papers.service import PaperDamaged, PaperErased, send_paper
from kscb_actions.reviews.queries import get_recommendation
from kscb_actions.web.assurance.evidence import evidence_store, headers_for
from kscb_actions.web.files_kept import SentFiles
from kscb_actions.web.shared.forms import HouseForm
from kscb_actions.web.shared.guard import Access, viewer

from . import blueprint
from .forms import JudgeForm, SayForm, TakeBackForm
from .pages import BELOW


@blueprint.route(
    f"{BELOW}/say",
    access=Access(Permission.WRITE_IMPACT, of=get_recommendation, takes_files=True),
    methods=["GET", "POST"],
)
def say(recommendation: Recommendation) -> Any:
    """Say for one's own agency what difference a recommendation made, or change that."""
    question = _question(recommendation)
    if question is None or question.standing.state is State.JUDGED:
        return _turn_away(recommendation, ENDED)
    if viewer().agency_id not in question.agencies:
        return _turn_away(recommendation, NOT_ASKED)
    own = question.own_account(viewer().agency_id)
    filled = {"version": str(own.version), **SayForm.filled(own)} if own else {}
    form, kept = SayForm(data=filled), list[WaitingFile]()
    if form.is_submitted():
        files = SentFiles(form.files.data)
        try:
            if not files.is_gone and form.carried_out(
                lambda: _say(recommendation, form, files), SayForm.filled
            ):
                files.arrived()
                flash("It is saved. Your agency can change it until it is judged.", "success")
                return redirect(_place(recommendation))
            kept = files.keep(form, "files")
        except StoreFull as full:
            form.form_errors.append(full.message)
    before = files_of([own]).get(own.id, []) if own else []
    return _page("say", recommendation, form, question=question, kept=kept, before=before)


def _say(recommendation: Recommendation, form: SayForm, files: SentFiles) -> ImpactAccount:
    return say_with_files(
        viewer(),
        recommendation,
        form.text.data,
        form.shown_by.data,
        form.seen_version,
        evidence_store(),
        files,
    )


@blueprint.route(f"{BELOW}/files/<int:file_id>", access=Access(Permission.READ_REVIEW, of=get_file))
def file(found: ImpactFile) -> Any:
    """Send a file that shows what an agency says, as it was received."""
    paper = found.paper
    try:
        opened = send_paper(viewer(), paper, evidence_store())
    except PaperErased:
        return render_template("reviews/papers/erased.html", paper=paper), 410
    except PaperDamaged:
        back = _place(found.account.recommendation)
        return render_template("reviews/papers/damaged.html", paper=paper, back=back), 410
    headers = headers_for(paper.shown_name, paper.media_type, paper.size)
    return Response(wrap_file(request.environ, opened), headers=headers, direct_passthrough=True)


@blueprint.route(
    f"{BELOW}/judge", access=Access(Permission.JUDGE_IMPACT, of=get_recommendation), methods=["GET", "POST"]
)
def judge(recommendation: Recommendation) -> Any:
    """Judge what difference a recommendation made, and open new work."""
    question = _question(recommendation)
    if question is None:
        return _turn_away(recommendation, ENDED)
    if not (verdict := can_judge(viewer(), question.bodies)):
        raise Refused(verdict.reason)
    if why_not := question.why_not_judged:
        return _turn_away(recommendation, why_not)
    form = JudgeForm(data={"version": str(question.seen)})
    form.offer(list_agencies())
    if form.carried_out(lambda: judge_difference(viewer(), recommendation, form.facts(), form.seen_version)):
        flash("The judgement is saved.", "success")
        return redirect(_place(recommendation))
    # What agencies say stands on the page as it is now, so that is what has been seen.
    form.version.data = str(question.seen)
    at = {"reference": recommendation.review.reference, "number": recommendation.number}
    return _page("judge", recommendation, form, question=question, files=files_of(question.accounts), at=at)


@blueprint.route(
    f"{BELOW}/judgements/<int:judgement_id>/take-back",
    access=Access(Permission.EDIT_REVIEW, of=get_judgement),
    methods=["GET", "POST"],
)
def take_back_judgement(judgement: ImpactJudgement) -> Any:
    """Take back a judgement that was a mistake."""
    form = TakeBackForm(data={"version": str(judgement.version)})
    if form.carried_out(
        lambda: take_judgement_back(viewer(), judgement, form.reason.data, form.seen_version), lambda _: {}
    ):
        flash("The judgement is taken back. It can be judged anew.", "success")
        return redirect(_place(judgement.recommendation))
    words = f"{OUTCOME_NAMES[judgement.outcome]}: {judgement.reason}"
    return _page("take_back", judgement.recommendation, form, what="the judgement", words=words)


@blueprint.route(
    f"{BELOW}/accounts/<int:account_id>/take-back",
    access=Access(Permission.EDIT_REVIEW, of=get_account),
    methods=["GET", "POST"],
)
def take_back_account(account: ImpactAccount) -> Any:
    """Take back what an agency said by mistake."""
    form = TakeBackForm(data={"version": str(account.version)})
    if form.carried_out(
        lambda: take_account_back(viewer(), account, form.reason.data, form.seen_version), lambda _: {}
    ):
        flash(f"It is taken back. {account.agency.name} is asked again.", "success")
        return redirect(_place(account.recommendation))
    what = f"what {account.agency.name} said"
    return _page("take_back", account.recommendation, form, what=what, words=account.text)


def _question(recommendation: Recommendation) -> Question | None:
    return get_question(viewer(), clock.today(), g.board.impact_months, recommendation)


def _place(recommendation: Recommendation) -> str:
    reference = recommendation.review.reference
    return url_for("impact.show", reference=reference, number=recommendation.number)


def _turn_away(recommendation: Recommendation, reason: str) -> Any:
    flash(reason)
    return redirect(_place(recommendation))


def _page(name: str, recommendation: Recommendation, form: HouseForm, **more: Any) -> Any:
    page = render_template(
        f"impact/{name}.html",
        form=form,
        recommendation=recommendation,
        back=_place(recommendation),
        today=clock.today(),
        **more,
    )
    return page, form.status
