"""What chasing reads: open actions, who can be asked, and what has been chased."""

from datetime import date
from typing import Any

from kscb_actions.access.policy import Viewer
from kscb_actions.actions.conditions import All, Before, Not
from kscb_actions.actions.models import Action
from kscb_actions.actions.narrowing import as_sql
from kscb_actions.actions.rating import CANNOT_BE_DONE, OPEN
from kscb_actions.audit.models import AuditEvent
from kscb_actions.audit.rules import canonical
from kscb_actions.people.models import User
from kscb_actions.reviews.models import NamedPerson, Review

from .models import Chase
from .rules import Chased, Open

RAN = "chase.ran"


def list_open(on: date, first_offset: int) -> list[Open]:
    """The open actions whose first stage has begun by `on`. Three queries, however many actions there are.

    Open: active, neither submitted nor accepted, and not said to be impossible.
    """
    condition = All(
        (
            OPEN,
            Not(CANNOT_BE_DONE),
            Before("current_due_on", 1 - first_offset),
        )
    )
    rows = (
        Action.select(
            Action.id,
            Action.review,
            Review.reference,
            Review.is_restricted,
            Action.number,
            Action.agency,
            Action.lead,
            Action.current_due_on,
        )
        .join(Review)
        .where(as_sql(condition, on))
        .namedtuples()
    )
    named, chased = _named(), _chased()
    return [_open(row, named.get(row.review, frozenset()), chased.get(row.id, ())) for row in rows]


def list_active_people() -> list[Viewer]:
    """Everybody who can sign in, as the policy sees them."""
    return [person.viewer for person in User.select().where(User.is_active).order_by(User.email)]


def has_run(on: date) -> bool:
    """Has the chase of this day been run already?"""
    ran = AuditEvent.event == RAN
    return AuditEvent.select().where(ran, AuditEvent.detail == canonical({"on": on})).exists()


def _open(row: Any, named: frozenset[int], chased: tuple[Chased, ...]) -> Open:
    return Open(
        action_id=row.id,
        review_id=row.review,
        review=row.reference,
        number=row.number,
        agency_id=row.agency,
        lead_id=row.lead,
        due_on=row.current_due_on,
        named=named if row.is_restricted else None,
        chased=chased,
    )


def _named() -> dict[int, frozenset[int]]:
    named: dict[int, set[int]] = {}
    for review_id, user_id in NamedPerson.select(NamedPerson.review, NamedPerson.user).tuples():
        named.setdefault(review_id, set()).add(user_id)
    return {review_id: frozenset(people) for review_id, people in named.items()}


def _chased() -> dict[int, tuple[Chased, ...]]:
    chased: dict[int, list[Chased]] = {}
    rows = Chase.select(Chase.action, Chase.stage, Chase.due_on, Chase.chased_on).tuples()
    for action_id, stage, due_on, chased_on in rows:
        chased.setdefault(action_id, []).append(Chased(stage, due_on, chased_on))
    return {action_id: tuple(rows) for action_id, rows in chased.items()}
