"""Chasing agencies' returns on child deaths: once a stage, however often and by however many it is run."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from kscb_actions.access.policy import SYSTEM
from kscb_actions.audit.models import AuditEvent
from kscb_actions.audit.rules import canonical
from kscb_actions.audit.service import Change, change
from kscb_actions.chasing.queries import list_active_people
from kscb_actions.chasing.rules import Chased
from kscb_actions.chasing.working_days import why_not_working
from kscb_actions.child_deaths.cases.models import ChildDeath
from kscb_actions.child_deaths.meetings.models import Interest, PanelCase, PanelSeat
from kscb_actions.child_deaths.visibility import OPEN_INTEREST
from kscb_actions.database import reading, writing
from kscb_actions.mail.models import OutboxMessage
from kscb_actions.mail.rules import About
from kscb_actions.mail.service import queue
from kscb_actions.people.models import Agency, User
from kscb_actions.settings.queries import get_board
from kscb_actions.settings.rules import Board

from . import rules as return_rules
from .models import AgencyReturn, ReturnChase
from .queries import STILL_ASKED
from .rules import SUBJECT, ReturnItem, ReturnPlan, Waiting

RAN = "return.chase-ran"


@dataclass(frozen=True)
class ReturnMessage:
    """A digest as it is sent."""

    to: str
    subject: str
    body: str
    items: tuple[ReturnItem, ...]


@dataclass(frozen=True)
class ReturnRun:
    """What a run found.

    day_off  why nobody was chased that day ("a Saturday"); None on a working day
    untold   ids of the returns that fell due and of which nobody at all can be told
    """

    on: date
    messages: tuple[ReturnMessage, ...] = ()
    untold: tuple[int, ...] = ()
    day_off: str | None = None


def chase_returns(on: date, base_url: str, dry_run: bool = False) -> ReturnRun:
    """Queue a digest for everybody for whom a return fell due by `on`, in one transaction.

    Nothing on a day that is not a working day, and nothing that went out before. With `dry_run` nothing
    is written.
    """
    day_off = why_not_working(on)
    if day_off:
        return ReturnRun(on, day_off=day_off)
    board = get_board()
    with reading() if dry_run else writing():
        offsets = board.thresholds.chase_offsets
        plan = return_rules.plan_returns(list_waiting(on, min(offsets)), list_active_people(), on, offsets)
        if not dry_run and (plan.digests or not have_returns_run(on)):
            with change(SYSTEM) as tx:
                _queue_all(tx, plan, on, board, base_url)
    messages = tuple(_message(digest, on, board, base_url) for digest in plan.digests)
    return ReturnRun(on, messages, tuple(waiting.return_id for waiting in plan.untold))


def have_returns_run(on: date) -> bool:
    """Have the returns of this day been chased already?"""
    ran = AuditEvent.event == RAN
    return AuditEvent.select().where(ran, AuditEvent.detail == canonical({"on": on})).exists()


def list_waiting(on: date, first_offset: int) -> list[Waiting]:
    """The returns that have not come and whose first stage has begun by `on`. Four queries."""
    rows = list(
        AgencyReturn.select(AgencyReturn, Agency)
        .join(Agency)
        .switch(AgencyReturn)
        .join(ChildDeath)
        .where(
            AgencyReturn.answered_on.is_null(),
            STILL_ASKED,
            AgencyReturn.due_on <= on - timedelta(days=first_offset),
            ChildDeath.decision_number == 0,
        )
    )
    seats = _gathered(
        PanelSeat.select(PanelCase.death, PanelSeat.user)
        .join(PanelCase, on=PanelCase.meeting == PanelSeat.meeting)
        .tuples()
    )
    interests = Interest.select(Interest.death, Interest.user).where(OPEN_INTEREST)
    closed, chased = _gathered(interests.tuples()), _chased()
    return [_waiting(row, seats, closed, chased) for row in rows]


def _waiting(
    row: AgencyReturn,
    seats: dict[int, set[int]],
    closed: dict[int, set[int]],
    chased: dict[int, list[Chased]],
) -> Waiting:
    return Waiting(
        return_id=row.id,
        death_id=row.death_id,
        agency_id=row.agency_id,
        agency=row.agency.name,
        due_on=row.due_on,
        seats=frozenset(seats.get(row.death_id, ())),
        closed_to=frozenset(closed.get(row.death_id, ())),
        chased=tuple(chased.get(row.id, ())),
    )


def _gathered(pairs: Iterable[Any]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = {}
    for key, value in pairs:
        found.setdefault(key, set()).add(value)
    return found


def _chased() -> dict[int, list[Chased]]:
    columns = (ReturnChase.agency_return, ReturnChase.stage, ReturnChase.due_on, ReturnChase.chased_on)
    found: dict[int, list[Chased]] = {}
    for return_id, *chased in ReturnChase.select(*columns).tuples():
        found.setdefault(return_id, []).append(Chased(*chased))
    return found


def _queue_all(tx: Change, plan: ReturnPlan, on: date, board: Board, base_url: str) -> None:
    first: dict[int, tuple[ReturnItem, OutboxMessage]] = {}
    for digest in plan.digests:
        told = _message(digest, on, board, base_url)
        to = User.get_by_id(digest.to.id)
        about = (About(death_id=item.waiting.death_id) for item in digest.items)
        message = queue(tx, to, told.subject, told.body, about)
        for item in digest.items:
            first.setdefault(item.waiting.return_id, (item, message))
    for item, message in first.values():
        row = ReturnChase(
            agency_return=item.waiting.return_id,
            stage=item.stage,
            due_on=item.waiting.due_on,
            chased_on=on,
            message=message,
        )
        tx.add(row, "return.chased")
    tx.say(RAN, "child_deaths", {"on": on})


def _message(digest: return_rules.ReturnDigest, on: date, board: Board, base_url: str) -> ReturnMessage:
    text = return_rules.body(digest, on, board.name, base_url)
    return ReturnMessage(digest.to.email, SUBJECT, text, digest.items)
