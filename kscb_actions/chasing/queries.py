"""What every run of reminders reads: who can be told, and whether it has been run."""

import json
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date
from typing import Any, TypeVar

import peewee

from kscb_actions import clock
from kscb_actions.access.policy import Viewer
from kscb_actions.audit.models import AuditEvent
from kscb_actions.audit.rules import canonical
from kscb_actions.mail.models import OutboxMessage
from kscb_actions.mail.rules import LOST, State
from kscb_actions.people.models import User
from kscb_actions.prepared import named_rows

from .lived.queries import days_shown, first_day
from .lived.rules import set_back
from .models import TakenOut
from .providers import Provider
from .rules import Ahead, Chased

V = TypeVar("V")


def list_active_people() -> list[Viewer]:
    """Return everybody who can sign in, as the policy sees them."""
    return [person.viewer for person in User.select().where(User.is_active).order_by(User.email)]


def has_run(provider: Provider[Any], on: date) -> bool:
    """Return whether this run of the day has been done already, that day and not by a clock ahead of it."""
    return has_happened(provider.event, on)


def has_happened(event: str, on: date) -> bool:
    """Return whether there was an event `on` a day, recorded that day and not by a clock ahead of it.

    A clock that went back since, and was behind, takes nothing away. Of a day that has not come yet what was
    asked for by name counts, so that asking once more tells nothing twice.
    """
    ran = (AuditEvent.event == event) & (AuditEvent.detail == canonical({"on": on}))
    latest = AuditEvent.select(AuditEvent.id, AuditEvent.at).where(ran).order_by(AuditEvent.id.desc())
    row = latest.limit(1).tuples().first()
    if row is None:
        return False
    newest, at = row
    if max(clock.local_date(at), clock.today()) < on:
        return True
    # The trail goes on before that day.
    since = days_shown(AuditEvent.id > newest, AuditEvent.at < clock.start_of(on))
    first = first_day()
    if not since or first is None:
        return True
    until = days_shown(AuditEvent.id <= newest)
    told = (on, max(on, clock.local_date(at)), newest)
    shown = [told, *((day, day, event_id) for day, event_id in since)]
    found = set_back(shown, since[-1][0], first, until)
    return not any(each.message == newest and each.since < on for each in found)


def runs_ahead(provider: Provider[Any], today: date) -> list[Ahead]:
    """Return the runs that were done before their day came, as `lived.rules.set_back` gives them.

    A query more for each of them, and two where the clock went back; as a rule it did not.
    """
    columns = (AuditEvent.detail, AuditEvent.at, AuditEvent.id)
    ran = AuditEvent.select(*columns).where(AuditEvent.event == provider.event)
    runs = []
    for detail, at, event_id in ran.order_by(AuditEvent.id).tuples():
        day = date.fromisoformat(json.loads(detail)["on"])
        # A day that was made up for is not one to which a clock was set back.
        runs.append((day, max(day, clock.local_date(at)), event_id))
    known = [*(day for _, day, _ in runs), today]
    first = first_day()
    if known == sorted(known) or first is None:
        return []
    found = set_back(runs, today, first, days_shown())
    return [replace(each, message=_newest_message(each.message)) for each in found]


def _newest_message(event_id: int) -> int:
    """Return the newest message that had been queued when this event was written."""
    queued = (AuditEvent.kind == OutboxMessage._meta.table_name) & (AuditEvent.id < event_id)
    return AuditEvent.select(peewee.fn.MAX(AuditEvent.object_id)).where(queued).scalar() or 0


def chased_by(*fields: peewee.Field) -> dict[Any, tuple[Chased, ...]]:
    """Return {thing: the reminders of it}, from the table of reminders whose `fields` name the thing.

    One field: the thing is its value; several: they are a tuple. Three queries.
    """
    return Given(*fields).read()


class Given:
    """The reminders in the table whose `fields` name the thing, read for some things at a time.

    What has become of the messages is read once, with two queries.
    """

    def __init__(self, *fields: peewee.Field) -> None:
        self._fields, self._model = fields, fields[0].model
        taken_out = TakenOut.select(TakenOut.chase_id).where(TakenOut.kind == self._model._meta.table_name)
        self._never_went = frozenset(row_id for (row_id,) in taken_out.tuples())
        self._lost = _lost_messages()

    def read(self, *among: Any) -> dict[Any, tuple[Chased, ...]]:
        """Return {thing: the reminders of it} of the rows that meet these conditions. One query.

        What is closed has had reminders enough, and nobody asks for them.
        """
        model, count = self._model, len(self._fields)
        columns = (model.stage, model.due_on, model.chased_on, model.id, model.message)
        rows = model.select(*self._fields, *columns)
        found: dict[Any, tuple[Chased, ...]] = {}
        # Days that many have in common are held once.
        days: dict[date, date] = {}
        for row in named_rows(rows.where(*among) if among else rows):
            stage, due_on, chased_on, row_id, message_id = row[count:]
            is_lost, to = self._lost.get(message_id, (False, None))
            due_on, chased_on = days.setdefault(due_on, due_on), days.setdefault(chased_on, chased_on)
            is_lost = is_lost or row_id in self._never_went
            one = Chased(stage, due_on, chased_on, row_id, message_id, to, is_lost)
            key = row[0] if count == 1 else row[:count]
            found[key] = (*found.get(key, ()), one)
        return found


def _lost_messages() -> dict[int, tuple[bool, int | None]]:
    """Return {message that nobody has had: (whether its reminders count as not given, else who waits)}.

    A message that was not delivered waits for the address to be put right, and is then made good.
    """
    went, outer = OutboxMessage.alias(), peewee.JOIN.LEFT_OUTER
    lost = (*LOST, State.DROPPED)
    # A digest that was taken into a later one was lost with that.
    state = peewee.fn.COALESCE(went.state, OutboxMessage.state)
    waits = peewee.fn.COALESCE(went.made_good_at, OutboxMessage.made_good_at).is_null()
    rows = (
        OutboxMessage.select(OutboxMessage.id, state, OutboxMessage.to_user, User.is_active, waits)
        .join_from(OutboxMessage, User)
        .join_from(OutboxMessage, went, outer, on=(OutboxMessage.taken_into == went.id))
        .where(OutboxMessage.state.in_(lost) | went.state.in_(lost))
        .tuples()
    )
    found: dict[int, tuple[bool, int | None]] = {}
    for message_id, state, person, is_active, waits in rows:
        can_wait = state in LOST and is_active and waits
        found[message_id] = (False, person) if can_wait else (True, None)
    return found


def gathered(rows: Iterable[Any], made: Callable[..., V]) -> dict[int, tuple[V, ...]]:
    """Return {first column: what is made of the other columns, for each row that begins with it}."""
    found: dict[int, tuple[V, ...]] = {}
    for key, *others in rows:
        found[key] = (*found.get(key, ()), made(*others))
    return found
