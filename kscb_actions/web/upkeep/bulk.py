"""Changing many actions at once: chosen in the list, seen before and after, confirmed once."""

from typing import Any

from flask import flash, g, redirect, render_template, request, url_for

from kscb_actions import clock
from kscb_actions.access.policy import Permission
from kscb_actions.text import InvalidInput, whole_number
from kscb_actions.upkeep.bulk.queries import matching_ids, versions_of
from kscb_actions.upkeep.bulk.rules import ids_in, seen_as_text, seen_in, why_too_many
from kscb_actions.upkeep.bulk.service import Outcome, apply, preview
from kscb_actions.upkeep.orphans.queries import SETS, ids_of_set
from kscb_actions.web.actions.list import filter_of
from kscb_actions.web.news import LEADS_HEAR
from kscb_actions.web.shared.asked import asked_for
from kscb_actions.web.shared.guard import Access, viewer

from . import blueprint
from .forms import CHANGES, SelectionForm

CONFIRM, CHOOSE = "confirm", "choose"
# The change of which nobody hears: what is done stays as it was.
UNTOLD = "theme"
# What a form carries of itself, and not of the choice that was made.
OWN_FIELDS = frozenset({"csrf_token", "once", "step", "rows", "version"})


@blueprint.route("/actions/together", access=Access(Permission.EDIT_ACTION), methods=["GET", "POST"])
def together() -> Any:
    """Change the actions chosen in one step, after showing each before and after."""
    kind = request.args.get("change", "")
    if kind not in CHANGES:
        kind = "lead"
    form = CHANGES[kind]()
    form.offer()
    chosen = _chosen(form)
    if wrong := why_too_many(len(chosen)):
        return render_template("upkeep/nothing_chosen.html", wrong=wrong), 400
    if not form.is_submitted() or request.form.get("step") == CHOOSE:
        return _choice_page(form, kind, chosen)
    if not form.validate():
        return _choice_page(form, kind, chosen)
    return _answer(form, kind, chosen)


def _answer(form: SelectionForm, kind: str, chosen: dict[int, int | None]) -> Any:
    is_confirmed = request.form.get("step") == CONFIRM
    try:
        outcome = (apply if is_confirmed else preview)(viewer(), chosen, form.edit())
    except InvalidInput as wrong:
        form.add_errors(wrong.errors)
        return _choice_page(form, kind, chosen)
    if outcome.is_done:
        told = form.edit().told(len(outcome.changed))
        flash(f"{told} {LEADS_HEAR}" if outcome.changed and kind != UNTOLD else told, "success")
        return redirect(url_for("actions.index"))
    return _preview_page(form, kind, outcome, is_refused=is_confirmed)


def _chosen(form: SelectionForm) -> dict[int, int | None]:
    """Return {id: version} of the actions that the form or the address names."""
    if form.is_submitted():
        return seen_in(form.rows.data or "")
    person, asked = viewer(), asked_for()
    if asked.get("of") in SETS:
        ids = ids_of_set(person, asked["of"], whole_number(asked.get("person")))
    elif asked.get("every") == "1":
        ids = matching_ids(person, filter_of(asked), clock.today(), g.board.thresholds)
    else:
        ids = ids_in(request.args.getlist("id"))
    return versions_of(person, ids)


def _choice_page(form: SelectionForm, kind: str, chosen: dict[int, int | None]) -> Any:
    form.rows.data = seen_as_text(chosen)
    page = render_template("upkeep/together.html", form=form, count=len(chosen), address=_here(kind))
    return page, form.status


def _preview_page(form: SelectionForm, kind: str, outcome: Outcome, is_refused: bool) -> Any:
    """Show what would come of it; where the change was refused, what would now, with the versions of now."""
    fit = {row.id: row.version for row in outcome.rows if not row.problem}
    form.rows.data = seen_as_text({row.id: row.version for row in outcome.rows})
    page = render_template(
        "upkeep/preview.html",
        form=form,
        outcome=outcome,
        fit=seen_as_text(fit),
        fits=bool(outcome.changed),
        kept=[pair for pair in request.form.items(multi=True) if pair[0] not in OWN_FIELDS],
        address=_here(kind),
        is_refused=is_refused,
    )
    return page, 409 if is_refused else 200


def _here(kind: str) -> str:
    return url_for("upkeep.together", change=kind)
