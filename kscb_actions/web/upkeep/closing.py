"""An agency closes: who follows it, and what becomes of its open actions."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from kscb_actions import clock
from kscb_actions.access.policy import Permission
from kscb_actions.audit.service import StaleEdit
from kscb_actions.people.models import Agency
from kscb_actions.people.queries import count_people, get_agency
from kscb_actions.people.succession import heir
from kscb_actions.upkeep.bulk.rules import seen_as_text, seen_in
from kscb_actions.upkeep.bulk.service import Outcome
from kscb_actions.upkeep.succession.queries import by_lead, count_finished, open_actions
from kscb_actions.upkeep.succession.service import close, preview_closing
from kscb_actions.web.news import LEADS_HEAR
from kscb_actions.web.shared.guard import Access, viewer
from kscb_actions.wording import date_uk, plural

from . import blueprint
from .bulk import CHOOSE, CONFIRM, OWN_FIELDS
from .forms import ClosingForm, closing_form

STALE = "Somebody has changed this agency since you looked. Look at it again, then save."


@blueprint.route(
    "/agencies/<code>/close",
    access=Access(Permission.MANAGE_PEOPLE, of=get_agency),
    methods=["GET", "POST"],
)
def close_agency(agency: Agency) -> Any:
    """Close an agency, and move what is open of it to the agency that follows it."""
    actions = open_actions(viewer(), agency)
    form = closing_form(agency, by_lead(actions), **_filled(agency))
    is_chosen = request.method == "POST" and request.form.get("step") != CHOOSE
    outcomes: list[Outcome] = []
    if is_chosen and form.validate():
        is_confirmed = request.form.get("step") == CONFIRM
        if _try(form, lambda: outcomes.append(_run(agency, form, is_confirmed))):
            outcome = outcomes[0]
            if outcome.is_done:
                flash(_told(agency, form, outcome), "success")
                return redirect(url_for("people.index"))
            return _preview_page(agency, form, outcome, is_refused=is_confirmed)
    return _choice_page(agency, form, len(actions))


def _filled(agency: Agency) -> dict[str, Any]:
    following = heir(agency)
    return {
        "version": str(agency.version),
        "on": agency.closed_on or clock.today(),
        "successor": str(following.id) if following else "",
    }


def _try(form: ClosingForm, operation: Any) -> bool:
    try:
        return form.attempt(operation)
    except StaleEdit as stale:
        form.version.data = str(stale.current.version)
        form.form_errors.append(STALE)
        return False


def _run(agency: Agency, form: ClosingForm, is_confirmed: bool) -> Outcome:
    closing = form.closing()
    if not is_confirmed:
        return preview_closing(viewer(), agency, closing)
    return close(viewer(), agency, closing, seen_in(form.rows.data or ""), form.seen_version)


def _told(agency: Agency, form: ClosingForm, outcome: Outcome) -> str:
    closing = form.closing()
    told = f"{agency.name} has closed on {date_uk(closing.on)}."
    if closing.successor is None or not outcome.changed:
        return told
    moved = f"{plural(len(outcome.changed), 'open action')} moved to {closing.successor.name}."
    return f"{told} {moved} {LEADS_HEAR}"


def _choice_page(agency: Agency, form: ClosingForm, count: int) -> Any:
    shown = get_agency(viewer(), agency.code)
    page = render_template(
        "upkeep/close.html",
        form=form,
        agency=shown,
        count=count,
        finished=count_finished(viewer(), agency),
        people=count_people(agency),
        leads=[name for name in form._fields if name.startswith("lead_")],
    )
    return page, form.status


def _preview_page(agency: Agency, form: ClosingForm, outcome: Outcome, is_refused: bool) -> Any:
    form.rows.data = seen_as_text({row.id: row.version for row in outcome.rows})
    shown = get_agency(viewer(), agency.code)
    page = render_template(
        "upkeep/close_preview.html",
        form=form,
        agency=shown,
        closing=form.closing(),
        outcome=outcome,
        kept=[pair for pair in request.form.items(multi=True) if pair[0] not in OWN_FIELDS],
        is_refused=is_refused,
    )
    return page, 409 if is_refused else 200
