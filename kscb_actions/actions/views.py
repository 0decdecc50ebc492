"""One action: its page, and what its agency does there."""

from typing import Any

from flask import flash, g, redirect, render_template, request

from .. import clock
from ..access.guard import Access, viewer
from ..access.policy import Permission, Refused
from ..assurance.overview import overview_of
from ..assurance.queries import standing_return
from ..assurance.rules import EVIDENCE_KIND_NAMES
from ..forms import HouseForm
from ..navigation import address_after
from .blueprint import blueprint
from .extensions import ask_extension as ask_for
from .extensions import open_request
from .facts import facts_of
from .forms import MoreTimeForm, ProgressForm
from .models import Action
from .queries import get_action, listed
from .rating import legend, timeliness_words
from .rules import ASSURANCE_NAMES, PROGRESS_NAMES, STANDING_NAMES, Progress, why_closed
from .service import update_progress

ADDRESS = "/reviews/<reference>/actions/<int:number>"


@blueprint.route(ADDRESS, access=Access(Permission.READ_ACTION, of=get_action))
def show(action: Action) -> Any:
    """The whole of an action: facts, rating, evidence, story, and what this viewer can do now."""
    facts, today = facts_of(action), clock.today()
    return render_template(
        "actions/show.html",
        action=action,
        row=listed(action, today, g.board.thresholds),
        against_first=timeliness_words(facts, action.original_due_on, today),
        progress=PROGRESS_NAMES[Progress(action.progress)],
        assurance_names=ASSURANCE_NAMES,
        standing_names=STANDING_NAMES,
        kind_names=EVIDENCE_KIND_NAMES,
        whole=overview_of(viewer(), action),
        legend=legend(g.board.thresholds),
    )


@blueprint.route(
    f"{ADDRESS}/update", access=Access(Permission.UPDATE_ACTION, of=get_action), methods=["GET", "POST"]
)
def update(action: Action) -> Any:
    """Report progress on one action."""
    _refuse_closed_page(action)
    preset = "" if action.progress == Progress.DONE else action.progress
    form = ProgressForm(version=str(action.version), progress=preset)
    if form.validate_on_submit() and form.attempt_on(action, lambda: _say(action, form)):
        flash(f"Your update of {action.reference} is saved.", "success")
        return redirect(address_after(action))
    return _form_page("actions/update.html", form, _as_kept(action)), form.status


@blueprint.route(
    f"{ADDRESS}/more-time", access=Access(Permission.ASK_EXTENSION, of=get_action), methods=["GET", "POST"]
)
def ask_extension(action: Action) -> Any:
    """Ask for a later due date."""
    _refuse_closed_page(action)
    if request.method == "GET" and open_request(action):
        raise Refused("You have asked for more time already. It waits for a decision.")
    form = MoreTimeForm()
    if form.validate_on_submit() and form.attempt(lambda: _ask(action, form)):
        flash(f"You have asked for more time for {action.reference}. The Board decides.", "success")
        return redirect(address_after(action))
    return _form_page("actions/ask_extension.html", form, action)


def _form_page(template: str, form: HouseForm, action: Action) -> str:
    return render_template(
        template, form=form, action=action, returned=standing_return(action), back=address_after(action)
    )


def _say(action: Action, form: ProgressForm) -> None:
    update_progress(viewer(), action, form.progress.data, form.narrative.data, form.seen_version)


def _ask(action: Action, form: MoreTimeForm) -> None:
    ask_for(viewer(), action, form.due_on.data or clock.today(), form.reason.data)


def _refuse_closed_page(action: Action) -> None:
    # Only before anything is typed: what comes in later is refused beside what was typed.
    closed = why_closed(facts_of(action))
    if closed and request.method == "GET":
        raise Refused(closed)


def _as_kept(action: Action) -> Action:
    # A change that failed has left its values on the row that was read; the page shows what is kept.
    return get_action(viewer(), action.review.reference, action.number) or action
