"""Pages of keeping agencies."""

from typing import Any

from flask import flash, redirect, render_template, url_for

from ..access.guard import Access, viewer
from ..access.policy import Permission
from .blueprint import blueprint
from .forms import AgencyForm, EditAgencyForm
from .models import Agency
from .queries import count_people, get_agency
from .service import add_agency
from .service import edit_agency as change_agency


@blueprint.route("/agencies/new", access=Access(Permission.MANAGE_PEOPLE), methods=["GET", "POST"])
def new_agency() -> Any:
    """Record an agency."""
    form = AgencyForm()
    if form.validate_on_submit():
        if form.attempt(lambda: add_agency(viewer(), form.code.data, form.name.data)):
            flash(f"{form.name.data.strip()} is recorded.", "success")
            return redirect(url_for("people.index"))
    return render_template("people/agency.html", form=form, agency=None)


@blueprint.route(
    "/agencies/<code>", access=Access(Permission.MANAGE_PEOPLE, of=get_agency), methods=["GET", "POST"]
)
def edit_agency(agency: Agency) -> Any:
    """Rename an agency or take it out of use."""
    form = EditAgencyForm(data=_typed(agency))
    if form.validate_on_submit():
        if form.in_use.data not in ("yes", "no"):
            form.in_use.errors = ["Say whether the agency is in use."]
        elif form.attempt(lambda: _save(agency, form), theirs=_typed):
            flash(f"{agency.name} is saved.", "success")
            return redirect(url_for("people.index"))
    shown, people = get_agency(viewer(), agency.code), count_people(agency)
    return render_template("people/agency.html", form=form, agency=shown, people=people), form.status


def _save(agency: Agency, form: EditAgencyForm) -> None:
    change_agency(viewer(), agency, form.name.data, form.in_use.data == "yes", form.seen_version)


def _typed(agency: Agency) -> dict[str, Any]:
    return {"name": agency.name, "in_use": "yes" if agency.is_active else "no", "version": agency.version}
