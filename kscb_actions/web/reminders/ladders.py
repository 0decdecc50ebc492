"""The ladders: all of them, one to edit with a preview, and what the coming weeks bring."""

from collections.abc import Sequence
from typing import Any

from flask import flash, redirect, render_template, request, url_for

from kscb_actions import clock
from kscb_actions.access.policy import Permission
from kscb_actions.audit.queries import last_event_of_kind
from kscb_actions.chasing.ladder.models import LadderVersion
from kscb_actions.chasing.ladder.queries import ladders_of, list_held, list_pauses, list_versions, number_of
from kscb_actions.chasing.ladder.rules import Ladder, Subject, recipient_words, rung_words
from kscb_actions.chasing.ladder.service import StaleLadder, checked, keep_ladder
from kscb_actions.chasing.preview import preview
from kscb_actions.chasing.providers import get_subject, list_subjects
from kscb_actions.web.shared.forms import Conflict, Difference, actor_of, came_first, who_saved
from kscb_actions.web.shared.guard import Access, viewer

from . import blueprint
from .forms import ladder_form, rearranged, rows_of

ROOT = "/settings/reminders"
EDIT = Access(Permission.MANAGE_SETTINGS)


@blueprint.route(ROOT, access=EDIT)
def index() -> Any:
    """Show each subject's ladder, and the pauses."""
    subjects = list_subjects()
    ladders = ladders_of(subjects)
    return render_template(
        "reminders/index.html",
        ladders=[(subject, _lines(subject, ladders[subject.code])) for subject in subjects],
        pauses=list_pauses(viewer(), clock.today()),
        held=list_held(viewer()),
    )


@blueprint.route(f"{ROOT}/coming", access=EDIT)
def coming() -> Any:
    """Show what the ladders in force would send in the coming four weeks."""
    return render_template("reminders/coming.html", days=preview(viewer(), clock.today(), {}))


@blueprint.route(
    f"{ROOT}/<ladder>", access=Access(Permission.MANAGE_SETTINGS, of=get_subject), methods=["GET", "POST"]
)
def edit(subject: Subject) -> Any:
    """Change a ladder: add, remove and move rungs, see what it would send, and keep it."""
    if request.method == "GET":
        kept = ladders_of([subject])[subject.code]
        told = [f"{when}: {to}" for when, to, _, _ in _lines(subject, kept)]
        return _page(subject, ladder_form(subject, rows_of(kept), number_of(subject)), told=told)
    form = ladder_form(subject, None, number_of(subject), request.form)
    do = request.form.get("do", "save")
    rows = rearranged(form.rows, do)
    if rows is not None:
        return _page(subject, ladder_form(subject, rows, form.version.data))
    if not form.validate_on_submit():
        form.find_more(lambda: checked(subject, form.typed))
        return _page(subject, form)
    if do == "preview":
        found: list[Ladder] = []
        form.attempt(lambda: found.append(checked(subject, form.typed)))
        days = preview(viewer(), clock.today(), {subject.code: found[0]}) if found else None
        return _page(subject, form, days)
    try:
        if form.attempt(lambda: keep_ladder(viewer(), subject, form.typed, form.seen_version)):
            flash("The ladder is kept. It holds from the next run of reminders on.", "success")
            return redirect(url_for("reminders.index"))
    except StaleLadder:
        _show_conflict(form, subject)
    return _page(subject, form)


def _page(subject: Subject, form: Any, days: Any = None, told: Sequence[str] = ()) -> Any:
    """Draw the page; `told` is each rung in a line, by which it is folded, where nothing was typed yet."""
    versions = list_versions(subject)
    page = render_template(
        "reminders/edit.html",
        subject=subject,
        form=form,
        count=int(form.count.data),
        days=days,
        versions=versions,
        told=told,
    )
    return page, form.status


def _show_conflict(form: Any, subject: Subject) -> None:
    """Show both ladders, and who kept theirs; saving once more overwrites knowingly."""
    theirs = "\n".join(
        f"{when}: {to}" for when, to, _, _ in _lines(subject, ladders_of([subject])[subject.code])
    )
    yours = "\n".join(f"{when}: {to}" for when, to, _, _ in _lines(subject, checked(subject, form.typed)))
    form.version.data = str(number_of(subject))
    event = last_event_of_kind(LadderVersion)
    form.form_errors.append(f"{came_first(actor_of(event))} Compare the two ladders, then save again.")
    who, at = who_saved(event), event.at if event else None
    form.conflict = Conflict([Difference(str(subject.name), theirs, yours)], who, at)


def _lines(subject: Subject, ladder: Ladder) -> list[tuple[str, str, str, str]]:
    """Return each rung in words: when, who is reminded, who gets a copy, the board's own line."""
    return [
        (rung_words(rung, subject), recipient_words(rung.to), recipient_words(rung.copy), rung.words)
        for rung in ladder.rungs
    ]
