"""Reminding now: one person, one agency or all who owe something, after a look at what would go."""

from typing import Any

from flask import current_app, flash, redirect, render_template, request, url_for

from kscb_actions.access.policy import Permission, Viewer
from kscb_actions.chasing.now import Whom, remind_now, whom_now
from kscb_actions.chasing.queries import list_active_people
from kscb_actions.people.queries import get_agency, list_agencies
from kscb_actions.text import whole_number
from kscb_actions.web.shared.asked import Choice, asked_for, in_force, without_empty
from kscb_actions.web.shared.forms import HouseForm, save_button
from kscb_actions.web.shared.guard import Access, viewer
from kscb_actions.wording import plural

from . import blueprint

# Nobody and nothing has this number: what an address names and is not there reminds nobody.
NOTHING = 0
# Of what one message tells, so much is named.
MOST_NAMED = 5


class NowForm(HouseForm):
    """Remind now."""

    submit = save_button("Send now")


@blueprint.route("/reminders/now", access=Access(Permission.MANAGE_SETTINGS), methods=["GET", "POST"])
def now() -> Any:
    """Show who would be reminded of what now, and send it."""
    if request.method == "GET" and (tidier := without_empty()):
        return tidier
    asked, person = asked_for(), viewer()
    whom, base_url = _whom(asked, person), current_app.config["SETTINGS"].base_url
    form = NowForm()
    if form.validate_on_submit():
        count = remind_now(person, whom, base_url)
        if count:
            are = plural(count, "message is", "messages are")
            flash(f"{are} on the way. What becomes of each reminder stands here.", "success")
        else:
            flash("There was nobody to remind: all of it was reminded of today.", "important")
        return redirect(url_for("reminders.log"))
    choices = _choices()
    words = [*(each.in_words(asked.get(each.name, "")) for each in choices), ("held", "Also what is held")]
    page = render_template(
        "reminders/now.html",
        asking=whom_now(person, whom, base_url),
        asked=asked,
        choices=choices,
        applied=in_force(asked, words),
        most_named=MOST_NAMED,
        form=form,
    )
    return page, form.status


def _whom(asked: dict[str, str], person: Viewer) -> Whom:
    person_id = (whole_number(asked["person"]) or NOTHING) if asked.get("person") else None
    agency = get_agency(person, asked["agency"]) if asked.get("agency") else None
    agency_id = (agency.id if agency else NOTHING) if asked.get("agency") else None
    return Whom(person_id, agency_id, asked.get("held") == "1")


def _choices() -> list[Choice]:
    return [
        Choice("person", "Person", tuple((str(each.id), each.name) for each in list_active_people())),
        Choice("agency", "Agency", tuple((each.code, each.name) for each in list_agencies())),
    ]
