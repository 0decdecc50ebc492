"""What the check finds that a machine's clock left behind when it was ahead: one sentence a kind."""

from collections.abc import Iterator
from datetime import datetime

from kscb_actions import clock
from kscb_actions.ahead import furthest
from kscb_actions.audit.models import AuditEvent
from kscb_actions.chasing.providers import registered
from kscb_actions.chasing.queries import runs_ahead
from kscb_actions.jobs.leases import is_void
from kscb_actions.jobs.models import Lease
from kscb_actions.mail.models import OutboxMessage
from kscb_actions.mail.rules import State, is_due
from kscb_actions.people.models import PasswordLink, SignInAttempt, SignInSession
from kscb_actions.wording import plural


def set_ahead() -> Iterator[str]:
    """Yield a sentence for each kind of thing that was set by a clock that was ahead. Reads only."""
    now = clock.real_now()
    for lease in Lease.select().where(is_void(now)):
        yield f"The clock was ahead: the lease “{lease.name}” runs too long, and holds nobody."
    yield from _told(
        SignInAttempt.select().where(SignInAttempt.at > furthest(now)).count(),
        "wrong password is counted in the future: not held against anybody.",
        "wrong passwords are counted in the future: not held against anybody.",
    )
    is_later = (SignInSession.seen_at > furthest(now)) | (SignInSession.started_at > furthest(now))
    yield from _told(
        SignInSession.select().where(is_later).count(),
        "session was begun or seen in the future: it has ended.",
        "sessions were begun or seen in the future: they have ended.",
    )
    is_later = PasswordLink.used_at.is_null() & (PasswordLink.issued_at > furthest(now))
    yield from _told(
        PasswordLink.select().where(is_later).count(),
        "password link was issued in the future: it does not work. Send a new one from People.",
        "password links were issued in the future: they do not work. Send new ones from People.",
    )
    yield from _told(
        _messages_ahead(now),
        "message was to be tried again too far ahead: it is tried now.",
        "messages were to be tried again too far ahead: they are tried now.",
    )
    yield from _runs()
    yield from _told(
        AuditEvent.select().where(AuditEvent.at > furthest(clock.now())).count(),
        "entry of the trail bears a time in the future, as the clock said it then.",
        "entries of the trail bear a time in the future, as the clock said it then.",
    )


def _messages_ahead(now: datetime) -> int:
    columns = (OutboxMessage.next_try_at, OutboxMessage.attempts)
    waiting = OutboxMessage.select(*columns).where(
        OutboxMessage.state == State.QUEUED, OutboxMessage.next_try_at > now
    )
    return sum(is_due(again_at, attempts, now) for again_at, attempts in waiting.tuples())


def _runs() -> Iterator[str]:
    for provider in registered():
        yield from _told(
            sum(each.day > clock.today() for each in runs_ahead(provider, clock.today())),
            f"day of {provider.name} was done in the future: it is done again when it comes.",
            f"days of {provider.name} were done in the future: they are done again when they come.",
        )


def _told(count: int, one: str, many: str) -> Iterator[str]:
    if count:
        yield f"The clock was ahead: {plural(count, one, many)}"
