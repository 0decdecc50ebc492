"""The log of reminders: what became of each, failures on top, and sending again what did not arrive."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from kscb_actions.access.policy import Permission, Viewer
from kscb_actions.actions.narrowing import void_actions
from kscb_actions.chasing.log.models import Reminder
from kscb_actions.chasing.log.queries import (
    PER_PAGE,
    LogFilter,
    is_of_void_challenge,
    list_reminders,
    to_send_again,
)
from kscb_actions.chasing.log.rules import TAKEN_OUT, WHY_TOLD, stage_words
from kscb_actions.chasing.providers import list_subjects
from kscb_actions.mail.again import send_again
from kscb_actions.mail.models import OutboxMessage
from kscb_actions.mail.rules import STATE_NAMES
from kscb_actions.pages import every_page
from kscb_actions.people.queries import list_agencies
from kscb_actions.reviews.queries import hidden_reviews, list_references, void_reviews
from kscb_actions.text import whole_number
from kscb_actions.web.downloads import Taken, downloadable
from kscb_actions.web.mail import visible_message
from kscb_actions.web.shared.asked import (
    Choice,
    asked_for,
    choice,
    in_force,
    page_number,
    without_empty,
)
from kscb_actions.web.shared.forms import HouseForm
from kscb_actions.web.shared.guard import Access, viewer
from kscb_actions.wording import plural

from . import blueprint
from .columns import COLUMNS

ROOT = "/reminders/log"
# More reviews than anybody looks through in a list; with more of them a reference is typed.
MOST_LISTED = 60


class AgainForm(HouseForm):
    """Send again: one message, named by its button, or all of them."""


def visible_reminder(viewer: Viewer) -> Any:
    """Return the condition on Reminder, with its message, that keeps what this person may know of.

    A reminder of an action is theirs to know of where its review is, whatever else its message tells of;
    of all else, where they may read the message.
    """
    unknown = Reminder.review.in_(hidden_reviews(viewer)) | Reminder.review.in_(void_reviews())
    of_action = (
        Reminder.action.is_null(False)
        & ~unknown
        & Reminder.action.not_in(void_actions())
        & ~is_of_void_challenge()
        & (OutboxMessage.about == "")
    )
    return of_action | visible_message(viewer)


@blueprint.route(ROOT, access=Access(Permission.READ_OUTBOX))
def log() -> Any:
    """Show each reminder: of what, which rung, to whom, and what became of its message."""
    if tidier := without_empty():
        return tidier
    asked, person = asked_for(), viewer()
    choices = _choices(person)
    found = _page_of(person, asked, page_number(asked))
    return render_template(
        "reminders/log.html",
        found=found,
        per_page=PER_PAGE,
        asked=asked,
        choices=choices,
        applied=_applied(asked, choices),
        counted={subject.code: subject.counted for subject in list_subjects()},
        stage_words=stage_words,
        why_told=WHY_TOLD,
        taken_out=TAKEN_OUT,
        state_names=STATE_NAMES,
        form=AgainForm(formdata=None),
    )


@downloadable(blueprint, ROOT, "log", Access(Permission.READ_OUTBOX), "chasing")
def taken() -> Taken:
    """Return the same list to be taken away."""
    asked, person = asked_for(), viewer()
    pages = every_page(lambda number: _page_of(person, asked, number))
    rows = ((each, page.acknowledged.get(each.id)) for page in pages for each in page.rows)
    return Taken("Log of reminders", COLUMNS, rows, _applied(asked, _choices(person)))


def _page_of(person: Viewer, asked: dict[str, str], number: int) -> Any:
    return list_reminders(
        person, visible_reminder(person), visible_message(person), _filter_of(asked), number
    )


def _applied(asked: dict[str, str], choices: list[Choice]) -> list[dict[str, str]]:
    return in_force(asked, [each.in_words(asked.get(each.name, "")) for each in choices])


@blueprint.route(f"{ROOT}/send-again", access=Access(Permission.READ_OUTBOX), methods=["POST"])
def send_messages_again() -> Any:
    """Send one message again, or all that the log, as its address narrows it, has as not delivered."""
    asked, person = asked_for(), viewer()
    if AgainForm().validate_on_submit():
        which = to_send_again(person, visible_reminder(person), visible_message(person), _filter_of(asked))
        if (one := request.form.get("message")) is not None:
            which = which & (OutboxMessage.id == (whole_number(one) or 0))
        count = send_again(person, which)
        if count:
            flash(f"{plural(count, 'message')} will be sent again within minutes.", "success")
        else:
            flash("There was nothing to send again: it waits to be sent, or has gone.", "important")
    state, agency, review = (asked.get(name) for name in ("state", "agency", "review"))
    return redirect(url_for("reminders.log", state=state, agency=agency, review=review))


def _filter_of(asked: dict[str, str]) -> LogFilter:
    return LogFilter(asked.get("state", ""), asked.get("agency", ""), asked.get("review", ""))


def _choices(person: Viewer) -> list[Choice]:
    references = list_references(person, MOST_LISTED + 1)
    agencies = {each.code: each.name for each in list_agencies(active_only=False)}
    return [
        choice("state", "State", STATE_NAMES),
        choice("agency", "Agency", agencies),
        Choice("review", "Review", tuple((each, each) for each in references), len(references) > MOST_LISTED),
    ]
