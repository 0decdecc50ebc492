"""Which actions are open and something is waited for, and what has been chased of them."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, partial, reduce
from itertools import islice
from operator import or_
from typing import Any

import peewee

from kscb_actions import clock
from kscb_actions.actions.acknowledging.models import Acknowledgement
from kscb_actions.actions.acknowledging.queries import waits_until
from kscb_actions.actions.conditions import All, Before, Missing, Not
from kscb_actions.actions.models import Action, JointOwner
from kscb_actions.actions.moves import NOW
from kscb_actions.actions.narrowing import as_sql
from kscb_actions.actions.owners.queries import owners_of
from kscb_actions.actions.rating import CLOSED, OPEN
from kscb_actions.actions.turn import TO_ANSWER, WAITS_FOR
from kscb_actions.assurance.models import CheckQuestion
from kscb_actions.assurance.queries import question_stands
from kscb_actions.chasing.queries import Given, gathered
from kscb_actions.people.absences.queries import people_away
from kscb_actions.people.models import Agency
from kscb_actions.prepared import named_rows
from kscb_actions.reviews.models import NamedPerson, Review

from .models import Chase
from .rules import (
    ACTIONS,
    ANSWER_WITHIN,
    FOR_BOARD,
    IMPOSSIBLE,
    NOBODYS,
    QUESTIONS,
    REQUESTS,
    SUBMISSIONS,
    UNDATED,
    Open,
)

AGENCYS = (
    *(Action.id, Action.review, Review.reference, Review.is_restricted),
    *(Action.number, Action.agency.alias("agency_id"), Action.lead, Action.current_due_on),
)
COLUMNS = (*AGENCYS, Action.earlier_agencies, Action.updated_on)
# So many open actions are read together.
READ_AT_ONCE = 2000
ITS_TURN = (OPEN, WAITS_FOR["agency"])
# Who is asked, the day its ladder is counted from, and the day of the question that waits.
Found = tuple[int | None, date, date | None]
# What is asked of a column that names actions, so that only some of them are read.
Among = Callable[[Any], tuple[Any, ...]]


@dataclass(frozen=True)
class Source:
    """Where what waits on one ladder is read.

    rows   the query, given the day, the days of the ladder's first stage, and the columns of its conditions
    found  what is found in one of its rows
    """

    kind: str
    rows: Callable[[date, int, Any], Any]
    found: Callable[[Any], Found]


def _dated(on: date, first: int, columns: Any) -> Any:
    condition = All((*ITS_TURN, Before("current_due_on", 1 - first)))
    return Action.select(*AGENCYS).join(Review).where(as_sql(condition, on, columns))


def _by_due_date(row: Any) -> Found:
    return row.lead, row.current_due_on, None


def _undated(on: date, first: int, columns: Any) -> Any:
    """Return the actions without a date, each with the day on which its agency got it."""
    condition = All((*ITS_TURN, Missing("current_due_on")))
    selected = (*COLUMNS, NOW.moved_on.alias("since"))
    return Action.select(*selected).join(Review).where(as_sql(condition, on, columns))


def _for_board(what: str, since: str, on: date, first: int, columns: Any) -> Any:
    """Return the actions that wait for the Board, each with the day since which they do.

    what   one of `turn.WAITS_FOR`
    since  the column of NOW that has the number of that day
    """
    rows = Action.select(*COLUMNS, getattr(NOW, since).alias("since")).join(Review)
    return rows.where(as_sql(WAITS_FOR[what], on, columns))


def _since(row: Any) -> Found:
    return row.lead, date.fromordinal(row.since) if row.since else row.updated_on, None


def _to_answer(on: date, first: int, columns: Any) -> Any:
    """Return the actions with a question to answer, each with who was asked, and when."""
    return (
        CheckQuestion.select(*COLUMNS, CheckQuestion.to, CheckQuestion.asked_at)
        .join_from(CheckQuestion, Action)
        .join_from(Action, Review)
        .where(CheckQuestion.answered_at.is_null(), question_stands(), as_sql(TO_ANSWER, on, columns))
        .order_by(CheckQuestion.id)
    )


def _asked(row: Any) -> Found:
    asked_on = clock.local_date(row.asked_at)
    return row.to, asked_on + ANSWER_WITHIN, asked_on


SOURCES = (
    Source(ACTIONS.code, _dated, _by_due_date),
    Source(QUESTIONS.code, _to_answer, _asked),
    Source(UNDATED.code, _undated, _since),
    Source(IMPOSSIBLE.code, partial(_for_board, "cannot_be_done", "to_replace_on"), _since),
    Source(SUBMISSIONS.code, partial(_for_board, "check", "moved_on"), _since),
    Source(REQUESTS.code, partial(_for_board, "more_time", "more_time_on"), _since),
)
# Of these there may be as many as there are actions.
GROUPED = (ACTIONS.code, UNDATED.code)


def list_open(on: date, begins: Mapping[str, int]) -> list[Open]:
    """Return the open actions whose first stage has begun by `on`. Fourteen queries, whatever their number.

    Open: active and not accepted. It is the agency's turn: with a date, without one, said to be impossible,
    or with a question of the Board; or the Board's: to check what was reported done, or to decide on time.

    begins  {code of a ladder: days of its first stage}
    """
    return OpenInParts(on, begins).all()


def in_parts(on: date, begins: Mapping[str, int]) -> "OpenInParts | None":
    """Return the same in parts; None where there are so few that they can be read together. Ten queries."""
    parts = OpenInParts(on, begins)
    return parts if sum(each.count for each in parts.groups) > READ_AT_ONCE else None


# By what is alike in who can be told: the ladder, the agency, who leads, and the review that is restricted.
Key = tuple[str, int, int | None, int | None]


@dataclass(frozen=True)
class Group:
    """Open actions of which on each rung the same people are told. `sample` is like each of them.

    count  how many there are at most
    """

    key: Key
    sample: Open
    count: int


class _ByLead:
    """The columns of actions as they are now, so that SQLite looks for who leads and for nothing else.

    It takes the index of what is open for the better one, and would read all that is open each time.
    """

    def __getattr__(self, name: str) -> Any:
        column = getattr(NOW, name)
        return peewee.fn.COALESCE(column, column) if name == "standing" else column


_BY_LEAD = _ByLead()


class OpenInParts:
    """The open actions by who can be told of them. What is chased after this was made is no part of it."""

    def __init__(self, on: date, begins: Mapping[str, int]) -> None:
        self._on, self._begins = on, begins
        self._named = gathered(NamedPerson.select(NamedPerson.review, NamedPerson.user).tuples(), int)
        self._away, self._given = people_away(on), Given(Chase.subject, Chase.action)
        self._newest = Chase.select(peewee.fn.COALESCE(peewee.fn.MAX(Chase.id), 0)).scalar()

    def all(self) -> list[Open]:
        """Return all of them together."""
        still_open = Action.select(Action.id).where(as_sql(Not(CLOSED), self._on))
        rows = [(each, list(named_rows(self._query(each)))) for each in SOURCES]
        return self._made(rows, lambda column: (), (Chase.action.in_(still_open),))

    @cached_property
    def few(self) -> list[Open]:
        """Return what few people are told of, who are told of it all: what the Board has to do, questions."""
        rows = [(each, list(named_rows(self._query(each)))) for each in SOURCES if each.kind not in GROUPED]
        ids = {row.id for _, found in rows for row in found}
        return self._made(rows, partial(_one_of, ids)) if ids else []

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """Return the groups of all others: of what is open, whosever turn it is, which is soon counted."""
        secret = peewee.Case(None, ((Review.is_restricted, Action.review),), None)
        dated, count = peewee.fn.COUNT(Action.current_due_on), peewee.fn.COUNT(Action.id)
        opened = Action.select(Action.agency, Action.lead, secret, dated, count).join(Review)
        # By their place: what is counted has values in it, which PostgreSQL takes for others each time.
        alike = [peewee.SQL(place) for place in "123"]
        rows = opened.where(as_sql(Not(CLOSED), self._on)).group_by(*alike).order_by(*alike).tuples()
        return tuple(
            Group((kind, *key), self._sample(kind, *key), number)
            for *key, with_date, in_all in rows
            for kind, number in ((ACTIONS.code, with_date), (UNDATED.code, in_all - with_date))
            if number
        )

    def _sample(self, kind: str, agency_id: int, lead_id: int | None, secret_id: int | None) -> Open:
        return Open(
            action_id=0,
            review_id=secret_id or 0,
            review="",
            number=0,
            agency_id=agency_id,
            lead_id=lead_id,
            due_on=self._on,
            named=None if secret_id is None else frozenset(self._named.get(secret_id, ())),
            kind=kind,
            away=self._away,
        )

    def of(self, groups: Collection[Group]) -> Iterator[list[Open]]:
        """Yield what is in these groups, some at a time."""
        wanted = {each.key for each in groups}
        for source in SOURCES:
            leads = {lead_id for kind, _, lead_id, _ in wanted if kind == source.kind}
            if not leads:
                continue
            query = self._query(source)
            if len(wanted) < len(self.groups):
                query = self._query(source, _BY_LEAD)
                led = [Action.lead.is_null()] if None in leads else []
                led += _one_of([each for each in leads if each is not None], Action.lead)
                query = query.where(reduce(or_, led))
            rows = (row for row in named_rows(query) if _key_of(source.kind, row) in wanted)
            yield from map(partial(self._part, source), _parts(rows))

    def _part(self, source: Source, rows: Sequence[Any]) -> list[Open]:
        return self._made([(source, rows)], partial(_one_of, [row.id for row in rows]))

    def _query(self, source: Source, columns: Any = NOW) -> Any:
        return source.rows(self._on, self._begins[source.kind], columns)

    def _made(
        self, read: Sequence[tuple[Source, Sequence[Any]]], among: Among, chased: tuple[Any, ...] = ()
    ) -> list[Open]:
        """Return what has begun its first stage of these rows of some actions.

        chased  the condition that the reminders of them meet; () where that is `among`
        """
        given = self._given.read(Chase.id <= self._newest, *(chased or among(Chase.action)))
        said = waits_until(Acknowledgement.action, *among(Acknowledgement.action))
        joint = _joint_names(*among(JointOwner.action))
        for_board = [row for source, rows in read if source.kind in FOR_BOARD for row in rows]
        owners = owners_of(for_board) if for_board else {}
        # What many have in common is held once.
        same: dict[Any, Any] = {}
        return [
            Open(
                action_id=row.id,
                review_id=row.review,
                review=same.setdefault(row.reference, row.reference),
                number=row.number,
                agency_id=row.agency_id,
                lead_id=lead_id,
                due_on=same.setdefault(due_on, due_on),
                named=frozenset(self._named.get(row.review, ())) if row.is_restricted else None,
                chased=given.get((kind, row.id), ()),
                asked_on=asked_on,
                kind=kind,
                until_on=said.get((row.id, due_on)) if kind == ACTIONS.code else None,
                owners=owners.get(row.id, NOBODYS),
                away=self._away,
                joint=joint.get(row.id, ()),
            )
            for source, rows in read
            for kind in (source.kind,)
            for row in (_last_of_each(rows) if kind == QUESTIONS.code else rows)
            for lead_id, due_on, asked_on in (source.found(row),)
            if (self._on - due_on).days >= self._begins[kind]
        ]


def _key_of(kind: str, row: Any) -> Key:
    return kind, row.agency_id, row.lead, row.review if row.is_restricted else None


def _parts(rows: Iterator[Any]) -> Iterator[list[Any]]:
    """Return rows some at a time; none is held here while what is made of them is told."""
    return iter(lambda: list(islice(rows, READ_AT_ONCE)), [])


def _last_of_each(rows: Iterable[Any]) -> Iterable[Any]:
    """Return the last row of each action: one that was never answered is older than the one that waits."""
    return {row.id: row for row in rows}.values()


def _one_of(ids: Collection[int], column: Any) -> tuple[Any, ...]:
    # Numbers of rows, never what was typed; as values they would cost more than the query.
    return (peewee.Expression(column, peewee.OP.IN, peewee.SQL(f"({','.join(map(str, ids))})")),)


def _joint_names(*among: Any) -> dict[int, tuple[str, ...]]:
    """Return {action: the names of the agencies that share it now}."""
    rows = JointOwner.select(JointOwner.action, Agency.name).join(Agency)
    return gathered(rows.where(JointOwner.ended_at.is_null(), *among).order_by(Agency.name).tuples(), str)
