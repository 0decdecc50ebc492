"""Delivery from the outbox: nothing lost, nothing sent to somebody disabled, one connection a run.

A message is claimed before it is sent and settled afterwards, each in a change of its own. Two processes
cannot claim the same message. A crash between the server's answer and the settling repeats the message
when the claim has run out, under the same Message-ID.
"""

from dataclasses import dataclass
from datetime import datetime

from kscb_actions import clock
from kscb_actions.access.policy import SYSTEM
from kscb_actions.audit.service import change
from kscb_actions.config import Settings
from kscb_actions.database import writing
from kscb_actions.people.models import User
from kscb_actions.text import one_line

from .models import OutboxMessage
from .rules import CLAIM, MAX_TRIES, State, next_try
from .smtp import MailServer, PermanentFailure, ServerUnavailable, TransientFailure

BATCH = 200


@dataclass
class Delivered:
    """How many messages a run sent, put off, gave up or withheld; `trouble` ended the run early."""

    sent: int = 0
    put_off: int = 0
    failed: int = 0
    dropped: int = 0
    trouble: str = ""

    def __str__(self) -> str:
        counts = f"{self.sent} sent, {self.put_off} put off, {self.failed} failed, {self.dropped} withheld"
        return f"{counts}. {self.trouble}" if self.trouble else counts


def deliver_due(settings: Settings) -> Delivered:
    """Try every message whose time has come, oldest first. Does nothing where no mail server is set."""
    done = Delivered()
    if settings.mail is None:
        return done
    server = MailServer(settings)
    try:
        for message_id in _due(clock.real_now()):
            _deliver(message_id, server, done)
            if done.trouble:
                break
    finally:
        server.close()
    return done


def _due(now: datetime) -> list[int]:
    waiting = OutboxMessage.state == State.QUEUED
    due = OutboxMessage.next_try_at.is_null() | (OutboxMessage.next_try_at <= now)
    rows = OutboxMessage.select(OutboxMessage.id).where(waiting, due).order_by(OutboxMessage.id)
    return [row.id for row in rows.limit(BATCH)]


def _deliver(message_id: int, server: MailServer, done: Delivered) -> None:
    message = _claim(message_id, done)
    if message is None:
        return
    try:
        server.send(message)
    except PermanentFailure as reason:
        done.failed += 1
        _settle(message_id, "mail.failed", State.FAILED, str(reason))
    except TransientFailure as reason:
        done.trouble = str(reason) if isinstance(reason, ServerUnavailable) else ""
        _defer(message, str(reason), done)
    else:
        done.sent += 1
        _settle(message_id, "mail.sent", State.SENT)


def _claim(message_id: int, done: Delivered) -> OutboxMessage | None:
    """Take a message up for this process; None when another has it, or when it must not go."""
    now = clock.real_now()
    with writing():
        found = OutboxMessage.select(OutboxMessage, User).join(User).where(OutboxMessage.id == message_id)
        message: OutboxMessage = found.get()
        if message.state != State.QUEUED or (message.next_try_at and message.next_try_at > now):
            return None
        if not message.to_user.is_active:
            done.dropped += 1
            _settle(message_id, "mail.dropped", State.DROPPED, "This person’s access has been taken away.")
            return None
        if message.attempts >= MAX_TRIES:
            done.failed += 1
            _settle(message_id, "mail.failed", State.FAILED, "Every try was broken off.")
            return None
        message.attempts += 1
        # The address of today: a wrong one may have been corrected since the message was queued.
        message.to_address = message.to_user.email
        message.next_try_at = now + CLAIM
        with change(SYSTEM) as tx:
            tx.update(message, "mail.tried")
    return message


def _defer(message: OutboxMessage, reason: str, done: Delivered) -> None:
    again_at = next_try(message.attempts, clock.real_now())
    if again_at is None:
        done.failed += 1
        _settle(message.id, "mail.failed", State.FAILED, reason)
    else:
        done.put_off += 1
        _settle(message.id, "mail.put-off", State.QUEUED, reason, again_at)


def _settle(
    message_id: int, event: str, state: State, reason: str = "", again_at: datetime | None = None
) -> None:
    """Write down what became of a message. A secret text is kept no longer than it is needed."""
    with writing():
        message = OutboxMessage.get_by_id(message_id)
        # Another process has settled it, after this one's claim had run out.
        if message.state != State.QUEUED:
            return
        message.state = state.value
        message.last_error = one_line(reason)[:500]
        message.next_try_at = again_at
        if state is State.SENT:
            message.sent_at = clock.now()
        if state is not State.QUEUED and message.is_secret:
            message.body = ""
        with change(SYSTEM) as tx:
            tx.update(message, event)
