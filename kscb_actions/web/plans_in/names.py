"""Pages of the names that plans have for agencies: other names of one, and groups of several."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from kscb_actions.access.policy import Permission
from kscb_actions.people.queries import list_agencies
from kscb_actions.plans_in.models import OwnerName
from kscb_actions.plans_in.naming.queries import get_name, list_names
from kscb_actions.plans_in.naming.service import change_name, forget_name, keep_name
from kscb_actions.web.shared.forms import HouseForm, checkboxes, options, save_button, text_line
from kscb_actions.web.shared.guard import Access, viewer

from . import blueprint

KEEP = Access(Permission.MANAGE_PEOPLE)
KEEP_ONE = Access(Permission.MANAGE_PEOPLE, of=get_name)


class NameForm(HouseForm):
    """Words of plans, and for whom they stand."""

    words = text_line("Words as plans have them", "For example: Social services, or All health.")
    agencies = checkboxes(
        "Whom do they stand for?", hint="Of several agencies each gets an action of its own."
    )
    submit = save_button()


@blueprint.route("/agencies/names", access=KEEP)
def names() -> Any:
    """List the names that plans have for agencies, and for whom each stands."""
    return render_template("plans_in/names.html", names=list_names(), agencies=list_agencies())


@blueprint.route("/agencies/names/new", access=KEEP, methods=["GET", "POST"])
def new_name() -> Any:
    """Keep the name of an agency, or of a group."""
    form = _form()
    if form.carried_out(lambda: keep_name(viewer(), form.words.data, form.agencies.data or ())):
        flash(f"“{form.words.data.strip()}” is kept, for the plans that come in from now on.", "success")
        return redirect(url_for("plans_in.names"))
    return render_template("plans_in/name.html", form=form, kept=None), form.status


@blueprint.route("/agencies/names/<int:name_id>", access=KEEP_ONE, methods=["GET", "POST"])
def edit_name(kept: OwnerName) -> Any:
    """Change a name and whom it stands for, or take it away."""
    form, before = _form(_facts(kept)), kept.words
    if form.is_submitted():
        if request.form.get("next") == "forget":
            forget_name(viewer(), kept)
            flash(f"“{before}” is taken away. Plans that have it ask again whose it is.", "success")
            return redirect(url_for("plans_in.names"))
        if form.carried_out(
            lambda: change_name(viewer(), kept, form.words.data, form.agencies.data or (), form.seen_version),
            theirs=_facts,
        ):
            flash(f"“{kept.words}” is saved.", "success")
            return redirect(url_for("plans_in.names"))
    return render_template("plans_in/name.html", form=form, kept=before), form.status


def _form(facts: dict[str, Any] | None = None) -> NameForm:
    form = NameForm(data=facts or {})
    chosen = form.agencies.data or ()
    every = list_agencies(active_only=False)
    form.agencies.choices = options(
        (each.code, each.name) for each in every if each.is_active or each.code in chosen
    )
    return form


def _facts(kept: OwnerName) -> dict[str, Any]:
    return {"words": kept.words, "agencies": kept.agencies.split(","), "version": kept.version}
