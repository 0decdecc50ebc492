"""Putting messages in the outbox, in the transaction of what causes them."""

from collections.abc import Iterable
from datetime import date
from hashlib import sha256
from typing import Any

from kscb_actions import clock
from kscb_actions.access.policy import Permission, Viewer, require
from kscb_actions.audit.rules import canonical
from kscb_actions.audit.service import Change, change
from kscb_actions.people.models import User
from kscb_actions.prepared import prepared
from kscb_actions.text import InvalidInput, clean_text, one_line

from .models import OutboxItem, OutboxMessage
from .rules import About, State


def queue(
    tx: Change,
    to_user: User,
    subject: str,
    body: str,
    about: Iterable[About],
    is_secret: bool = False,
    digest_on: date | None = None,
    enclosed: str = "",
) -> OutboxMessage:
    """Queue a message to a person inside the open change `tx`; returns its row.

    Subjects and bodies carry references and links, never a case's story. The Message-ID is given here
    and stays, so that a repeated delivery can be recognised. `about` is all that the message tells of
    (NOTHING where it tells of no case): who may see the message in the outbox is decided by that, and not
    by its text. `digest_on` and `enclosed` as in the row.
    """
    items = list(dict.fromkeys(about))
    message = OutboxMessage(
        to_user=to_user,
        to_address=to_user.email,
        subject=one_line(subject)[:200],
        body=clean_text(body),
        message_id="",
        is_secret=is_secret,
        about="child_deaths" if any(each.death_id is not None for each in items) else "",
        queued_at=clock.now(),
        digest_on=digest_on,
        enclosed=clean_text(enclosed),
    )
    message.message_id = _message_id(message)
    tx.add(message, "mail.queued")
    tx.add_all([OutboxItem(message=message, **vars(each)) for each in items], "mail.item-named")
    return message


@prepared
def _called(*, message_id: Any) -> Any:
    return OutboxMessage.select(OutboxMessage.id).where(OutboxMessage.message_id == message_id).tuples()


def _message_id(message: OutboxMessage) -> str:
    """Return the Message-ID, made of what the message is, so that one that is decided on twice has one alone.

    Of messages that are the same in all each has its own, by the number of those before it.
    """
    told = (message.to_user_id, message.digest_on, message.subject, message.body)
    made = sha256(canonical(list(map(str, told))).encode()).hexdigest()
    number = 0
    while True:
        message_id = f"<{made}.{number}@tracker.invalid>"
        if not _called(message_id=message_id):
            return message_id
        number += 1


def mark_not_arrived(viewer: Viewer, message: OutboxMessage) -> None:
    """Record that a message that a server had taken has not arrived. Raises InvalidInput, Refused."""
    require(viewer, Permission.MANAGE_PEOPLE)
    if message.state != State.SENT:
        raise InvalidInput({"": "Only of a message that was sent can it be said that it did not arrive."})
    message.state = State.NOT_ARRIVED.value
    message.last_error = f"{viewer.name} has recorded that it did not arrive."
    with change(viewer) as tx:
        tx.update(message, "mail.did-not-arrive")
