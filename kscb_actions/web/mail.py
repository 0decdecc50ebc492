"""The outbox pages."""

from typing import Any

from flask import current_app, render_template, request, url_for

from kscb_actions.access.policy import Permission, Viewer
from kscb_actions.assurance.voiding.mail import is_void_item
from kscb_actions.child_deaths.visibility import reads_all_deaths, unreadable_deaths
from kscb_actions.mail.models import OutboxItem, OutboxMessage
from kscb_actions.mail.queries import PER_PAGE, get_message, is_about, list_messages
from kscb_actions.mail.rules import MAX_TRIES, STATE_NAMES, State
from kscb_actions.reviews.queries import hidden_reviews
from kscb_actions.web.shared.asked import page_number
from kscb_actions.web.shared.guard import Access, GuardedBlueprint, viewer

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
    return render_template(
        "mail/outbox.html",
        found=found,
        state=state,
        tabs=_tabs(found.counts, state),
        state_names=STATE_NAMES,
        per_page=PER_PAGE,
        is_mail_set=current_app.config["SETTINGS"].mail is not None,
    )


@blueprint.route("/outbox/<int:message_id>", access=Access(Permission.READ_OUTBOX, of=load_message))
def message(message: OutboxMessage) -> Any:
    """Show one message, readable; a secret one without its text."""
    return render_template(
        "mail/message.html", message=message, state=STATE_NAMES[State(message.state)], max_tries=MAX_TRIES
    )


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
