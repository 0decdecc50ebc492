"""Putting messages in the outbox, in the transaction of what causes them."""

import uuid
from collections.abc import Iterable
from dataclasses import asdict

from kscb_actions import clock
from kscb_actions.audit.service import Change
from kscb_actions.people.models import User
from kscb_actions.text import clean_text, one_line

from .models import OutboxItem, OutboxMessage
from .rules import About


def queue(
    tx: Change, to_user: User, subject: str, body: str, about: Iterable[About], is_secret: bool = False
) -> OutboxMessage:
    """Queue a message to a person inside the open change `tx`; returns its row.

    Subjects and bodies carry references and links, never a case's story. The Message-ID is given here
    and stays, so that a repeated delivery can be recognised. `about` is all that the message tells of
    (NOTHING where it tells of no case): who may see the message in the outbox is decided by that, and not
    by its text.
    """
    items = list(dict.fromkeys(about))
    message = OutboxMessage(
        to_user=to_user,
        to_address=to_user.email,
        subject=one_line(subject)[:200],
        body=clean_text(body),
        message_id=f"<{uuid.uuid4().hex}@tracker.invalid>",
        is_secret=is_secret,
        about="child_deaths" if any(each.death_id is not None for each in items) else "",
        queued_at=clock.now(),
    )
    tx.add(message, "mail.queued")
    for each in items:
        tx.add(OutboxItem(message=message, **asdict(each)), "mail.item-named")
    return message
