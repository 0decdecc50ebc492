"""Putting messages in the outbox, in the transaction of what causes them."""

import uuid

from kscb_actions import clock
from kscb_actions.audit.service import Change
from kscb_actions.people.models import User
from kscb_actions.text import clean_text, one_line

from .models import OutboxMessage


def queue(
    tx: Change, to_user: User, subject: str, body: str, is_secret: bool = False, about: str = ""
) -> OutboxMessage:
    """Queue a message to a person inside the open change `tx`; returns its row.

    Subjects and bodies carry references and links, never a case's story. The Message-ID is given here
    and stays, so that a repeated delivery can be recognised. `about` is "deaths" for what only the panel's
    people may know of.
    """
    message = OutboxMessage(
        to_user=to_user,
        to_address=to_user.email,
        subject=one_line(subject)[:200],
        body=clean_text(body),
        message_id=f"<{uuid.uuid4().hex}@tracker.invalid>",
        is_secret=is_secret,
        about=about,
        queued_at=clock.now(),
    )
    return tx.add(message, "mail.queued")
