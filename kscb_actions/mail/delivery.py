"""Delivery from the outbox: nothing lost, nothing sent to somebody disabled, one connection a run.

A message is claimed before it is sent and settled afterwards, each in a change of its own. Two processes
cannot claim the same message. A crash between the server's answer and the settling repeats the message
when the claim has run out, under the same Message-ID.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from kscb_actions import clock
from kscb_actions.access.policy import SYSTEM
from kscb_actions.audit.service import change
from kscb_actions.config import Settings
from kscb_actions.database import writing
from kscb_actions.people.models import User
from kscb_actions.settings.queries import get_board
from kscb_actions.terms import say
from kscb_actions.text import clean_text, one_line

from .models import OutboxMessage
from .queries import taken_in_by
from .renewal import Renewer, begin_renewal, why_withheld
from .rules import CLAIM, MAX_TRIES, State, is_due, next_try
from .smtp import MailServer, PermanentFailure, ServerUnavailable, TransientFailure

BATCH = 200
NOTHING_LEFT = "What it reminded of has changed since it was written, so nothing was left to say."

log = logging.getLogger(__name__)


@dataclass
class Delivered:
    """How many messages a run sent, put off, gave up or withheld; `trouble` ended the run early.

    left  how many it has not come to, because it was broken off
    """

    sent: int = 0
    put_off: int = 0
    failed: int = 0
    dropped: int = 0
    trouble: str = ""
    left: int = 0

    def __str__(self) -> str:
        counts = f"{self.sent} sent, {self.put_off} put off, {self.failed} failed, {self.dropped} withheld"
        counts += f", {self.left} left" if self.left else ""
        return f"{counts}. {self.trouble}" if self.trouble else counts


@dataclass(frozen=True)
class Watch:
    """Who looks on while messages are sent.

    told      is told after each message how many have been tried, and of how many
    is_ended  says, before each message, whether the run is to end there
    """

    told: Callable[[int, int], object] = lambda tried, all: None
    is_ended: Callable[[], bool] = lambda: False


def deliver_due(settings: Settings, watch: Watch = Watch(), most: int | None = BATCH) -> Delivered:
    """Try every message whose time has come, oldest first. Does nothing where no mail server is set.

    most  so many at once, of which the jobs come back for the rest; None for all
    """
    done = Delivered()
    if settings.mail is None:
        return done
    board = get_board()
    server = MailServer(settings, board.reply_to)
    run = _Run(server, begin_renewal(), settings.base_url, board.has_child_deaths, done)
    due = _due(clock.real_now(), most)
    try:
        for number, message_id in enumerate(due):
            if watch.is_ended():
                done.left = len(due) - number
                break
            _deliver(message_id, run)
            watch.told(number + 1, len(due))
            if done.trouble:
                break
    finally:
        run.server.close()
    return done


@dataclass(frozen=True)
class _Run:
    """What the messages of one run share."""

    server: MailServer
    renewer: Renewer
    base_url: str
    has_child_deaths: bool
    done: Delivered


def _due(now: datetime, most: int | None) -> list[int]:
    columns = (OutboxMessage.id, OutboxMessage.next_try_at, OutboxMessage.attempts)
    waiting = OutboxMessage.select(*columns).where(OutboxMessage.state == State.QUEUED)
    rows = waiting.order_by(OutboxMessage.attempts, OutboxMessage.id).tuples().iterator()
    due = (row_id for row_id, next_try_at, attempts in rows if is_due(next_try_at, attempts, now))
    return list(islice(due, most))


def _deliver(message_id: int, run: _Run) -> None:
    claimed, done = _claim(message_id, run), run.done
    if claimed is None:
        return
    message, had_perhaps_gone = claimed
    try:
        run.server.send(message)
    except PermanentFailure as reason:
        done.failed += 1
        _settle(message.id, "mail.failed", State.FAILED, str(reason))
    except TransientFailure as reason:
        done.trouble = str(reason) if isinstance(reason, ServerUnavailable) else ""
        _defer(message, str(reason), done, had_perhaps_gone or reason.may_have_gone)
    except Exception as reason:
        # Nothing known: this message waits and is given up in the end, and the others go on.
        log.error("message %d could not be sent: %s", message.id, type(reason).__name__)
        run.server.close()
        _defer(message, f"This message could not be sent ({type(reason).__name__}).", done, True)
    else:
        done.sent += 1
        _settle(message.id, "mail.sent", State.SENT)


def _claim(message_id: int, run: _Run) -> tuple[OutboxMessage, bool] | None:
    """Take a message up for this process, or the digest that goes in its place.

    Returns it, and whether a server may have had it before; None when another process has it, or when it
    must not go.
    """
    now, done = clock.real_now(), run.done
    with writing():
        found = OutboxMessage.select(OutboxMessage, User).join(User).where(OutboxMessage.id == message_id)
        message: OutboxMessage = found.get()
        if message.state != State.QUEUED or not is_due(message.next_try_at, message.attempts, now):
            return None
        if not message.to_user.is_active:
            done.dropped += 1
            _settle(message_id, "mail.dropped", State.DROPPED, "This person’s access has been taken away.")
            return None
        if message.about and not run.has_child_deaths:
            done.dropped += 1
            _settle(
                message_id, "mail.dropped", State.DROPPED, say("The board has switched off what it is about.")
            )
            return None
        if reason := why_withheld(message):
            done.dropped += 1
            _settle(message_id, "mail.dropped", State.DROPPED, reason)
            return None
        if run.renewer.waits(message):
            return None
        message = run.renewer.gathered(message)
        if message.attempts >= MAX_TRIES:
            done.failed += 1
            _settle(message.id, "mail.failed", State.FAILED, "Every try was broken off.")
            return None
        if not _renew(message, run):
            done.dropped += 1
            _settle(message.id, "mail.dropped", State.DROPPED, NOTHING_LEFT)
            return None
        had_perhaps_gone, message.may_have_gone = message.may_have_gone, True
        message.attempts += 1
        # The address of today: a wrong one may have been corrected since the message was queued.
        message.to_address = message.to_user.email
        message.next_try_at = now + CLAIM
        with change(SYSTEM) as tx:
            tx.update(message, "mail.tried")
    return message, had_perhaps_gone


def _renew(message: OutboxMessage, run: _Run) -> bool:
    """Take out of a digest what has changed since it was written; returns whether anything is left to say."""
    if message.digest_on is None:
        return True
    words = run.renewer.words(message, run.base_url)
    if words is None:
        return False
    if (words.subject, words.body) != (message.subject, message.body):
        message.subject, message.body = one_line(words.subject)[:200], clean_text(words.body)
        with change(SYSTEM) as tx:
            tx.update(message, "mail.made-anew")
    return True


def _defer(message: OutboxMessage, reason: str, done: Delivered, may_have_gone: bool) -> None:
    again_at = next_try(message.attempts, clock.real_now(), _longest_wait(message))
    if again_at is None:
        done.failed += 1
        _settle(message.id, "mail.failed", State.FAILED, reason)
    else:
        done.put_off += 1
        _settle(message.id, "mail.put-off", State.QUEUED, reason, again_at, may_have_gone)


def _longest_wait(message: OutboxMessage) -> timedelta:
    """Return how long the oldest digest waits that was taken into a message; zero where none was."""
    waits = [clock.now() - each.queued_at for each in taken_in_by([message])]
    return max(waits, default=timedelta())


def _settle(
    message_id: int,
    event: str,
    state: State,
    reason: str = "",
    again_at: datetime | None = None,
    may_have_gone: bool = True,
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
        message.may_have_gone = message.may_have_gone and may_have_gone
        if state is State.SENT:
            message.sent_at = clock.now()
        if state is not State.QUEUED and message.is_secret:
            message.body = ""
        with change(SYSTEM) as tx:
            tx.update(message, event)
