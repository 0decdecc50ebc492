"""Reading the outbox, for those who may."""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from typing import Any

import peewee

from kscb_actions.access.policy import Permission, Reach, Viewer, reach
from kscb_actions.pages import Page, page_within
from kscb_actions.people.models import User

from .models import OutboxItem, OutboxMessage
from .rules import LOST, About, State

PER_PAGE = 25


@dataclass(frozen=True)
class OutboxPage(Page[OutboxMessage]):
    """One page of the outbox, newest first, and how many messages there are of each state."""

    counts: dict[State, int]


def list_messages(viewer: Viewer, visible: Any, state: State | None = None, page: int = 1) -> OutboxPage:
    """Return one page of the outbox, of one state or all. Two queries.

    `visible` is the condition on OutboxMessage that keeps what this person may know of.
    """
    if reach(viewer, Permission.READ_OUTBOX) is Reach.NONE:
        return OutboxPage([], 0, 1, 1, dict.fromkeys(State, 0))
    counts = _counts(visible)
    total = sum(counts.values()) if state is None else counts[state]
    page, pages, start, count = page_within(page, total, PER_PAGE)
    query = OutboxMessage.select(OutboxMessage, User).join(User).where(visible)
    if state is not None:
        query = query.where(OutboxMessage.state == state)
    rows = list(query.order_by(OutboxMessage.id.desc()).limit(count).offset(start))
    return OutboxPage(rows, total, page, pages, counts)


def get_message(viewer: Viewer, visible: Any, message_id: int) -> OutboxMessage | None:
    """Return one message with its addressee, or None when it is hidden or does not exist."""
    if reach(viewer, Permission.READ_OUTBOX) is Reach.NONE:
        return None
    query = OutboxMessage.select(OutboxMessage, User).join(User)
    return query.where(OutboxMessage.id == message_id, visible).first()


def last_trouble(visible: Any) -> str:
    """Return what went wrong when a message that waits was last tried; "" where nothing did."""
    waits = (OutboxMessage.state == State.QUEUED) & (OutboxMessage.last_error != "")
    newest = OutboxMessage.select(OutboxMessage.last_error).where(waits, visible)
    return str(newest.order_by(OutboxMessage.next_try_at.desc()).limit(1).scalar() or "")


def count_lost(visible: Any) -> int:
    """Return how many messages were lost and have not been made good."""
    waits = OutboxMessage.state.in_(LOST) & OutboxMessage.made_good_at.is_null()
    return int(OutboxMessage.select().where(waits, visible).count())


def is_about(item: Any) -> Any:
    """Return the condition that something a message is about meets `item`, a condition on OutboxItem."""
    found = OutboxItem.select(peewee.SQL("1")).where(OutboxItem.message == OutboxMessage.id, item)
    return peewee.fn.EXISTS(found)


def about_of(message: OutboxMessage) -> list[About]:
    """Return what a message is about, as it was queued."""
    columns = [getattr(OutboxItem, name) for name in asdict(About())]
    rows = OutboxItem.select(*columns).where(OutboxItem.message == message).order_by(OutboxItem.id)
    return [About(*row) for row in rows.tuples()]


def taken_in_by(messages: Collection[OutboxMessage]) -> list[OutboxMessage]:
    """Return the earlier digests that these hold and went in place of."""
    return list(OutboxMessage.select().where(OutboxMessage.taken_into.in_(list(messages))))


def address_troubles() -> dict[int, OutboxMessage]:
    """Return {person: the newest message that did not reach the address they have still}, of active people.

    Not one that was made good, or after which a server has taken another message to that address; unless it
    is known that it did not arrive. One query.
    """
    rows = _lost().where(OutboxMessage.to_address == User.email, ~_reached_since())
    return {row.to_user_id: row for row in rows.order_by(OutboxMessage.id)}


def list_to_make_good() -> list[OutboxMessage]:
    """Return the messages that were lost at an address that works again, or is another now, oldest first."""
    is_repaired = (OutboxMessage.to_address != User.email) | _reached_since()
    return list(_lost().where(is_repaired).order_by(OutboxMessage.id))


def list_lost_at_present_address(person: User) -> list[OutboxMessage]:
    """Return the messages that were lost at the address a person has, and not made good, oldest first."""
    mine = (OutboxMessage.to_user == person) & (OutboxMessage.to_address == User.email)
    return list(_lost().where(mine).order_by(OutboxMessage.id))


def _lost() -> Any:
    return (
        OutboxMessage.select(OutboxMessage, User)
        .join(User)
        .where(OutboxMessage.state.in_(LOST), OutboxMessage.made_good_at.is_null(), User.is_active)
    )


def _reached_since() -> Any:
    """Return the condition that a later message was taken for the same person at the same address."""
    later = OutboxMessage.alias()
    taken = later.select(peewee.SQL("1")).where(
        later.to_user == OutboxMessage.to_user,
        later.to_address == OutboxMessage.to_address,
        later.id > OutboxMessage.id,
        later.state == State.SENT,
    )
    return (OutboxMessage.state == State.FAILED) & peewee.fn.EXISTS(taken)


def _counts(visible: Any) -> dict[State, int]:
    counts = dict.fromkeys(State, 0)
    count = peewee.fn.COUNT(OutboxMessage.id)
    query = OutboxMessage.select(OutboxMessage.state, count).where(visible).group_by(OutboxMessage.state)
    for state, number in query.tuples():
        counts[State(state)] = number
    return counts
