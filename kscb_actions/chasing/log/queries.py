"""Reading the log of reminders, for those who may."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import peewee

from kscb_actions.access.policy import Permission, Reach, Viewer, reach
from kscb_actions.actions.acknowledging.models import Acknowledgement
from kscb_actions.actions.models import Action
from kscb_actions.actions.moves import MoveColumns
from kscb_actions.assurance.acknowledging.models import AnswerAcknowledgement
from kscb_actions.assurance.challenges.models import Challenge
from kscb_actions.assurance.challenges.queries import void_challenges
from kscb_actions.chasing.actions.models import Chase
from kscb_actions.chasing.actions.rules import ACTIONS
from kscb_actions.chasing.answers.rules import ANSWERS, label_of
from kscb_actions.chasing.challenges.rules import CHALLENGES
from kscb_actions.chasing.models import TakenOut
from kscb_actions.chasing.rules import Told
from kscb_actions.database import day_number, greatest
from kscb_actions.mail.again import can_be_sent_again
from kscb_actions.mail.models import OutboxMessage
from kscb_actions.mail.rules import LOST, State
from kscb_actions.pages import Page, page_within
from kscb_actions.people.models import Agency, User
from kscb_actions.reviews.models import AgencyResponse, Recommendation, Review

from .models import Reminder
from .rules import WORTH_TELLING, Named

PER_PAGE = 25
# What the table of reminders taken out of messages calls the rows of this log.
NOTED = Reminder._meta.table_name
# The ladders of what is acknowledged by who is to answer it.
OF_ANSWERS = (CHALLENGES.code, ANSWERS.code)


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
    page, pages, start, count = page_within(page, total, PER_PAGE)
    is_failed = peewee.Case(None, [(OutboxMessage.state.in_(LOST), 0)], 1)
    rows = list(found.order_by(is_failed, Reminder.id.desc()).limit(count).offset(start))
    again = _to_send_again(condition, visible_message)
    return LogPage(rows, total, page, pages, again, len(again), _acknowledged(rows))


def is_of_void_challenge() -> Any:
    """Return the condition on Reminder that it is of a challenge that was recorded in error."""
    called = peewee.Value("C").concat(Challenge.id.cast("TEXT"))
    return (Reminder.subject == CHALLENGES.code) & Reminder.label.in_(
        Challenge.select(called).where(Challenge.id.in_(void_challenges()))
    )


def reminded_of(message: OutboxMessage) -> frozenset[Named] | None:
    """Return the things of which a message reminds, without what was taken out; None from before the log."""
    columns = (Reminder.subject, Reminder.label, Reminder.agency, taken_out_flag())
    rows = list(Reminder.select(*columns).where(Reminder.message == message).tuples())
    return frozenset(tuple(name) for *name, is_taken_out in rows if not is_taken_out) if rows else None


def was_reminded(thing: Named, on: date, people: Collection[int | None], after: int = 0) -> bool:
    """Return whether one of these people was reminded of a thing on a day, or is about to be; not in copy.

    By a digest that was taken into a later one they were, where that one still held it and went or will go.

    after  the number of a message: only by newer ones
    """
    went, copied, goes = OutboxMessage.alias(), Reminder.alias(), (State.SENT, State.QUEUED)
    to_them = OutboxMessage.to_user.in_([each for each in people if each is not None])
    taken_out_later = (
        TakenOut.select(peewee.SQL("1"))
        .join(copied, on=(TakenOut.chase_id == copied.id))
        .where(TakenOut.kind == NOTED, copied.message == OutboxMessage.taken_into, _is_of(copied, thing))
    )
    reminded = (
        Reminder.select()
        .join_from(Reminder, OutboxMessage)
        .join_from(OutboxMessage, went, peewee.JOIN.LEFT_OUTER, on=(OutboxMessage.taken_into == went.id))
        .where(
            _is_of(Reminder, thing),
            Reminder.chased_on == on,
            Reminder.message > after,
            Reminder.told != Told.COPIED.name.lower(),
            OutboxMessage.state.in_(goes) | went.state.in_(goes),
            to_them,
            ~was_taken_out(),
            ~peewee.fn.EXISTS(taken_out_later),
        )
    )
    return bool(reminded.exists())


def _is_of(reminder: Any, thing: Named) -> Any:
    subject, label, agency_id = thing
    of_agency = reminder.agency.is_null() if agency_id is None else reminder.agency == agency_id
    return (reminder.subject == subject) & (reminder.label == label) & of_agency


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


def was_given(before: datetime | None = None) -> Any:
    """Return the condition on Reminder with its message that somebody asked to do an action has had it.

    One that no server has taken was not given, nor one that was taken out of its message, or of which others
    had a copy alone.

    before  by this instant; None for by now
    """
    given = (
        (Reminder.subject == ACTIONS.code) & (Reminder.told == "asked") & (OutboxMessage.state == State.SENT)
    )
    if before is not None:
        given = given & (OutboxMessage.sent_at < before)
    return given & ~was_taken_out()


def is_unanswered(columns: MoveColumns) -> Any:
    """Return the condition that reminders of an action had no answer, so many that it is worth telling.

    As `rules.unanswered` counts them.
    """
    heard = (day_number(columns.updated_on), columns.moved_on, columns.decided_on, _acknowledged_on(columns))
    heard_on = greatest(*(peewee.fn.COALESCE(day, 0) for day in heard))
    # Most actions were hardly reminded, and are spared the reckoning of days.
    repeated = (
        Reminder.select(Reminder.action)
        .join(OutboxMessage)
        .where(was_given(columns.before), Reminder.action.is_null(False))
        .group_by(Reminder.action)
        .having(peewee.fn.COUNT(Reminder.chased_on.distinct()) >= WORTH_TELLING)
    )
    days = (
        Reminder.select(peewee.fn.COUNT(Reminder.chased_on.distinct()))
        .join(OutboxMessage)
        .where(
            was_given(columns.before),
            Reminder.action == columns.id,
            Reminder.due_on == columns.current_due_on,
            day_number(Reminder.chased_on) > heard_on,
        )
    )
    return columns.id.in_(repeated) & (days >= WORTH_TELLING)


def _acknowledged_on(columns: MoveColumns) -> Any:
    """Return the number of the day on which something was last said of an action's due date, or NULL."""
    said = Acknowledgement.alias()
    known = said.action == columns.id
    if columns.before is not None:
        known = known & (said.said_at < columns.before)
    last = said.select(said.said_at).where(known).order_by(said.id.desc()).limit(1)
    return day_number(last, is_instant=True)


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
    answers = [row for row in rows if row.subject in OF_ANSWERS]
    actions = [row for row in rows if row.action_id and row.subject not in OF_ANSWERS]
    of_actions, of_answers = _said_of_actions(actions), _said_of_answers(answers)
    said = [(row, of_actions.get((row.action_id, row.due_on))) for row in actions]
    said += [(row, of_answers.get((row.label, row.agency_id, row.due_on))) for row in answers]
    return {
        row.id: last.until_on
        for row, last in said
        if last and not last.is_taken_back and last.said_at >= row.message.queued_at
    }


def _said_of_actions(rows: Collection[Reminder]) -> dict[tuple[int, date], Any]:
    """Return {(action, due date): what was said of it last}; a query where there are any."""
    if not rows:
        return {}
    of_them = Acknowledgement.action.in_({row.action_id for row in rows})
    said = Acknowledgement.select().where(of_them).order_by(Acknowledgement.id)
    return {(each.action_id, each.due_on): each for each in said}


def _said_of_answers(rows: Collection[Reminder]) -> dict[tuple[str, int, date], Any]:
    """Return {(label, agency, day to answer by): what was said of it last}; a query where there are any."""
    if not rows:
        return {}
    outer = peewee.JOIN.LEFT_OUTER
    said = (
        AnswerAcknowledgement.select(
            AnswerAcknowledgement, Challenge, AgencyResponse, Recommendation, Review.reference
        )
        .join_from(AnswerAcknowledgement, Challenge, outer)
        .join_from(AnswerAcknowledgement, AgencyResponse, outer)
        .join_from(AgencyResponse, Recommendation, outer)
        .join_from(Recommendation, Review, outer)
        .where(AnswerAcknowledgement.due_on.in_({row.due_on for row in rows}))
        .order_by(AnswerAcknowledgement.id)
    )
    return {(*_names(each), each.due_on): each for each in said}


def _names(said: AnswerAcknowledgement) -> tuple[str, int]:
    """Return what a reminder calls what was acknowledged, and the agency, by id."""
    if said.challenge_id:
        return said.challenge.reference, said.challenge.agency_id
    recommendation = said.response.recommendation
    label = label_of(recommendation.review.reference, recommendation.number, recommendation.called.one)
    return label, said.response.agency_id
