"""The one run of reminders: the digests of a day, queued once however often and by however many it is run."""

from dataclasses import dataclass
from datetime import date
from itertools import chain
from typing import Any

from kscb_actions import clock
from kscb_actions.access.policy import SYSTEM
from kscb_actions.audit.service import Change, change
from kscb_actions.database import reading, writing
from kscb_actions.mail.models import OutboxMessage
from kscb_actions.mail.service import queue
from kscb_actions.people.models import User
from kscb_actions.settings.queries import get_board

from .providers import Provider
from .queries import has_run, list_active_people, runs_ahead
from .rules import Item, Waiting, plan
from .working_days import why_not_working


@dataclass(frozen=True)
class Message:
    """A digest as it is sent."""

    to: str
    subject: str
    body: str
    items: tuple[Item[Any], ...]


@dataclass(frozen=True)
class ChaseRun:
    """What a run found.

    day_off  why nobody was chased that day ("a Saturday"); None on a working day
    without_recipient  what fell due and nobody at all may be told of
    """

    on: date
    messages: tuple[Message, ...] = ()
    without_recipient: tuple[Waiting, ...] = ()
    day_off: str | None = None


def chase(provider: Provider[Any], on: date, base_url: str, dry_run: bool = False) -> ChaseRun:
    """Queue a digest for everybody for whom something fell due by `on`, in one transaction.

    Nothing on a day that is not a working day, and nothing that went out before. With `dry_run` nothing
    is written. Reading and writing share one lock, so a second process finds the first one's rows.
    """
    day_off = why_not_working(on)
    if day_off:
        return ChaseRun(on, day_off=day_off)
    board = get_board()
    with reading() if dry_run else writing():
        offsets = board.thresholds.chase_offsets
        waiting = provider.list_waiting(on, min(offsets))
        ahead = runs_ahead(provider, max(on, clock.today()))
        planned = plan(waiting, provider.whom_to_ask, list_active_people(), on, offsets, ahead)
        messages = {
            digest.to.id: Message(
                to=digest.to.email,
                subject=provider.subject(digest, on),
                body=provider.body(digest, on, board.name, base_url),
                items=digest.items,
            )
            for digest in planned.digests
        }
        if not dry_run and (messages or not has_run(provider, on)):
            with change(SYSTEM) as tx:
                _queue_all(tx, provider, messages, on)
    return ChaseRun(on, tuple(messages.values()), planned.without_recipient)


def _queue_all(tx: Change, provider: Provider[Any], messages: dict[int | None, Message], on: date) -> None:
    first: dict[Waiting, tuple[Item[Any], OutboxMessage]] = {}
    for person_id, told in messages.items():
        to = User.get_by_id(person_id)
        about = chain.from_iterable(provider.about(each.waiting) for each in told.items)
        message = queue(tx, to, told.subject, told.body, about)
        for item in told.items:
            first.setdefault(item.waiting, (item, message))
    for item, message in first.values():
        provider.record(tx, item, on, message)
    tx.record(provider.event, provider.room, {"on": on})
