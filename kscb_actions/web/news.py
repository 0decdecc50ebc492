"""New for you: what a person was told of, until it is seen, and how often they want to hear."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from flask import Flask, Response, flash, g, redirect, render_template, request, url_for
from flask_login import current_user

from kscb_actions.actions.models import Action
from kscb_actions.actions.owners.queries import list_joint_owners
from kscb_actions.assurance.challenges.models import Challenge
from kscb_actions.chasing.news.heard import joint_told_of, told_of, told_of_challenge
from kscb_actions.chasing.news.queries import PER_PAGE, count_new, get_pace, list_news
from kscb_actions.chasing.news.rules import (
    ALWAYS_AT_ONCE,
    HAVE_PICTURES,
    KIND_NAMES,
    PACE_NAMES,
    PICTURES_HINT,
    TO_JOINT,
    Kind,
    Pace,
    told_words,
)
from kscb_actions.chasing.news.service import choose_pace, see, see_action, see_all, see_challenge
from kscb_actions.database import Busy
from kscb_actions.web.shared.asked import page_number
from kscb_actions.web.shared.forms import HouseForm, checkbox, radios, save_button
from kscb_actions.web.shared.guard import SIGNED_IN, GuardedBlueprint, viewer

blueprint = GuardedBlueprint("news", __name__)


SHOWN_NAMES = {kind: one[:1].upper() + one[1:] for kind, (one, _) in KIND_NAMES.items()}


class SeenForm(HouseForm):
    """Mark all as seen."""

    submit = save_button("Mark all as seen")


class PaceForm(HouseForm):
    """How often to hear of what need not be answered."""

    pace = radios("How often do you want to hear?", PACE_NAMES.items(), ALWAYS_AT_ONCE)
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
    if form.validate_on_submit() and form.attempt(
        lambda: choose_pace(viewer(), form.pace.data, has_pictures=wanted)
    ):
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
    sentences = [told_words(kind, told_of(kind, action, viewer(), concerned), action.agency.name)]
    joint = joint_told_of(kind, action, viewer()) if kind in TO_JOINT else {}
    names = {each.agency_id: each.agency.name for each in list_joint_owners(action)} if joint else {}
    sentences += [told_words(TO_JOINT[kind], people, names[id]) for id, people in joint.items()]
    return " ".join(sentences)


def who_hears_of_answer(challenge: Challenge) -> str:
    """Return the sentence that says who hears of the answer that the viewer has just given, and when."""
    kind = Kind.CHALLENGE_ANSWERED
    return told_words(kind, told_of_challenge(kind, challenge, viewer()), "")


def who_hears_of_new(actions: Sequence[Action]) -> str:
    """Return the sentence that says who hears of the actions that the viewer has just recorded, and when."""
    if len(actions) == 1:
        return who_hears(Kind.NEW_ACTION, actions[0])
    return "Whoever leads them hears of it on the next working morning, unless they chose otherwise."


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
