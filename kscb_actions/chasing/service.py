"""Chasing: the digests of a day, queued once however often and by however many processes it is run."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from kscb_actions.access.policy import SYSTEM
from kscb_actions.audit.service import Change, change
from kscb_actions.database import reading, writing
from kscb_actions.mail.models import OutboxMessage
from kscb_actions.mail.rules import About
from kscb_actions.mail.service import queue
from kscb_actions.people.models import User
from kscb_actions.settings.queries import get_board
from kscb_actions.settings.rules import Board

from . import rules
from .models import Chase
from .queries import RAN, has_run, list_active_people, list_open
from .working_days import why_not_working


@dataclass(frozen=True)
class Message:
    """A digest as it is sent."""

    to: str
    subject: str
    body: str
    items: tuple[rules.Item, ...]


@dataclass(frozen=True)
class ChaseRun:
    """What a run found.

    day_off  why nobody was chased that day ("a Saturday"); None on a working day
    untold   references of actions that fell due and of which nobody at all may be told
    """

    on: date
    messages: tuple[Message, ...] = ()
    untold: tuple[str, ...] = ()
    day_off: str | None = None


def chase(on: date, base_url: str, dry_run: bool = False) -> ChaseRun:
    """Queue a digest for everybody for whom something fell due by `on`, in one transaction.

    Nothing on a day that is not a working day, and nothing that went out before. With `dry_run` nothing
    is written. Reading and writing share one lock, so a second process finds the first one's rows.
    """
    day_off = why_not_working(on)
    if day_off:
        return ChaseRun(on, day_off=day_off)
    board = get_board()
    with reading() if dry_run else writing():
        offsets = board.thresholds.chase_offsets
        plan = rules.plan(list_open(on, min(offsets)), list_active_people(), on, offsets)
        if not dry_run and (plan.digests or not has_run(on)):
            with change(SYSTEM) as tx:
                _queue_all(tx, plan, on, board, base_url)
    messages = tuple(_message(digest, on, board, base_url) for digest in plan.digests)
    return ChaseRun(on, messages, tuple(action.reference for action in plan.untold))


def _queue_all(tx: Change, plan: rules.Plan, on: date, board: Board, base_url: str) -> None:
    first: dict[tuple[int, int, date], tuple[rules.Item, OutboxMessage]] = {}
    for digest in plan.digests:
        told = _message(digest, on, board, base_url)
        message = queue(tx, User.get_by_id(digest.to.id), told.subject, told.body, _about(digest))
        for item in digest.items:
            first.setdefault((item.action.action_id, item.stage, item.action.due_on), (item, message))
    for item, message in first.values():
        tx.add(_chase(item, on, message), "action.chased", {"asked": item.is_asked})
    tx.say(RAN, "chasing", {"on": on})


def _about(digest: rules.Digest) -> Iterable[About]:
    return (About(item.action.review_id, item.action.action_id) for item in digest.items)


def _chase(item: rules.Item, on: date, message: OutboxMessage) -> Chase:
    return Chase(
        review=item.action.review_id,
        action=item.action.action_id,
        stage=item.stage,
        due_on=item.action.due_on,
        chased_on=on,
        message=message,
    )


def _message(digest: rules.Digest, on: date, board: Board, base_url: str) -> Message:
    return Message(
        to=digest.to.email,
        subject=rules.subject(digest, on),
        body=rules.body(digest, on, board.name, base_url),
        items=digest.items,
    )
