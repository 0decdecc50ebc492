"""What the history of actions says of whose turn it is, as SQL: for today, and for the end of a past day.

The rules are in `turn.py`. What brings an action to a side is read from the audit trail, which holds every
such event with its moment, and requests for more time from their own rows, which keep both of theirs.
"""

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any

import peewee

from kscb_actions import clock
from kscb_actions.audit.models import AuditEvent
from kscb_actions.database import Written, day_number, db, greatest, in_json
from kscb_actions.prepared import day_of, prepared

from .another_way.models import AnotherWay
from .models import Action, Extension, ProgressUpdate
from .rules import DECISION_TAKEN_BACK
from .turn import ENDS_QUESTION, MOVES, Moves

NAMES = (
    "moved_at",
    "more_time_at",
    "decided_at",
    "is_asked",
    "waited_days",
    "cannot_at",
    "is_sent_back",
    "possible_at",
    "is_reopened",
    "is_held",
    "lifted_at",
)
# What the Board says of what was reported done; the last of them stands.
JUDGED = ("action.accepted", "action.reopened", "action.returned")
CANNOT = "cannot_be_done"
# What tells of holds of a review; the last of them stands.
HELD, LIFTED = "review.held", "review.hold-lifted"
# The name of the table that papers read: the actions as at a day.
STATE = "state"
# Conditions that are kept; the one longest unused goes first.
MOST_KEPT = 512
# Rows of moves, each told as often as there are actions that have had the same.
MOST_ROWS_KEPT = 4096


def stands(event: Any) -> Any:
    """Return the condition on an event of an action that the Board has not taken back what it tells of."""
    later = AuditEvent.alias()
    undone = later.select(peewee.SQL("1")).where(
        later.kind == event.kind,
        later.object_id == event.object_id,
        later.id > event.id,
        later.event == DECISION_TAKEN_BACK,
        in_json(later.detail, "undone").cast("integer") == event.id,
    )
    return ~peewee.fn.EXISTS(undone)


@dataclass(frozen=True)
class _Place:
    """Where a value goes in that is reckoned once the day and the instant asked about are known."""

    of: Callable[[date, datetime], Any]


class _AnyDay(date):
    """Stands for the day asked about in a text that is the same for each."""


_ANY_DAY = _AnyDay(1, 1, 1)
# As the tables keep it: a query has no field to turn an instant into that.
_BEFORE = _Place(lambda _, before: before.replace(tzinfo=None))


def _start_of(day: date) -> datetime:
    return clock.start_of(day).replace(tzinfo=None)


def reckoned(today: date, days: int, reckon: Callable[[date], Any] = lambda day: day) -> Any:
    """Return what `reckon` makes of the day so many days after today, the day itself if nothing is said.

    In a text that `StateColumns` keeps, return a place for it.
    """
    if isinstance(today, _AnyDay):
        place = _Place(lambda day, _: reckon(day + timedelta(days=days)))
        return peewee.Value(place, converter=False)
    return reckon(today + timedelta(days=days))


class MoveColumns:
    """An action's columns, and beside them what its history says, as SQL expressions.

    columns  Action, or anything else with its columns, such as the past state of all actions
    before   the instant that ends the day asked about; None for now
    """

    def __init__(self, columns: Any, before: datetime | None = None) -> None:
        self._columns, self._before = columns, before

    def __getattr__(self, name: str) -> Any:
        return getattr(self._columns, name)

    @property
    def before(self) -> datetime | None:
        """Return the instant that ends the day asked about; None for now."""
        return self._before

    @property
    def asks_for_time(self) -> Any:
        """Return the condition that a request for more time waits."""
        return self._columns.id.in_(Extension.select(Extension.action).where(self._waits(Extension)))

    @property
    def is_asked(self) -> Any:
        """Return the condition that the last question of the Board waits for its answer."""
        asked, later = AuditEvent.alias(), AuditEvent.alias()
        ended = later.select(peewee.SQL("1")).where(
            later.kind == "action",
            later.object_id == asked.object_id,
            later.id > asked.id,
            later.event.in_(sorted(ENDS_QUESTION)),
            *self._known(later),
            stands(later),
        )
        questions = asked.select(asked.object_id).where(
            asked.event == "action.asked-about",
            *self._known(asked),
            stands(asked),
            ~peewee.fn.EXISTS(ended),
        )
        return self._columns.id.in_(questions)

    @property
    def is_sent_back(self) -> Any:
        """Return the condition that the Board has sent it back since its agency's last word."""
        asked = AnotherWay.alias()
        last = peewee.fn.COALESCE(self._last_update(), 0)
        sent = asked.select(peewee.SQL("1")).where(
            asked.action == self._columns.id,
            peewee.fn.COALESCE(asked.answers, 0) == last,
            *self._known(asked),
        )
        return peewee.fn.EXISTS(sent)

    @property
    def is_reopened(self) -> Any:
        """Return the condition that the Board's last word was to reopen what it had accepted."""
        event = AuditEvent.alias()
        last = event.select(event.event).where(
            event.kind == "action",
            event.object_id == self._columns.id,
            event.event.in_(JUDGED),
            *self._known(event),
            stands(event),
        )
        last = last.order_by(event.id.desc()).limit(1)
        return peewee.fn.COALESCE(last, "") == "action.reopened"

    @property
    def is_held(self) -> Any:
        """Return the condition that its review is on hold."""
        held, later = AuditEvent.alias(), AuditEvent.alias()
        ended = later.select(peewee.SQL("1")).where(
            later.kind == "review",
            later.object_id == held.object_id,
            later.id > held.id,
            later.event.in_((HELD, LIFTED)),
            *self._known(later),
        )
        reviews = held.select(held.object_id).where(
            held.kind == "review", held.event == HELD, *self._known(held), ~peewee.fn.EXISTS(ended)
        )
        return self._columns.review_id.in_(reviews)

    def silent_for(self, days: int, today: date) -> Any:
        """Return the condition that so many days of the agency's own turn have passed since `updated_on`.

        For an action that was last updated so long ago. Most were neither moved nor put off since, nor was
        their review held, and they are spared the reckoning of days.
        """
        ends_at = reckoned(today, 1 - days, _start_of)
        came_before = peewee.fn.COALESCE(self._moved_at() < ends_at, peewee.SQL("1 = 1"))
        lifted = AuditEvent.alias()
        since = self._held_of(lifted).where(lifted.at >= ends_at)
        request = Extension.alias()
        decided = request.select(peewee.SQL("1")).where(
            request.action == self._columns.id, self._is_decided(request)
        )
        is_so_long = self.silent_since <= reckoned(today, -days, date.toordinal)
        return came_before & ~self._columns.review_id.in_(since) & (~peewee.fn.EXISTS(decided) | is_so_long)

    @property
    def moved_on(self) -> Any:
        """Return the number of the day of the last move, or NULL."""
        return day_number(self._moved_at(), is_instant=True)

    @property
    def more_time_on(self) -> Any:
        """Return the number of the day on which the request that waits was made, or NULL."""
        return day_number(self._asked_at(), is_instant=True)

    @property
    def decided_on(self) -> Any:
        """Return the number of the day on which a request was last decided, or NULL."""
        return day_number(self._decided_at(), is_instant=True)

    @property
    def lifted_on(self) -> Any:
        """Return the number of the day on which a hold of its review was last lifted, or NULL."""
        return day_number(self._lifted_at(), is_instant=True)

    @property
    def waited_days(self) -> Any:
        """Return for how many days since silence began requests, decided by now, have waited."""
        request = Extension.alias()
        asked, decided = (day_number(at, is_instant=True) for at in (request.asked_at, request.decided_at))
        days = greatest(decided - greatest(asked, self._silence_begins), 0)
        waited = request.select(peewee.fn.SUM(days)).where(
            request.action == self._columns.id, self._is_decided(request)
        )
        return peewee.fn.COALESCE(waited, 0)

    @property
    def silent_since(self) -> Any:
        """Return the number of the day from which silence is counted (`RatingFacts.silent_since`)."""
        return self._silence_begins + self.waited_days

    @property
    def board_at(self) -> Any:
        """Return the instant since which it is the Board's turn, where it is."""
        cannot = (self._columns.progress == CANNOT) & (self._columns.assurance != "submitted")
        cases = [(self.asks_for_time, self._asked_at()), (cannot, self._to_replace_at())]
        return peewee.Case(None, cases, self._moved_at())

    @property
    def to_replace_on(self) -> Any:
        """Return the number of the day since which it waits for what takes its place, or NULL."""
        return day_number(self._to_replace_at(), is_instant=True)

    @property
    def selected(self) -> list[Any]:
        """Return the expressions of `NAMES`, for a query of rows from which `moves_of_row` makes Moves."""
        return [each.alias(name) for each, name in zip(self.expressions(), NAMES, strict=True)]

    def expressions(self) -> Sequence[Any]:
        """Return those of `selected` without their names.

        Instants and not days: SQLite would ask Python for each day, and most actions were moved together.
        """
        is_asked = peewee.Case(None, [(self.is_asked, 1)], 0)
        cannot, was_decided = self._columns.progress == CANNOT, self._was_decided
        return (
            self._moved_at(),
            peewee.Case(None, [(self.asks_for_time, self._asked_at())]),
            peewee.Case(None, [(was_decided, self._decided_at())]),
            is_asked,
            peewee.Case(None, [(was_decided, self.waited_days)], 0),
            peewee.Case(None, [(cannot, self._cannot_at())]),
            peewee.Case(None, [(cannot & self.is_sent_back, 1)], 0),
            peewee.Case(None, [(~cannot, self._possible_at())]),
            peewee.Case(None, [((self._columns.assurance == "returned") & self.is_reopened, 1)], 0),
            peewee.Case(None, [(self.is_held, 1)], 0),
            peewee.Case(None, [(self._was_held, self._lifted_at())]),
        )

    # What few have is looked up once, before each is asked about.
    @property
    def _was_decided(self) -> Any:
        return self._columns.id.in_(Extension.select(Extension.action).where(self._is_decided(Extension)))

    @property
    def _was_held(self) -> Any:
        return self._columns.review_id.in_(self._held_of(AuditEvent.alias()))

    def _held_of(self, lifted: Any) -> Any:
        """Return ids of the reviews of which a hold was lifted, from an alias of the trail."""
        return lifted.select(lifted.object_id).where(
            lifted.kind == "review", lifted.event == LIFTED, *self._known(lifted)
        )

    @property
    def _silence_begins(self) -> Any:
        updated_on = day_number(self._columns.updated_on)
        came_on = greatest(updated_on, peewee.fn.COALESCE(self.moved_on, updated_on))
        return greatest(came_on, peewee.fn.COALESCE(self.lifted_on, updated_on))

    def _moved_at(self) -> Any:
        event = AuditEvent.alias()
        return (
            event.select(event.at)
            .where(
                event.kind == "action",
                event.object_id == self._columns.id,
                event.event.in_(MOVES),
                *self._known(event),
                stands(event),
            )
            .order_by(event.id.desc())
            .limit(1)
        )

    def _asked_at(self) -> Any:
        request = Extension.alias()
        return request.select(peewee.fn.MIN(request.asked_at)).where(
            request.action == self._columns.id, self._waits(request)
        )

    def _decided_at(self) -> Any:
        request = Extension.alias()
        return request.select(peewee.fn.MAX(request.decided_at)).where(
            request.action == self._columns.id, self._is_decided(request)
        )

    def _lifted_at(self) -> Any:
        lifted = AuditEvent.alias()
        of_review = self._held_of(lifted).where(lifted.object_id == self._columns.review_id)
        return of_review.select(peewee.fn.MAX(lifted.at))

    def _to_replace_at(self) -> Any:
        """Return the later of the agency's word that it cannot be done and of the last move."""
        moved, said = self._moved_at(), self._cannot_at()
        either = peewee.fn.COALESCE(said, moved)
        return greatest(either, peewee.fn.COALESCE(moved, either))

    def _cannot_at(self) -> Any:
        """Return the instant of the agency's first word that it cannot be done, of those that count."""
        answered, update = AnotherWay.alias(), ProgressUpdate.alias()
        last_answered = answered.select(peewee.fn.MAX(answered.answers)).where(
            answered.action == self._columns.id, *self._known(answered)
        )
        return update.select(peewee.fn.MIN(update.at)).where(
            update.action == self._columns.id,
            update.progress == CANNOT,
            update.id > peewee.fn.COALESCE(self._last_update(is_cannot=False), 0),
            update.id > peewee.fn.COALESCE(last_answered, 0),
            *self._known(update),
        )

    def _possible_at(self) -> Any:
        """Return the instant of the agency's first word after it had said that it cannot be done."""
        update = ProgressUpdate.alias()
        return update.select(peewee.fn.MIN(update.at)).where(
            update.action == self._columns.id,
            update.id > self._last_update(is_cannot=True),
            *self._known(update),
        )

    def _last_update(self, is_cannot: bool | None = None) -> Any:
        """Return the id of the agency's last update; `is_cannot`: of those that say so, or that do not."""
        update = ProgressUpdate.alias()
        found = update.select(peewee.fn.MAX(update.id)).where(
            update.action == self._columns.id, *self._known(update)
        )
        if is_cannot is None:
            return found
        return found.where((update.progress == CANNOT) if is_cannot else (update.progress != CANNOT))

    def _known(self, event: Any) -> Sequence[Any]:
        return () if self._before is None else (event.at < self._before,)

    def _waits(self, request: Any) -> Any:
        if self._before is None:
            return request.state == "asked"
        still = request.decided_at.is_null() | (request.decided_at >= self._before)
        return (request.asked_at < self._before) & still

    def _is_decided(self, request: Any) -> Any:
        # What the Board changed of its own accord was never waited for.
        decided = request.decided_at.is_null(False) & (request.asked_at < request.decided_at)
        return decided if self._before is None else decided & (request.decided_at < self._before)


class StateColumns(MoveColumns):
    """The columns of the actions' state, a table named "state", and beside them what their history says.

    A paper asks the same conditions a hundred times: to make their texts takes longer than to run them. They
    name no table but "state" and those that they read themselves, so each text is made once, wherever it
    stands and whichever day is asked about.

    before  the instant that ends the day asked about; None for now
    """

    def __init__(self, before: datetime | None = None) -> None:
        super().__init__(Written("", (), STATE).c, before)

    @property
    def selected(self) -> list[Any]:
        """Return the expressions of `NAMES`, as `MoveColumns` does."""
        return [self.kept(_selected, place).alias(name) for place, name in enumerate(NAMES)]

    @property
    def board_at(self) -> Any:
        """Return the instant since which it is the Board's turn, where it is."""
        return self.kept(_attribute, "board_at")

    @property
    def silent_since(self) -> Any:
        """Return the number of the day from which silence is counted."""
        return self.kept(_attribute, "silent_since")

    def kept(self, make: Callable[..., Any], *shape: Hashable, today: date = _ANY_DAY) -> Any:
        """Return the expression `make(columns, *shape)` on these columns, which depends on nothing else.

        today  the day asked about, where `make` takes one after `shape`
        """
        days = () if today is _ANY_DAY else (_ANY_DAY,)
        text, values = _text(type(db.obj).__name__, self.before is not None, make, (*shape, *days))
        before = self.before or datetime.max.replace(tzinfo=UTC)
        return peewee.SQL(
            text, [each.of(today, before) if isinstance(each, _Place) else each for each in values]
        )


@lru_cache(MOST_KEPT)
def _text(
    _: str, is_past: bool, make: Callable[..., Any], shape: tuple[Hashable, ...]
) -> tuple[str, Sequence[Any]]:
    before: Any = peewee.Value(_BEFORE, converter=False) if is_past else None
    columns = MoveColumns(Written("", (), STATE).c, before)
    # Queries in it stand in brackets, as in any statement that it becomes part of.
    text, values = db.get_sql_context(subquery=True).sql(make(columns, *shape)).query()
    return text, values


def _selected(columns: MoveColumns, place: int) -> Any:
    return columns.expressions()[place]


def _attribute(columns: MoveColumns, name: str) -> Any:
    return getattr(columns, name)


NOW = MoveColumns(Action)


def moves_of_row(values: Iterable[Any]) -> Moves:
    """Return what a row of `MoveColumns.selected` says, as the database gives it."""
    return _moves_of_values(tuple(values))


@lru_cache(MOST_ROWS_KEPT)
def _moves_of_values(values: tuple[Any, ...]) -> Moves:
    # Most actions of a plan have had the same moves: they were added on one day, and nothing has come back.
    moved, more_time, decided, is_asked, waited, cannot, is_sent_back, possible, *others = values
    is_reopened, is_held, lifted = others
    return Moves(
        moved_on=_day(moved),
        more_time_on=_day(more_time),
        decided_on=_day(decided),
        is_asked=bool(is_asked),
        waited_days=int(waited or 0),
        cannot_on=_day(cannot),
        is_sent_back=bool(is_sent_back),
        possible_on=_day(possible),
        is_reopened=bool(is_reopened),
        is_held=bool(is_held),
        lifted_on=_day(lifted),
    )


def moves_of(ids: Iterable[int]) -> dict[int, Moves]:
    """Return {id: moves} of these actions, which have been read for a viewer. One query."""
    rows = Action.select(Action.id, *NOW.selected).where(Action.id.in_(list(ids))).tuples()
    return {id: moves_of_row(values) for id, *values in rows}


@prepared
def _moves_of_one(*, id: Any) -> Any:
    return Action.select(*NOW.selected).where(Action.id == id).tuples()


def moves_of_one(action_id: int) -> Moves:
    """Return the moves of one action. One query."""
    return moves_of_row(_moves_of_one(id=action_id)[0])


def _day(at: str | datetime | None) -> date | None:
    return None if at is None else day_of(at)
