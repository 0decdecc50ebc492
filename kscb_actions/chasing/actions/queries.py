"""Which actions are open and have a date, and what has been chased of them."""

from datetime import date

from kscb_actions.actions.conditions import All, Before, Not
from kscb_actions.actions.models import Action
from kscb_actions.actions.narrowing import as_sql
from kscb_actions.actions.rating import CANNOT_BE_DONE, OPEN
from kscb_actions.actions.turn import WAITS_FOR
from kscb_actions.chasing.queries import gathered
from kscb_actions.chasing.rules import Chased
from kscb_actions.reviews.models import NamedPerson, Review

from .models import Chase
from .rules import Open

COLUMNS = (
    *(Action.id, Action.review, Review.reference, Review.is_restricted),
    *(Action.number, Action.agency, Action.lead, Action.current_due_on),
)


def list_open(on: date, first_offset: int) -> list[Open]:
    """Return the open actions whose first stage has begun by `on`. Three queries, whatever their number.

    Open: active, neither submitted nor accepted, not said to be impossible, and not waiting for the Board.
    """
    its_turn = (OPEN, Not(CANNOT_BE_DONE), WAITS_FOR["agency"])
    condition = All((*its_turn, Before("current_due_on", 1 - first_offset)))
    rows = Action.select(*COLUMNS).join(Review).where(as_sql(condition, on)).namedtuples()
    named = gathered(NamedPerson.select(NamedPerson.review, NamedPerson.user).tuples(), int)
    reminders = Chase.select(Chase.action, Chase.stage, Chase.due_on, Chase.chased_on)
    chased = gathered(reminders.tuples(), Chased)
    return [
        Open(
            action_id=row.id,
            review_id=row.review,
            review=row.reference,
            number=row.number,
            agency_id=row.agency,
            lead_id=row.lead,
            due_on=row.current_due_on,
            named=frozenset(named.get(row.review, ())) if row.is_restricted else None,
            chased=chased.get(row.id, ()),
        )
        for row in rows
    ]
