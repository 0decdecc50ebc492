"""Digests of one person that wait together, as after days without a mail server: one goes with them all.

What is left of them to say is decided when it goes, as of every digest (`anew.py`). Their reminders stay
where they were recorded, and count as given or lost with the one that went.
"""

from collections.abc import Sequence
from itertools import chain
from typing import Any

from kscb_actions import clock
from kscb_actions.access.policy import SYSTEM
from kscb_actions.audit.service import Change, change
from kscb_actions.mail.models import OutboxItem, OutboxMessage
from kscb_actions.mail.queries import about_of
from kscb_actions.mail.rules import State
from kscb_actions.people.models import User
from kscb_actions.prepared import insert_all
from kscb_actions.wording import date_uk

from .log.models import Reminder
from .log.queries import was_taken_out
from .providers import Part
from .rules import EARLY_ENOUGH

COPIED = (
    Reminder.review,
    Reminder.action,
    Reminder.agency,
    Reminder.subject,
    Reminder.label,
    Reminder.stage,
    Reminder.due_on,
    Reminder.told,
)
# What tells one thing from another.
THING = ("review", "action", "agency", "subject", "label")


def gather(message: OutboxMessage) -> OutboxMessage:
    """Return the digest that goes in place of this one: the newest that waits, with the others taken in.

    One that a server may have already goes by itself: only under its own Message-ID is it known as a repeat.
    So does one for a day that has not come. What tells of child deaths is never put with what does not.
    In the transaction that claims the message.
    """
    waiting = _waiting_with(message) if message.digest_on else []
    if len(waiting) < 2 or message not in waiting:
        return message
    *earlier, newest = waiting
    before = list(OutboxMessage.select().where(OutboxMessage.taken_into.in_(earlier)))
    with change(SYSTEM) as tx:
        for each in (*before, *earlier):
            each.state, each.taken_into, each.next_try_at = State.TAKEN_IN.value, newest, None
            each.last_error = f"Taken into the digest of {date_uk(newest.digest_on)}."
            tx.update(each, "mail.taken-in")
        _hold(tx, newest, earlier)
    return newest


def is_by_name(message: OutboxMessage) -> bool:
    """Return whether a digest is of a day that was asked for by name before it came."""
    return bool(message.digest_on > clock.local_date(message.queued_at))


def waits_for_its_day(message: OutboxMessage) -> bool:
    """Return whether a digest is of one of the next days, as where the clock is behind by a day for an hour.

    One of a day further ahead was written by a clock that was ahead, and nobody waits for that day.
    """
    if message.digest_on is None or is_by_name(message):
        return False
    today = clock.today()
    return bool(today < message.digest_on <= today + EARLY_ENOUGH)


def enclosed_in(messages: Sequence[OutboxMessage]) -> list[Part]:
    """Return what messages to one person held beside reminders, as one part; nothing where they held none."""
    texts = [message.enclosed.partition("\n") for message in messages if message.enclosed]
    if not texts:
        return []
    subject = "; ".join(dict.fromkeys(subject for subject, _, _ in texts))
    return [Part(messages[0].to_user, subject, "\n\n".join(body for _, _, body in texts))]


def as_enclosed(parts: Sequence[Part]) -> str:
    """Return such a part as the row of a message keeps it; "" for none."""
    return "\n".join((parts[0].subject, parts[0].body)) if parts else ""


def _waiting_with(message: OutboxMessage) -> list[OutboxMessage]:
    """Return the digests that wait for the same person and can go as one, oldest first."""
    query = OutboxMessage.select(OutboxMessage, User).join(User)
    found = query.where(
        OutboxMessage.state == State.QUEUED,
        OutboxMessage.to_user == message.to_user,
        OutboxMessage.about == message.about,
        OutboxMessage.digest_on.is_null(False),
        OutboxMessage.may_have_gone == False,  # noqa: E712
    )
    # As they were written: the days are those of clocks, which may have been wrong.
    ordered = found.order_by(OutboxMessage.id)
    return [each for each in ordered if not (is_by_name(each) or waits_for_its_day(each))]


def _hold(tx: Change, newest: OutboxMessage, earlier: Sequence[OutboxMessage]) -> None:
    """Let a digest be about what earlier ones were, hold what they enclosed, and remind of what they did."""
    known = set(about_of(newest))
    more = [each for each in dict.fromkeys(chain.from_iterable(map(about_of, earlier))) if each not in known]
    tx.add_all([OutboxItem(message=newest, **vars(each)) for each in more], "mail.item-named")
    newest.enclosed = as_enclosed(enclosed_in([*earlier, newest]))
    tx.update(newest, "mail.took-in")
    noted = {_thing(row): row for row in _noted(Reminder.message.in_(earlier), ~was_taken_out())}
    for row in _noted(Reminder.message == newest):
        noted.pop(_thing(row), None)
    added = {"message": newest.id, "chased_on": newest.digest_on}
    insert_all(Reminder, [{**row, **added} for row in noted.values()])


def _noted(*conditions: Any) -> Any:
    return Reminder.select(*COPIED).where(*conditions).order_by(Reminder.id).dicts()


def _thing(row: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(row[name] for name in THING)
