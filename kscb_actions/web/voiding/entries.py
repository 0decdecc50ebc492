"""Marking one update, one request for more time or one change of a due date as recorded in error."""

from collections.abc import Iterable
from typing import Any

from flask import flash, redirect, render_template, url_for

from kscb_actions.access.policy import Permission
from kscb_actions.actions.models import Action, Extension, ProgressUpdate
from kscb_actions.actions.queries import get_extension
from kscb_actions.actions.rules import PROGRESS_NAMES, Progress
from kscb_actions.assurance.voiding.entries.queries import Entry, get_update, steps_of
from kscb_actions.assurance.voiding.entries.service import require_voiding_entry, void_entry
from kscb_actions.web.shared.forms import (
    HouseForm,
    reason_area,
    save_button,
)
from kscb_actions.web.shared.guard import Access, viewer
from kscb_actions.web.shared.navigation import address_of
from kscb_actions.wording import date_uk

from . import blueprint

ACTION = "/reviews/<reference>/actions/<int:number>"
ENDPOINTS = {
    "progress_update": ("voiding.update", "update_id"),
    "extension": ("voiding.date_change", "extension_id"),
}


class EntryForm(HouseForm):
    """Marks an entry of an action's history as recorded in error."""

    reason = reason_area("Reason", "For whoever reads the action’s story later.")
    submit = save_button("Mark as recorded in error")


def addresses_to_mark(action: Action, entries: Iterable[tuple[str, int]]) -> dict[tuple[str, int], str]:
    """Return {(kind, id) of an entry: the page on which it is marked}."""
    found = {}
    for kind, id in entries:
        endpoint, name = ENDPOINTS[kind]
        at: dict[str, Any] = {"reference": action.review.reference, "number": action.number, name: id}
        found[kind, id] = url_for(endpoint, **at)
    return found


@blueprint.route(
    f"{ACTION}/updates/<int:update_id>/recorded-in-error",
    access=Access(Permission.READ_ACTION, of=get_update),
    methods=["GET", "POST"],
)
def update(update: ProgressUpdate) -> Any:
    """Mark a progress update as recorded in error."""
    said = f"Progress: {PROGRESS_NAMES[Progress(update.progress)]}"
    return _page(update, "a progress update", said, update.narrative)


@blueprint.route(
    f"{ACTION}/more-time/<int:extension_id>/recorded-in-error",
    access=Access(Permission.READ_ACTION, of=get_extension),
    methods=["GET", "POST"],
)
def date_change(extension: Extension) -> Any:
    """Mark a request for more time, or a change of a due date, as recorded in error."""
    name = "a change of the due date" if extension.state == "agreed" else "a request for more time"
    said = f"Due date asked for: {date_uk(extension.asked_due_on)}"
    return _page(extension, name, said, extension.reason)


def _page(entry: Entry, name: str, said: str, text: str) -> Any:
    action = entry.action
    is_free = require_voiding_entry(viewer(), entry, steps_of(action))
    form, back = EntryForm(data={"version": str(action.version)}), address_of(action)
    if form.carried_out(
        lambda: void_entry(viewer(), entry, form.reason.data, form.seen_version), lambda _: {}
    ):
        flash(f"{name[0].upper()}{name[1:]} of {action.reference} is marked as recorded in error.", "success")
        return redirect(back)
    values = {"form": form, "action": action, "back": back, "name": name, "said": said, "text": text}
    granted = isinstance(entry, Extension) and entry.state == "agreed"
    return render_template("voiding/entry.html", is_free=is_free, is_granted=granted, **values), form.status
