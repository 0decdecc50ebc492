"""Pages of the board's districts, for who keeps them."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, request, url_for

from kscb_actions.access.policy import Permission
from kscb_actions.settings.districts import (
    add_district,
    close_district,
    get_district,
    list_districts,
    open_district,
)
from kscb_actions.settings.districts import rename_district as give_name
from kscb_actions.settings.models import District
from kscb_actions.settings.rules import COUNTED_OUTSIDE
from kscb_actions.terms import say
from kscb_actions.web.shared.forms import HouseForm, save_button, text_line
from kscb_actions.web.shared.guard import Access, viewer

from . import death_pages


class DistrictForm(HouseForm):
    """Ask for a district for the board's list."""

    name = text_line("New district", "As it is to stand in lists and tables.")
    submit = save_button("Add the district")


class RenameDistrictForm(HouseForm):
    """Ask for another name for a district."""

    name = text_line("Name", "Cases and tables have the new name at once. Issued reports keep the old one.")
    submit = save_button()


BOTH = ["GET", "POST"]


GONE = "This has changed since you opened the page. Look again."


@death_pages.route(
    "/deaths/districts", access=Access(Permission.KEEP_PANELS, of=list_districts), methods=BOTH
)
def districts(rows: list[District]) -> Any:
    """Show the board's list of districts: one more, one closed, one opened again."""
    form = DistrictForm()
    if "close" in request.form:
        if district := _pressed(form, rows, "close", close_district):
            return _again(f"“{district.name}” is closed. It is no longer offered.")
    elif "open" in request.form:
        if district := _pressed(form, rows, "open", open_district):
            return _again(f"“{district.name}” is open again.")
    elif form.carried_out(lambda: add_district(viewer(), form.name.data)):
        return _again("The district is on the list.")
    return render_template(
        "child_deaths/districts/index.html", form=form, districts=rows, counted_outside=COUNTED_OUTSIDE
    )


@death_pages.route(
    "/deaths/districts/<int:district_id>",
    access=Access(Permission.KEEP_PANELS, of=get_district),
    methods=BOTH,
)
def rename_district(district: District) -> Any:
    """Give a district another name."""
    before, form = district.name, RenameDistrictForm(data=_named(district))
    if form.validate_on_submit():
        if form.attempt(
            lambda: give_name(viewer(), district, form.name.data, form.seen_version), theirs=_named
        ):
            return _again(f"“{before}” is now called “{district.name}”.")
    back = url_for("deaths.districts"), say("The Board’s districts")
    return render_template(
        "components/rename.html", form=form, kind="district", name=before, back=back
    ), form.status


def _named(district: District) -> dict[str, Any]:
    return {"name": district.name, "version": district.version}


def _pressed(
    form: DistrictForm, rows: list[District], name: str, operation: Callable[..., District]
) -> District | None:
    """Return the district that a button named, with the operation done on it.

    None where it cannot be done: the form says why.
    """
    district = next((each for each in rows if str(each.id) == request.form[name]), None)
    if district is None:
        form.form_errors.append(GONE)
        return None
    return district if form.attempt(lambda: operation(viewer(), district)) else None


def _again(text: str) -> Any:
    flash(text, "success")
    return redirect(url_for("deaths.districts"))
