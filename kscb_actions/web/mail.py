"""The outbox pages."""

from dataclasses import dataclass
from typing import Any

from flask import current_app, flash, redirect, render_template, request, url_for
from markupsafe import Markup

from kscb_actions.access.policy import Permission, Viewer
from kscb_actions.assurance.voiding.mail import is_void_item
from kscb_actions.chasing.anew import works_again
from kscb_actions.child_deaths.visibility import reads_all_deaths, unreadable_deaths
from kscb_actions.jobs.lateness import late, read_runs
from kscb_actions.mail.models import OutboxItem, OutboxMessage
from kscb_actions.mail.queries import (
    PER_PAGE,
    address_troubles,
    count_lost,
    get_message,
    is_about,
    last_trouble,
    list_messages,
)
from kscb_actions.mail.rules import MAX_TRIES, STATE_NAMES, State
from kscb_actions.mail.service import mark_not_arrived
from kscb_actions.pages import every_page
from kscb_actions.people.models import User
from kscb_actions.people.queries import get_person
from kscb_actions.reviews.queries import hidden_reviews
from kscb_actions.spreadsheets.rules import Column
from kscb_actions.text import InvalidInput
from kscb_actions.web.downloads import Taken, downloadable, local
from kscb_actions.web.shared.asked import page_number
from kscb_actions.web.shared.guard import Access, GuardedBlueprint, viewer
from kscb_actions.wording import instant_uk, plural

blueprint = GuardedBlueprint("mail", __name__)


def visible_message(viewer: Viewer) -> Any:
    """Return the condition on OutboxMessage that keeps out what is about something hidden from this person.

    So is what tells of something that was recorded in error. What is about a death is kept out by its room
    too: only who reads all deaths may know of it at all.
    """
    hidden = OutboxItem.review_id.in_(hidden_reviews(viewer)) | OutboxItem.death_id.in_(
        unreadable_deaths(viewer)
    )
    told = ~is_about(hidden) & ~is_about(is_void_item())
    return told if reads_all_deaths(viewer) else told & (OutboxMessage.about == "")


STATES = {state.value: state for state in State}


def load_message(viewer: Viewer, message_id: int) -> OutboxMessage | None:
    """Return the message of an address, as far as this person may know of it."""
    return get_message(viewer, visible_message(viewer), message_id)


@blueprint.route("/outbox", access=Access(Permission.READ_OUTBOX))
def outbox() -> Any:
    """Show what the tracker has written to people, newest first."""
    state = STATES.get(request.args.get("state", ""))
    page = page_number(request.args)
    found = list_messages(viewer(), visible_message(viewer()), state, page)
    is_mail_set = current_app.config["SETTINGS"].mail is not None
    return render_template(
        "mail/outbox.html",
        found=found,
        state=state,
        tabs=_tabs(found.counts, state),
        state_names=STATE_NAMES,
        per_page=PER_PAGE,
        is_mail_set=is_mail_set,
        late=late(is_mail_set),
        standing=_standing(found.counts),
    )


@downloadable(blueprint, "/outbox", "outbox", Access(Permission.READ_OUTBOX), "mail")
def taken() -> Taken:
    """Return the same list to be taken away."""
    person, state = viewer(), STATES.get(request.args.get("state", ""))
    pages = every_page(lambda number: list_messages(person, visible_message(person), state, number))
    applied = [{"text": f"State: {STATE_NAMES[state]}"}] if state else []
    return Taken("Outbox", COLUMNS, (each for page in pages for each in page.rows), applied)


COLUMNS = (
    Column("Subject", lambda row: row.subject, 50),
    Column("To", lambda row: row.to_user.name, 24),
    Column("Address", lambda row: row.to_address, 30),
    Column("State", lambda row: STATE_NAMES[row.state]),
    Column("Sent", lambda row: local(row.sent_at)),
    Column("Error", lambda row: "" if row.sent_at else row.last_error, 40),
    Column("Written", lambda row: local(row.queued_at)),
)


@blueprint.route("/outbox/<int:message_id>", access=Access(Permission.READ_OUTBOX, of=load_message))
def message(message: OutboxMessage) -> Any:
    """Show one message, readable; a secret one without its text."""
    return render_template(
        "mail/message.html", message=message, state=STATE_NAMES[State(message.state)], max_tries=MAX_TRIES
    )


@blueprint.route(
    "/outbox/<int:message_id>/did-not-arrive",
    access=Access(Permission.READ_OUTBOX, of=load_message),
    methods=["POST"],
)
def did_not_arrive(message: OutboxMessage) -> Any:
    """Record that a message that was sent has not arrived: whoever it is to is marked."""
    name = message.to_user.name
    try:
        mark_not_arrived(viewer(), message)
    except InvalidInput as wrong:
        flash(str(wrong), "important")
    else:
        told = "What it told of is given again when the address is put right, or mail works again."
        flash(f"{name} is marked as not reached by mail. {told}", "success")
    return redirect(url_for("mail.message", message_id=message.id))


@blueprint.route(
    "/people/<int:user_id>/mail-works",
    access=Access(Permission.MANAGE_PEOPLE, of=get_person),
    methods=["POST"],
)
def mail_works(person: User) -> Any:
    """Record that mail reaches somebody again; what was lost is given again at once."""
    lost = works_again(viewer(), person, current_app.config["SETTINGS"].base_url)
    # Not how many: some may be about what is hidden from who asks.
    again = " What was lost and still waits is on its way." if lost else ""
    flash(f"Mail reaches {person.name} again.{again}", "success")
    return redirect(url_for("people.edit", user_id=person.id))


@dataclass(frozen=True)
class Trouble:
    """That mail does not reach somebody: the message that did not, and whether its page may be opened."""

    message: OutboxMessage
    is_visible: bool


def list_troubles(viewer: Viewer) -> dict[int, Trouble]:
    """Return {person: why mail does not reach them}, for who keeps people. Two queries at most."""
    found = address_troubles()
    ids = [message.id for message in found.values()]
    query = OutboxMessage.select(OutboxMessage.id).where(OutboxMessage.id.in_(ids), visible_message(viewer))
    visible = {row_id for (row_id,) in query.tuples()} if ids else set()
    return {person: Trouble(message, message.id in visible) for person, message in found.items()}


def _waiting_words(waits: int) -> str:
    """Return how many messages wait to be sent, their number a link to them."""
    if not waits:
        return "No message waits to be sent."
    to = url_for("mail.outbox", state=State.QUEUED.value)
    number = Markup('<a class="govuk-link" href="{}">{}</a>').format(to, plural(waits, "message"))
    return Markup("{} {} to be sent.").format(number, "waits" if waits == 1 else "wait")


def _standing(counts: dict[State, int]) -> list[str]:
    """Return in sentences what has run and what runs next, what waits and why, and what did not arrive."""
    runs = read_runs()
    next_at = instant_uk(runs.next_at)
    if runs.last_at is None:
        told = [f"No reminders have been written yet. The next run is on {next_at}."]
    else:
        told = [f"Reminders were last written on {instant_uk(runs.last_at)}. The next run is on {next_at}."]
    waits = counts[State.QUEUED]
    told.append(_waiting_words(waits))
    if waits and (trouble := last_trouble(visible_message(viewer()))):
        told.append(f"When one was last tried: {trouble.rstrip('. ')}.")
    lost = count_lost(visible_message(viewer()))
    if lost:
        told.append(f"{plural(lost, 'message')} did not arrive: why is said of each below.")
    return told


def _tabs(counts: dict[State, int], shown: State | None) -> list[dict[str, Any]]:
    every = {"text": f"All ({sum(counts.values()):,})", "href": url_for("mail.outbox"), "active": not shown}
    return [
        every,
        *(
            {
                "text": f"{name} ({counts[state]:,})",
                "href": url_for("mail.outbox", state=state.value),
                "active": state is shown,
            }
            for state, name in STATE_NAMES.items()
        ),
    ]
