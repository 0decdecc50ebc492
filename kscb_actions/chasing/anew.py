"""Digests written anew: before they go, without what has changed since; and after they were lost."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date, timedelta
from typing import Any

import peewee

from kscb_actions import clock
from kscb_actions.access.policy import SYSTEM, Permission, Viewer, require
from kscb_actions.assurance.voiding.mail import is_void_item
from kscb_actions.audit.models import AuditEvent
from kscb_actions.audit.service import Change, change
from kscb_actions.database import writing
from kscb_actions.mail.models import OutboxItem, OutboxMessage
from kscb_actions.mail.queries import is_about, list_lost_at_present_address, list_to_make_good
from kscb_actions.mail.renewal import Words
from kscb_actions.mail.rules import About
from kscb_actions.mail.service import queue
from kscb_actions.people.models import User

from .log.queries import reminded_of
from .log.rules import Named
from .log.service import name_of, note_reminders
from .models import TakenOut
from .providers import Part, Provider, registered
from .queries import list_active_people
from .rules import Digest
from .service import plan_of, waiting_of, written

# A letter that was lost longer ago than this has been overtaken by what happened since.
LETTERS_KEPT = timedelta(days=30)


@dataclass
class _Standing:
    """What waited at one moment, by what the log of reminders calls it.

    until  the newest event of the trail then
    """

    on: date
    until: int
    people: Sequence[Viewer] = field(default_factory=list_active_people)
    waiting: dict[str, dict[Named, Any]] = field(default_factory=dict)

    def read(self) -> "_Standing":
        """Read what waits."""
        for provider in registered():
            waiting = waiting_of(provider, self.on, self.people)
            self.waiting[provider.name] = {name_of(provider, each): each for each in waiting}
        return self

    def digests(
        self, person: User, messages: Sequence[OutboxMessage], base_url: str
    ) -> list[tuple[Provider[Any], Digest[Any]]]:
        """Return what these messages to a person reminded of and may still be reminded of, as it is today."""
        found = []
        told: dict[Named, list[OutboxMessage]] = {}
        for message in messages:
            for name in self.told_by(message):
                told.setdefault(name, []).append(message)
        for provider in registered():
            waiting = self.waiting[provider.name]
            chosen = [
                undone
                for name, telling in told.items()
                if name in waiting and (undone := _undone(waiting[name], telling))
            ]
            made = plan_of(provider, chosen, self.people, self.on, base_url) if chosen else None
            found += [(provider, each) for each in made.digests if each.to.id == person.id] if made else []
        return found

    def told_by(self, message: OutboxMessage) -> frozenset[Named]:
        """Return the things of which a message reminds; of one from before the log, of which it did first."""
        return reminded_of(message) or frozenset(
            name
            for found in self.waiting.values()
            for name, each in found.items()
            if any(one.message_id == message.id for one in each.chased)
        )


class Renewal:
    """Writes digests anew; what waits is read once for as long as nothing but mail happens."""

    def __init__(self) -> None:
        self._standing: _Standing | None = None

    def words(self, message: OutboxMessage, base_url: str) -> Words | None:
        """Return the words of a digest as they are true now; None where nothing is left to say.

        What it no longer tells of counts as not reminded of. In the transaction that claims the message.
        """
        standing = self._now()
        if message.digest_on > standing.on:  # A day that was asked for by name, before it has come.
            return Words(message.subject, message.body)
        digests = standing.digests(message.to_user, [message], base_url)
        fallen = _fallen(message, digests)
        left = {name_of(provider, item.waiting) for provider, digest in digests for item in digest.items}
        is_whole = not fallen and left == standing.told_by(message)
        if is_whole and clock.local_date(message.queued_at) == standing.on:
            return Words(message.subject, message.body)
        if fallen:
            with change(SYSTEM) as tx:
                for kind, row_id in fallen:
                    tx.add(TakenOut(message=message, kind=kind, chase_id=row_id), "chase.taken-out")
        parts = _enclosed([message])
        if not digests and not parts:
            return None
        told = written(message.to_user, digests, parts, standing.on, base_url)
        return Words(told.subject, told.body)

    def _now(self) -> _Standing:
        on, newest = clock.today(), _newest_event()
        known = self._standing
        if known is None or known.on != on or _has_happened_since(known.until):
            known = _Standing(on, newest).read()
        known.until = newest
        self._standing = known
        return known


def give_again(base_url: str) -> int:
    """Give again what was lost at addresses that work again; returns to how many people.

    Reminders of what still waits go in one digest a person, with what was enclosed; letters as they were.
    """
    # Almost always there is nothing, and then nobody is kept from saving.
    if not list_to_make_good():
        return 0
    with writing():
        lost: dict[int, list[OutboxMessage]] = {}
        for message in list_to_make_good():
            lost.setdefault(message.to_user_id, []).append(message)
        with change(SYSTEM) as tx:
            _make_good(tx, lost, base_url)
    return len(lost)


def works_again(viewer: Viewer, person: User, base_url: str) -> int:
    """Record that mail reaches a person again, and give them what was lost; returns how many messages.

    Raises Refused.
    """
    require(viewer, Permission.MANAGE_PEOPLE)
    with writing():
        lost = list_lost_at_present_address(person)
        if lost:
            with change(viewer) as tx:
                _make_good(tx, {lost[0].to_user_id: lost}, base_url)
    return len(lost)


def _make_good(tx: Change, lost: dict[int, list[OutboxMessage]], base_url: str) -> None:
    standing = _Standing(clock.today(), 0).read()
    for messages in lost.values():
        person = messages[0].to_user
        digests = [message for message in messages if message.digest_on is not None]
        if digests:
            _give_digest(tx, standing, person, digests, base_url)
        for message in _letters_to_repeat(messages):
            queue(tx, person, message.subject, message.body, _about(message))
        for message in messages:
            message.made_good_at = clock.now()
            tx.update(message, "mail.made-good")


def _give_digest(
    tx: Change, standing: _Standing, person: User, lost: Sequence[OutboxMessage], base_url: str
) -> None:
    digests, parts = standing.digests(person, lost, base_url), _enclosed(lost)
    if not digests and not parts:
        return
    told = written(person, digests, parts, standing.on, base_url)
    about = dict.fromkeys(each for provider, digest in digests for each in _abouts(provider, digest))
    for message in lost:
        # What is enclosed is told again as it was, so the message is about that too.
        about |= dict.fromkeys(_about(message) if message.enclosed else ())
    enclosed = "\n".join((parts[0].subject, parts[0].body)) if parts else ""
    message = queue(tx, person, told.subject, told.body, about, digest_on=standing.on, enclosed=enclosed)
    for provider, digest in digests:
        note_reminders(provider, digest, standing.on, message)
        for item in digest.items:
            provider.record(tx, item, standing.on, message)


def _letters_to_repeat(lost: Sequence[OutboxMessage]) -> list[OutboxMessage]:
    """Return the letters that can be sent as they were: not a link that works once, nothing void."""
    since = clock.now() - LETTERS_KEPT
    ids = [
        message.id
        for message in lost
        if message.digest_on is None and not message.is_secret and message.queued_at >= since
    ]
    query = OutboxMessage.select().where(OutboxMessage.id.in_(ids), ~is_about(is_void_item()))
    return list(query.order_by(OutboxMessage.id)) if ids else []


def _undone(waiting: Any, messages: Sequence[OutboxMessage]) -> Any | None:
    """Return a thing as if these messages had not been written; None where none of them reminded of it.

    Nor where its date has changed since, or a later message reminds of it.
    """
    days = {message.digest_on for message in messages}

    def is_of(one: Any) -> bool:
        return one.due_on == waiting.due_on and one.chased_on in days

    ours = [one for one in waiting.chased if is_of(one)]
    if not ours:
        return None
    last = max(one.chased_on for one in ours)
    later = (one for one in waiting.chased if one.due_on == waiting.due_on and one.chased_on > last)
    if any(not one.is_lost for one in later):
        return None
    chased = tuple(replace(one, is_lost=True) if is_of(one) else one for one in waiting.chased)
    return replace(waiting, chased=chased)


def _fallen(
    message: OutboxMessage, digests: Sequence[tuple[Provider[Any], Digest[Any]]]
) -> list[tuple[str, int]]:
    """Return (table, row) of each reminder recorded with a message that it holds no longer."""
    kept: dict[str, set[int]] = {}
    for provider, digest in digests:
        rows = {one.row_id for item in digest.items for one in item.waiting.chased}
        kept.setdefault(provider.name, set()).update(rows)
    found = []
    for provider in registered():
        model = provider.chases.model
        rows = model.select(model.id).where(model.message == message).order_by(model.id).tuples()
        own = kept.get(provider.name, ())
        found += [(model._meta.table_name, row_id) for (row_id,) in rows if row_id not in own]
    known = TakenOut.select(TakenOut.kind, TakenOut.chase_id).where(TakenOut.message == message)
    return [each for each in found if each not in set(known.tuples())]


def _about(message: OutboxMessage) -> frozenset[About]:
    columns = [getattr(OutboxItem, name) for name in asdict(About())]
    rows = OutboxItem.select(*columns).where(OutboxItem.message == message).tuples()
    return frozenset(About(*row) for row in rows)


def _abouts(provider: Provider[Any], digest: Digest[Any]) -> list[About]:
    return [about for item in digest.items for about in provider.about(item.waiting)]


def _enclosed(messages: Sequence[OutboxMessage]) -> list[Part]:
    """Return what messages to one person held beside reminders, as one part; nothing where they held none."""
    texts = [message.enclosed.partition("\n") for message in messages if message.enclosed]
    if not texts:
        return []
    subject = "; ".join(dict.fromkeys(subject for subject, _, _ in texts))
    return [Part(messages[0].to_user, subject, "\n\n".join(body for _, _, body in texts))]


def _newest_event() -> int:
    return int(AuditEvent.select(peewee.fn.COALESCE(peewee.fn.MAX(AuditEvent.id), 0)).scalar())


def _has_happened_since(event_id: int) -> bool:
    """Return whether anything but the delivery of mail was told since an event."""
    is_other = ~AuditEvent.event.startswith("mail.")
    return bool(AuditEvent.select().where(AuditEvent.id > event_id, is_other).exists())
