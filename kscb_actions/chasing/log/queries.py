"""Reading the log of reminders, for those who may."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import peewee

from kscb_actions.access.policy import Permission, Reach, Viewer, reach
from kscb_actions.actions.acknowledging.models import Acknowledgement
from kscb_actions.actions.models import Action
from kscb_actions.chasing.actions.models import Chase
from kscb_actions.chasing.models import TakenOut
from kscb_actions.mail.again import can_be_sent_again
from kscb_actions.mail.models import OutboxMessage
from kscb_actions.mail.rules import LOST
from kscb_actions.pages import Page, page_within
from kscb_actions.people.models import Agency, User
from kscb_actions.reviews.models import Review

from .models import Reminder

PER_PAGE = 25
# What the table of reminders taken out of messages calls the rows of this log.
NOTED = Reminder._meta.table_name


@dataclass(frozen=True)
class LogFilter:
    """What the log is narrowed to; an empty value narrows nothing."""

    state: str = ""
    agency: str = ""
    review: str = ""

    def condition(self) -> Any:
        """Return it as a condition on Reminder with its message, agency and review."""
        found = peewee.SQL("1 = 1")
        for column, value in (
            (OutboxMessage.state, self.state),
            (Agency.code, self.agency),
            (Review.reference, self.review),
        ):
            if value:
                found = found & (column == value)
        return found


@dataclass(frozen=True)
class LogPage(Page[Reminder]):
    """One page of the log: those that failed first, then the newest.

    again         the messages of this page that this person may send again
    again_in_all  how many there are in all, of what the log is narrowed to
    acknowledged  {reminder: by when what it reminded of is to be done, as its agency has said since}
    """

    again: frozenset[int]
    again_in_all: int
    acknowledged: Mapping[int, date]


def list_reminders(
    viewer: Viewer, visible: Any, visible_message: Any, narrow: LogFilter, page: int = 1
) -> LogPage:
    """Return one page of the log. Four queries.

    visible          the condition on Reminder that keeps what this person may know of
    visible_message  the condition on OutboxMessage that keeps the messages this person may read
    """
    if reach(viewer, Permission.READ_OUTBOX) is Reach.NONE:
        return LogPage([], 0, 1, 1, frozenset(), 0, {})
    condition = visible & narrow.condition()
    found = _joined().where(condition)
    total = found.count()
    page, pages, _ = page_within(page, total, PER_PAGE)
    is_failed = peewee.Case(None, [(OutboxMessage.state.in_(LOST), 0)], 1)
    rows = list(found.order_by(is_failed, Reminder.id.desc()).paginate(page, PER_PAGE))
    again = _to_send_again(condition, visible_message)
    return LogPage(rows, total, page, pages, again, len(again), _acknowledged(rows))


def was_taken_out() -> Any:
    """Return the condition on Reminder that it was taken out of its message before that went."""
    noted = TakenOut.select(peewee.SQL("1")).where(TakenOut.kind == NOTED, TakenOut.chase_id == Reminder.id)
    given = (
        TakenOut.select(peewee.SQL("1"))
        .join(Chase, on=(TakenOut.chase_id == Chase.id))
        .where(
            TakenOut.kind == Chase._meta.table_name,
            TakenOut.message == Reminder.message,
            Chase.action == Reminder.action,
            Chase.subject == Reminder.subject,
        )
    )
    return peewee.fn.EXISTS(noted) | peewee.fn.EXISTS(given)


def taken_out_flag() -> Any:
    """Return the same as a column, `is_taken_out`: 1 or 0."""
    return peewee.Case(None, [(was_taken_out(), 1)], 0).alias("is_taken_out")


def to_send_again(viewer: Viewer, visible: Any, visible_message: Any, narrow: LogFilter) -> Any:
    """Return the condition on OutboxMessage that the log, so narrowed, has it to be sent again."""
    if reach(viewer, Permission.READ_OUTBOX) is Reach.NONE:
        return peewee.SQL("1 = 0")
    return OutboxMessage.id.in_(_to_send_again(visible & narrow.condition(), visible_message))


def _to_send_again(condition: Any, visible_message: Any) -> frozenset[int]:
    meant = _joined(Reminder.message).where(condition, can_be_sent_again(), visible_message)
    return frozenset(row_id for (row_id,) in meant.distinct().tuples())


def _joined(*columns: Any) -> Any:
    outer = peewee.JOIN.LEFT_OUTER
    return (
        Reminder.select(*columns or (Reminder, taken_out_flag(), OutboxMessage, User, Agency, Review, Action))
        .join_from(Reminder, OutboxMessage)
        .join_from(OutboxMessage, User)
        .join_from(Reminder, Agency, outer)
        .join_from(Reminder, Review, outer)
        .join_from(Reminder, Action, outer)
    )


def _acknowledged(rows: Iterable[Reminder]) -> dict[int, date]:
    """Return {reminder: the day} of those that were acknowledged after they were written."""
    actions = {row.action_id for row in rows if row.action_id}
    if not actions:
        return {}
    said: dict[tuple[int, date], Acknowledgement] = {}
    for each in (
        Acknowledgement.select().where(Acknowledgement.action.in_(actions)).order_by(Acknowledgement.id)
    ):
        said[each.action_id, each.due_on] = each
    found = {}
    for row in rows:
        last = said.get((row.action_id, row.due_on))
        if last and not last.is_taken_back and last.said_at >= row.message.queued_at:
            found[row.id] = last.until_on
    return found
