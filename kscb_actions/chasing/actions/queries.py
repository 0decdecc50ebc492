"""Which actions are open and have a date, and what has been chased of them."""

from datetime import date
from typing import Any

from kscb_actions import clock
from kscb_actions.actions.conditions import All, Before, Not
from kscb_actions.actions.models import Action
from kscb_actions.actions.narrowing import as_sql
from kscb_actions.actions.rating import CANNOT_BE_DONE, OPEN
from kscb_actions.actions.turn import TO_ANSWER, WAITS_FOR
from kscb_actions.assurance.models import CheckQuestion
from kscb_actions.chasing.queries import gathered
from kscb_actions.chasing.rules import Chased
from kscb_actions.people.absences.queries import people_away
from kscb_actions.reviews.models import NamedPerson, Review

from .models import Chase
from .rules import ANSWER_WITHIN, Open

COLUMNS = (
    *(Action.id, Action.review, Review.reference, Review.is_restricted),
    *(Action.number, Action.agency, Action.lead, Action.current_due_on),
)


def list_open(on: date, first_offset: int) -> list[Open]:
    """Return the open actions whose first stage has begun by `on`. Five queries, whatever their number.

    Open: active, neither submitted nor accepted, not said to be impossible, and not waiting for the Board;
    or reported done, with a question of the Board that should have been answered by `on`.
    """
    its_turn = (OPEN, Not(CANNOT_BE_DONE), WAITS_FOR["agency"])
    condition = All((*its_turn, Before("current_due_on", 1 - first_offset)))
    rows = Action.select(*COLUMNS).join(Review).where(as_sql(condition, on)).namedtuples()
    named = gathered(NamedPerson.select(NamedPerson.review, NamedPerson.user).tuples(), int)
    reminders = Chase.select(Chase.action, Chase.stage, Chase.due_on, Chase.chased_on)
    chased, away = gathered(reminders.tuples(), Chased), people_away(on)

    def found(row: Any, lead_id: int | None, due_on: date, asked_on: date | None = None) -> Open:
        return Open(
            action_id=row.id,
            review_id=row.review,
            review=row.reference,
            number=row.number,
            agency_id=row.agency,
            lead_id=lead_id,
            due_on=due_on,
            named=frozenset(named.get(row.review, ())) if row.is_restricted else None,
            chased=chased.get(row.id, ()),
            asked_on=asked_on,
            away=away,
        )

    to_answer = [found(row, row.to, asked_on + ANSWER_WITHIN, asked_on) for row, asked_on in _to_answer(on)]
    return [
        *(found(row, row.lead, row.current_due_on) for row in rows),
        *(each for each in to_answer if each.due_on <= on),
    ]


def _to_answer(on: date) -> list[tuple[Any, date]]:
    """Return the actions with a question to answer, each with who was asked, and the day it was asked."""
    rows = (
        CheckQuestion.select(*COLUMNS, CheckQuestion.to, CheckQuestion.asked_at)
        .join_from(CheckQuestion, Action)
        .join_from(Action, Review)
        .where(CheckQuestion.answered_at.is_null(), as_sql(TO_ANSWER, on))
        .order_by(CheckQuestion.id)
        .namedtuples()
    )
    # One that was never answered before the Board decided is older than the one that waits.
    last = {row.id: row for row in rows}
    return [(row, clock.local_date(row.asked_at)) for row in last.values()]
