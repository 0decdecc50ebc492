"""New for you: what a person was told of, until it is seen, and how often they want to hear."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from flask import Flask, Response, flash, g, redirect, render_template, request, url_for
from flask_login import current_user

from kscb_actions.actions.models import Action
from kscb_actions.assurance.challenges.models import Challenge
from kscb_actions.chasing.news.happenings import challenged, handed_over, of_action, of_challenge
from kscb_actions.chasing.news.heard import by_both_names, heard_by
from kscb_actions.chasing.news.queries import PER_PAGE, count_new, get_pace, list_news
from kscb_actions.chasing.news.rules import (
    ALWAYS_AT_ONCE,
    HAVE_PICTURES,
    KIND_NAMES,
    PACE_NAMES,
    PICTURES_HINT,
    Happening,
    Kind,
    Pace,
    heard_words,
)
from kscb_actions.chasing.news.service import choose_pace, see, see_action, see_all, see_challenge
from kscb_actions.database import Busy
from kscb_actions.people.models import Agency
from kscb_actions.terms import say_all
from kscb_actions.web.shared.asked import page_number
from kscb_actions.web.shared.forms import HouseForm, checkbox, radios, save_button
from kscb_actions.web.shared.guard import SIGNED_IN, GuardedBlueprint, viewer

blueprint = GuardedBlueprint("news", __name__)


# Of many actions at once.
LEADS_HEAR = "Whoever leads them hears of it on the next working morning, unless they chose otherwise."
SHOWN_NAMES = say_all({kind: one[:1].upper() + one[1:] for kind, (one, _) in KIND_NAMES.items()})


class SeenForm(HouseForm):
    """Mark all as seen."""

    submit = save_button("Mark all as seen")


class PaceForm(HouseForm):
    """How often to hear of what need not be answered."""

    pace = radios("How often do you want to hear?", PACE_NAMES.items(), ALWAYS_AT_ONCE.text)
    has_pictures = checkbox("Send me the picture of a week, or of a month in numbers, as well", PICTURES_HINT)
    submit = save_button()


@blueprint.route("/new", access=SIGNED_IN)
def index() -> Any:
    """Show what is new for this person, and what was; whoever has it before them has seen it."""
    found = list_news(viewer(), page_number(request.args))
    page = render_template(
        "news/index.html",
        found=found,
        per_page=PER_PAGE,
        kind_names=SHOWN_NAMES,
        form=SeenForm(formdata=None),
    )
    if fresh := [each.item.id for each in found.rows if each.is_new]:
        # Whoever only looks at a page does not wait for somebody who saves: it stays new until the next time.
        with suppress(Busy):
            see(viewer(), fresh)
    return page


@blueprint.route("/new/seen", access=SIGNED_IN, methods=["POST"])
def mark_all_seen() -> Any:
    """Mark all of this person's news as seen."""
    if SeenForm().validate_on_submit():
        see_all(viewer())
        flash("All is marked as seen.", "success")
    return redirect(url_for("news.index"))


@blueprint.route("/new/how-often", access=SIGNED_IN, methods=["GET", "POST"])
def how_often() -> Any:
    """Choose how often to hear of what need not be answered."""
    chosen = get_pace(viewer())
    pace, has_pictures = (chosen.pace, chosen.has_pictures) if chosen else (Pace.DAILY.value, True)
    form = PaceForm(data={"pace": pace, "has_pictures": has_pictures})
    if not viewer().roles & HAVE_PICTURES:
        del form.has_pictures
    wanted = form.has_pictures.data if form.has_pictures else None
    if form.carried_out(lambda: choose_pace(viewer(), form.pace.data, has_pictures=wanted)):
        flash("How often you hear is saved.", "success")
        return redirect(url_for("news.index"))
    return render_template("news/how_often.html", form=form), form.status


@blueprint.app_template_global()
def new_for_you() -> int:
    """Return how many things are new for whoever sees the page; asked once for a page."""
    if "new_for_you" not in g:
        g.new_for_you = count_new(current_user.viewer)
    return int(g.new_for_you)


def who_hears(kind: Kind, action: Action, *concerned: int) -> str:
    """Return the sentence that says who hears of what the viewer has just done to an action, and when."""
    return _sentence(of_action(kind, viewer().id, action, frozenset(concerned)))


def who_hears_of_lead(action: Action, agency_was: int, lead_was: int | None) -> str:
    """Return who hears that the viewer has just given an action to another agency or lead, and when."""
    return _sentence(*handed_over(viewer().id, action, agency_was, lead_was))


def who_hears_of_challenge(kind: Kind, challenge: Challenge) -> str:
    """Return who hears of what the viewer has just done in a challenge, and when."""
    person = viewer().id
    if kind is Kind.CHALLENGED:
        return _sentence(*challenged(person, challenge))
    return _sentence(of_challenge(kind, person, challenge))


def _sentence(*happenings: Happening) -> str:
    """Return who hears of these things that are one event, those first who have it now."""
    heard = [by_both_names(each) for each in heard_by(happenings)]
    concerned = {each.happening.agency_id for each in heard}
    concerned |= {person.agency_id or 0 for each in heard for person in each.shared}
    names = Agency.select(Agency.id, Agency.name).where(Agency.id.in_(sorted(concerned))).tuples()
    agencies = dict(names) if heard else {}
    heard.sort(key=lambda each: each.happening.kind is Kind.HANDED_AWAY)
    return " ".join(filter(None, (heard_words(each, agencies) for each in heard)))


def who_hears_of_new(actions: Sequence[Action]) -> str:
    """Return the sentence that says who hears of the actions that the viewer has just recorded, and when."""
    return who_hears(Kind.NEW_ACTION, actions[0]) if len(actions) == 1 else LEADS_HEAR


def see_what_is_opened(app: Flask) -> None:
    """Mark what is new of an action or a challenge as seen by whoever is sent its page."""

    @app.after_request
    def seen(response: Response) -> Response:
        opened = OPENED.get(request.endpoint or "")
        if opened and request.method == "GET" and response.status_code == 200 and g.get("new_for_you"):
            with suppress(Busy):
                opened(viewer(), **(request.view_args or {}))
        return response


OPENED: dict[str, Any] = {"actions.show": see_action, "challenges.show": see_challenge}
