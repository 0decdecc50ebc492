"""Which actions are open and something is waited for, and what has been chased of them."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import chain
from typing import Any

from kscb_actions import clock
from kscb_actions.actions.acknowledging.models import Acknowledgement
from kscb_actions.actions.acknowledging.queries import waits_until
from kscb_actions.actions.conditions import All, Before, Missing, Not
from kscb_actions.actions.models import Action
from kscb_actions.actions.moves import NOW
from kscb_actions.actions.narrowing import as_sql
from kscb_actions.actions.owners.queries import owners_of
from kscb_actions.actions.rating import CLOSED, OPEN
from kscb_actions.actions.turn import TO_ANSWER, WAITS_FOR
from kscb_actions.assurance.models import CheckQuestion
from kscb_actions.assurance.queries import question_stands
from kscb_actions.chasing.queries import chased_by, gathered
from kscb_actions.people.absences.queries import people_away
from kscb_actions.prepared import named_rows
from kscb_actions.reviews.models import NamedPerson, Review

from .models import Chase
from .rules import (
    ACTIONS,
    ANSWER_WITHIN,
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
ITS_TURN = (OPEN, WAITS_FOR["agency"])
# An action, who is asked, the day its ladder is counted from, and the day of the question that waits.
Found = tuple[Any, int | None, date, date | None]


def list_open(on: date, begins: Mapping[str, int]) -> list[Open]:
    """Return the open actions whose first stage has begun by `on`. Thirteen queries, whatever their number.

    Open: active and not accepted. It is the agency's turn: with a date, without one, said to be impossible,
    or with a question of the Board; or the Board's: to check what was reported done, or to decide on time.

    begins  {code of a ladder: days of its first stage}
    """
    named = gathered(NamedPerson.select(NamedPerson.review, NamedPerson.user).tuples(), int)
    still_open = Chase.action.in_(Action.select(Action.id).where(as_sql(Not(CLOSED), on)))
    chased, away = chased_by(Chase.subject, Chase.action, among=still_open), people_away(on)
    said = waits_until(Acknowledgement.action)
    agencys = (
        (ACTIONS.code, _dated(on, begins[ACTIONS.code])),
        (QUESTIONS.code, _to_answer(on)),
        (UNDATED.code, _undated(on)),
    )
    boards = (
        (IMPOSSIBLE.code, _for_board(on, "cannot_be_done", NOW.to_replace_on)),
        (SUBMISSIONS.code, _for_board(on, "check", NOW.moved_on)),
        (REQUESTS.code, _for_board(on, "more_time", NOW.more_time_on)),
    )
    for_board = [*_begun(boards, on, begins)]
    owners = owners_of([row for _, row, *_ in for_board]) if for_board else {}
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
            named=frozenset(named.get(row.review, ())) if row.is_restricted else None,
            chased=chased.get((kind, row.id), ()),
            asked_on=asked_on,
            kind=kind,
            until_on=said.get((row.id, due_on)) if kind == ACTIONS.code else None,
            owners=owners.get(row.id, NOBODYS),
            away=away,
        )
        for kind, row, lead_id, due_on, asked_on in chain(_begun(agencys, on, begins), for_board)
    ]


def _begun(
    sources: Iterable[tuple[str, Iterable[Found]]], on: date, begins: Mapping[str, int]
) -> Iterator[tuple[str, Any, int | None, date, date | None]]:
    """Yield what has begun its first stage, each with the code of its ladder; many are not held as rows."""
    return ((kind, *each) for kind, found in sources for each in found if (on - each[2]).days >= begins[kind])


def _dated(on: date, first: int) -> Iterator[Found]:
    condition = All((*ITS_TURN, Before("current_due_on", 1 - first)))
    for row in named_rows(Action.select(*AGENCYS).join(Review).where(as_sql(condition, on))):
        yield row, row.lead, row.current_due_on, None


def _undated(on: date) -> Iterator[Found]:
    """Yield the actions without a date, each with the day on which its agency got it."""
    condition = All((*ITS_TURN, Missing("current_due_on")))
    columns = (*COLUMNS, NOW.moved_on.alias("moved_on"))
    for row in named_rows(Action.select(*columns).join(Review).where(as_sql(condition, on))):
        yield row, row.lead, date.fromordinal(row.moved_on) if row.moved_on else row.updated_on, None


def _for_board(on: date, what: str, since: Any) -> Iterator[Found]:
    """Yield the actions that wait for the Board, each with the day since which they do.

    what   one of `turn.WAITS_FOR`
    since  the number of that day, in SQL
    """
    rows = Action.select(*COLUMNS, since.alias("since")).join(Review)
    for row in named_rows(rows.where(as_sql(WAITS_FOR[what], on))):
        yield row, row.lead, date.fromordinal(row.since) if row.since else row.updated_on, None


def _to_answer(on: date) -> Iterator[Found]:
    """Yield the actions with a question to answer, each with who was asked, and the day it was asked."""
    rows = (
        CheckQuestion.select(*COLUMNS, CheckQuestion.to, CheckQuestion.asked_at)
        .join_from(CheckQuestion, Action)
        .join_from(Action, Review)
        .where(CheckQuestion.answered_at.is_null(), question_stands(), as_sql(TO_ANSWER, on))
        .order_by(CheckQuestion.id)
    )
    # One that was never answered before the Board decided is older than the one that waits.
    last = {row.id: row for row in named_rows(rows)}
    for row in last.values():
        asked_on = clock.local_date(row.asked_at)
        yield row, row.to, asked_on + ANSWER_WITHIN, asked_on
