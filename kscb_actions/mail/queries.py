"""Reading the outbox, for those who may."""

from dataclasses import dataclass
from typing import Any

import peewee

from kscb_actions.access.policy import Permission, Reach, Viewer, reach
from kscb_actions.pages import Page, page_within
from kscb_actions.people.models import User

from .models import OutboxItem, OutboxMessage
from .rules import State

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
    page, pages, _ = page_within(page, total, PER_PAGE)
    query = OutboxMessage.select(OutboxMessage, User).join(User).where(visible)
    if state is not None:
        query = query.where(OutboxMessage.state == state)
    rows = list(query.order_by(OutboxMessage.id.desc()).paginate(page, PER_PAGE))
    return OutboxPage(rows, total, page, pages, counts)


def get_message(viewer: Viewer, visible: Any, message_id: int) -> OutboxMessage | None:
    """Return one message with its addressee, or None when it is hidden or does not exist."""
    if reach(viewer, Permission.READ_OUTBOX) is Reach.NONE:
        return None
    query = OutboxMessage.select(OutboxMessage, User).join(User)
    return query.where(OutboxMessage.id == message_id, visible).first()


def is_about(item: Any) -> Any:
    """Return the condition that something a message is about meets `item`, a condition on OutboxItem."""
    found = OutboxItem.select(peewee.SQL("1")).where(OutboxItem.message == OutboxMessage.id, item)
    return peewee.fn.EXISTS(found)


def _counts(visible: Any) -> dict[State, int]:
    counts = dict.fromkeys(State, 0)
    count = peewee.fn.COUNT(OutboxMessage.id)
    query = OutboxMessage.select(OutboxMessage.state, count).where(visible).group_by(OutboxMessage.state)
    for state, number in query.tuples():
        counts[State(state)] = number
    return counts
