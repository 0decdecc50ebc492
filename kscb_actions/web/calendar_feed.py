"""A person's calendar feed: its page on the account, and the feed that calendars ask for."""

from typing import Any

from flask import Response, abort, current_app, flash, g, redirect, render_template, request, url_for

from kscb_actions import clock
from kscb_actions.access.policy import Permission, Reach, reach, without_child_deaths
from kscb_actions.calendar_feeds.ics import calendar_text
from kscb_actions.calendar_feeds.providers import entries_of
from kscb_actions.calendar_feeds.queries import own_feed, person_of_feed
from kscb_actions.calendar_feeds.service import end_feed, make_feed
from kscb_actions.database import reading
from kscb_actions.web.shared.forms import HouseForm
from kscb_actions.web.shared.guard import PUBLIC, SIGNED_IN, GuardedBlueprint, viewer
from kscb_actions.web.shared.once import leads_to

blueprint = GuardedBlueprint("calendar", __name__)
NAME = "Due dates"


class FeedForm(HouseForm):
    """Make, renew or end the feed: nothing is filled in."""


@blueprint.route("/account/calendar", access=SIGNED_IN, methods=["GET", "POST"])
def own() -> Any:
    """Show whether there is a feed; make one or give it a new address, which is shown once."""
    address = ""
    if FeedForm().validate_on_submit():
        token = make_feed(viewer())
        address = f"{_base_url()}{url_for('calendar.feed', token=token).removeprefix(request.script_root)}"
        leads_to(url_for("calendar.own"))
    return render_template(
        "people/calendar.html",
        feed=own_feed(viewer()),
        address=address,
        form=FeedForm(formdata=None),
        answers_requests=reach(viewer(), Permission.ANSWER_RETURN) is not Reach.NONE,
    )


@blueprint.route("/account/calendar/end", access=SIGNED_IN, methods=["POST"])
def end() -> Any:
    """End the feed: its address is nobody's any more."""
    if FeedForm().validate_on_submit() and end_feed(viewer()):
        flash("Your calendar feed has ended. Its address does not work any more.", "success")
    return redirect(url_for("calendar.own"))


@blueprint.route("/calendar/<token>.ics", access=PUBLIC)
def feed(token: str) -> Any:
    """Send the feed of an address, with what its person may see now; 404 for any other."""
    with reading():
        person = person_of_feed(token)
        if person is None:
            abort(404)
        seen = person.viewer if g.board.has_child_deaths else without_child_deaths(person.viewer)
        entries = list(entries_of(seen, clock.today()))
    name = f"{NAME}. {g.board.notice}" if g.board.notice else NAME
    response = Response(calendar_text(name, entries, _base_url()), mimetype="text/calendar")
    response.add_etag()
    return response.make_conditional(request)


def _base_url() -> str:
    return str(current_app.config["SETTINGS"].base_url)
