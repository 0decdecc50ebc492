"""Digests written anew: before they go, without what has changed since; and after they were lost."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property
from typing import Any

import peewee

from kscb_actions import clock
from kscb_actions.access.policy import SYSTEM, Permission, Viewer, require
from kscb_actions.assurance.voiding.mail import is_void_item
from kscb_actions.audit.models import AuditEvent
from kscb_actions.audit.service import Change, change
from kscb_actions.database import writing
from kscb_actions.mail.models import OutboxMessage
from kscb_actions.mail.queries import (
    about_of,
    is_about,
    list_lost_at_present_address,
    list_to_make_good,
    taken_in_by,
)
from kscb_actions.mail.renewal import Words
from kscb_actions.mail.rules import About
from kscb_actions.mail.service import queue
from kscb_actions.people.models import User

from .deciding import Deciding
from .gathering import as_enclosed, enclosed_in, gather, is_by_name, waits_for_its_day
from .lived.queries import is_clock_behind
from .log.models import Reminder
from .log.queries import NOTED, reminded_of, was_taken_out
from .log.rules import Named
from .log.service import name_of, note_reminders
from .models import TakenOut
from .providers import Provider, in_use, registered
from .queries import list_active_people
from .rules import Digest
from .service import written

# A letter that was lost longer ago than this has been overtaken by what happened since.
LETTERS_KEPT = timedelta(days=30)
TAKEN_OUT = "chase.taken-out"


@dataclass
class _Standing:
    """What waited at one moment, by what the log of reminders calls it.

    until  the newest event of the trail then
    """

    on: date
    until: int
    people: Sequence[Viewer] = field(default_factory=list_active_people)
    deciding: dict[str, Deciding] = field(default_factory=dict)
    waiting: dict[str, dict[Named, Any]] = field(default_factory=dict)

    def read(self) -> "_Standing":
        """Read what waits."""
        for provider in in_use():
            by = self.deciding[provider.name] = Deciding(provider, self.on, self.people)
            waiting = by.list_waiting()
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
        for provider in in_use():
            waiting = self.waiting[provider.name]
            chosen = [
                undone
                for name, telling in told.items()
                if name in waiting and (undone := _undone(waiting[name], telling))
            ]
            made = self.deciding[provider.name].plan(chosen, base_url) if chosen else None
            found += [(provider, each) for each in made.digests if each.to.id == person.id] if made else []
        return found

    def told_by(self, message: OutboxMessage) -> frozenset[Named]:
        """Return the things of which a message reminds; of one from before the log, of which it did first."""
        noted = reminded_of(message)
        if noted is not None:
            return noted
        return frozenset(
            name
            for found in self.waiting.values()
            for name, each in found.items()
            if any(one.message_id == message.id for one in each.chased)
        )


class Renewal:
    """Writes digests anew; what waits is read once for as long as nothing but mail happens."""

    def __init__(self) -> None:
        self._standing: _Standing | None = None

    def waits(self, message: OutboxMessage) -> bool:
        """Return whether a digest waits for its day, or for the clock to be put right.

        What is true today nobody can say by a clock that is behind.
        """
        return message.digest_on is not None and (self._is_behind or waits_for_its_day(message))

    @cached_property
    def _is_behind(self) -> bool:
        return is_clock_behind(clock.today())

    def gathered(self, message: OutboxMessage) -> OutboxMessage:
        """Return the digest that goes in place of this one, which the others that wait were taken into."""
        return gather(message)

    def words(self, message: OutboxMessage, base_url: str) -> Words | None:
        """Return the words of a digest as they are true now; None where nothing is left to say.

        What it no longer tells of counts as not reminded of. In the transaction that claims the message.
        """
        standing = self._now()
        if is_by_name(message):
            return Words(message.subject, message.body)
        held = [message, *taken_in_by([message])]
        digests = standing.digests(message.to_user, held, base_url)
        left = {name_of(provider, item.waiting) for provider, digest in digests for item in digest.items}
        fallen = [*_given_and_not_in(held, digests), *_noted_and_not_in(message, left)]
        is_whole = not fallen and left == standing.told_by(message) and len(held) == 1
        if is_whole and clock.local_date(message.queued_at) == standing.on:
            return Words(message.subject, message.body)
        if fallen:
            with change(SYSTEM) as tx:
                for kind, row_id in fallen:
                    tx.add(TakenOut(message=message, kind=kind, chase_id=row_id), TAKEN_OUT)
        parts = enclosed_in([message])
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


@dataclass(frozen=True)
class GivenAgain:
    """The reminders that one person is given again."""

    to: User
    digests: Sequence[tuple[Provider[Any], Digest[Any]]]


def to_give_again() -> list[GivenAgain]:
    """Return the reminders that `give_again` would send now. Beside one query nothing, where nothing is."""
    lost = _by_person(list_to_make_good())
    if not lost:
        return []
    standing, found = _Standing(clock.today(), 0).read(), []
    for messages in lost.values():
        person = messages[0].to_user
        reminding = _reminding(messages)
        digests = standing.digests(person, [*reminding, *taken_in_by(reminding)], "")
        found += [GivenAgain(person, digests)] if digests else []
    return found


def _by_person(messages: Iterable[OutboxMessage]) -> dict[int, list[OutboxMessage]]:
    found: dict[int, list[OutboxMessage]] = {}
    for message in messages:
        found.setdefault(message.to_user_id, []).append(message)
    return found


def give_again(base_url: str) -> int:
    """Give again what was lost at addresses that work again; returns to how many people.

    Reminders of what still waits go in one digest a person, with what was enclosed; letters as they were.
    """
    # Almost always there is nothing, and then nobody is kept from saving.
    if not list_to_make_good():
        return 0
    with writing():
        lost = _by_person(list_to_make_good())
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
        reminding = _reminding(messages)
        if reminding:
            _give_digest(tx, standing, person, reminding, base_url)
        for message in _letters_to_repeat([each for each in messages if each not in reminding]):
            queue(tx, person, message.subject, message.body, _about(message))
        for message in messages:
            message.made_good_at = clock.now()
            tx.update(message, "mail.made-good")


def _give_digest(
    tx: Change, standing: _Standing, person: User, lost: Sequence[OutboxMessage], base_url: str
) -> None:
    held = [*lost, *taken_in_by(lost)]
    digests, parts = standing.digests(person, held, base_url), enclosed_in(lost)
    if not digests and not parts:
        return
    told = written(person, digests, parts, standing.on, base_url)
    about = dict.fromkeys(each for provider, digest in digests for each in _abouts(provider, digest))
    for message in lost:
        # What is enclosed is told again as it was, so the message is about that too.
        about |= dict.fromkeys(_about(message) if message.enclosed else ())
    enclosed = as_enclosed(parts)
    message = queue(tx, person, told.subject, told.body, about, digest_on=standing.on, enclosed=enclosed)
    for provider, digest in digests:
        given = [(item, message) for item in digest.items]
        note_reminders(provider, given, standing.on)
        provider.record(tx, given, standing.on)


def _reminding(messages: Sequence[OutboxMessage]) -> list[OutboxMessage]:
    """Return those that remind of things: the digests, and what somebody was reminded of between two."""
    noted = Reminder.select(Reminder.message).where(Reminder.message.in_(list(messages))).distinct()
    ids = {row_id for (row_id,) in noted.tuples()}
    return [each for each in messages if each.digest_on is not None or each.id in ids]


def _letters_to_repeat(lost: Sequence[OutboxMessage]) -> list[OutboxMessage]:
    """Return the letters that can be sent as they were: not a link that works once, nothing void."""
    since = clock.now() - LETTERS_KEPT
    ids = [message.id for message in lost if not message.is_secret and message.queued_at >= since]
    query = OutboxMessage.select().where(OutboxMessage.id.in_(ids), ~is_about(is_void_item()))
    return list(query.order_by(OutboxMessage.id)) if ids else []


def _undone(waiting: Any, messages: Sequence[OutboxMessage]) -> Any | None:
    """Return a thing as if these messages had not been written; None where none of them reminded of it.

    Nor where its date has changed since, or a later message reminds of it.
    """
    days = {message.digest_on or clock.local_date(message.queued_at) for message in messages}

    def is_of(one: Any) -> bool:
        return one.due_on == waiting.due_on and one.chased_on in days

    ours = [one for one in waiting.chased if is_of(one)]
    if not ours:
        return None
    # By the order in which they were recorded: the days are those of clocks, which may have been wrong.
    last = max(one.row_id for one in ours)
    later = (one for one in waiting.chased if one.due_on == waiting.due_on and one.row_id > last)
    if any(not one.is_lost for one in later):
        return None
    chased = tuple(replace(one, is_lost=True) if is_of(one) else one for one in waiting.chased)
    return replace(waiting, chased=chased)


def _given_and_not_in(
    messages: Sequence[OutboxMessage], digests: Sequence[tuple[Provider[Any], Digest[Any]]]
) -> list[tuple[str, int]]:
    """Return (table, row) of each reminder given by these messages that they hold no longer."""
    kept: dict[str, set[int]] = {}
    for provider, digest in digests:
        rows = {one.row_id for item in digest.items for one in item.waiting.chased}
        kept.setdefault(provider.name, set()).update(rows)
    found = []
    for provider in registered():
        model = provider.chases.model
        rows = model.select(model.id).where(model.message.in_(messages)).order_by(model.id).tuples()
        own = kept.get(provider.name, ())
        found += [(model._meta.table_name, row_id) for (row_id,) in rows if row_id not in own]
    known = TakenOut.select(TakenOut.kind, TakenOut.chase_id).where(TakenOut.message.in_(messages))
    return [each for each in found if each not in set(known.tuples())]


def _noted_and_not_in(message: OutboxMessage, left: Collection[Named]) -> list[tuple[str, int]]:
    """Return (table, row) of each thing of which a message was to remind its addressee and does no longer."""
    columns = (Reminder.id, Reminder.subject, Reminder.label, Reminder.agency)
    rows = Reminder.select(*columns).where(Reminder.message == message, ~was_taken_out())
    noted = rows.order_by(Reminder.id).tuples()
    return [(NOTED, row_id) for row_id, *name in noted if tuple(name) not in left]


def _about(message: OutboxMessage) -> frozenset[About]:
    return frozenset(about_of(message))


def _abouts(provider: Provider[Any], digest: Digest[Any]) -> list[About]:
    return [about for item in digest.items for about in provider.about(item.waiting)]


def _newest_event() -> int:
    return int(AuditEvent.select(peewee.fn.COALESCE(peewee.fn.MAX(AuditEvent.id), 0)).scalar())


def _has_happened_since(event_id: int) -> bool:
    """Return whether anything but the delivery of mail, and what that takes out, was told since an event."""
    is_other = ~AuditEvent.event.startswith("mail.") & (AuditEvent.event != TAKEN_OUT)
    return bool(AuditEvent.select().where(AuditEvent.id > event_id, is_other).exists())
