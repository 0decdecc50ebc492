"""Rows that are added together: the same rows, events and chain as when added one after another."""

from collections.abc import Sequence
from typing import Any

import pytest

from kscb_actions import prepared
from kscb_actions.access.policy import SYSTEM
from kscb_actions.actions.models import Action
from kscb_actions.audit import service
from kscb_actions.audit.models import AuditEvent
from kscb_actions.audit.queries import every_event
from kscb_actions.audit.rules import first_break
from kscb_actions.audit.service import Change, Told, change, hear_by, one_step
from kscb_actions.database import Model
from kscb_actions.mail.models import OutboxItem, OutboxMessage
from kscb_actions.mail.service import queue
from tests.factories import World
from tests.queries import counted

NAMED = "mail.item-named"


@pytest.fixture
def actions(world: World) -> list[Action]:
    """More actions than one statement names."""
    recommendation = world.recommendation()
    return [world.action(recommendation=recommendation) for _ in range(prepared.AT_ONCE + 2)]


def items(message: OutboxMessage, actions: Sequence[Action]) -> list[Model]:
    return [OutboxItem(message=message, review_id=each.review_id, action_id=each.id) for each in actions]


def told_of(event: AuditEvent) -> dict[str, Any]:
    hidden = {"id", "at", "hash", "previous_hash", "save", "object_id", "state"}
    return {name: value for name, value in event.__data__.items() if name not in hidden}


def message_in(tx: Change, world: World) -> OutboxMessage:
    return queue(tx, world.police_lead, "Subject", "Body", ())


def named() -> list[AuditEvent]:
    return list(AuditEvent.select().where(AuditEvent.event == NAMED).order_by(AuditEvent.id))


def test_a_row_of_plain_values_is_the_row_with_these_names(world: World) -> None:
    action = world.action()
    values = {"review_id": action.review_id, "action_id": action.id}
    message = OutboxMessage(id=7)
    made = OutboxItem.of({"message": 7, **values})
    assert made.state_of_event() == OutboxItem(message=message, **values).state_of_event()
    assert OutboxItem.of(values).state_of_event() == OutboxItem(**values).state_of_event()


def test_they_are_the_same_as_one_after_another(world: World, actions: list[Action]) -> None:
    with change(SYSTEM) as tx:
        message = message_in(tx, world)
        for row in items(message, actions):
            tx.add(row, NAMED)
    one_by_one = named()
    with change(SYSTEM) as tx:
        message = message_in(tx, world)
        rows = items(message, actions)
        tx.add_all(rows, NAMED)
    together = named()[len(one_by_one) :]
    assert [told_of(each) for each in together] == [told_of(each) for each in one_by_one]
    assert [each.object_id for each in together] == [row.id for row in rows]
    kept = OutboxItem.select().where(OutboxItem.message == message).order_by(OutboxItem.id)
    assert [(row.id, row.action_id) for row in kept] == [(row.id, row.action_id) for row in rows]
    assert [row.action_id for row in rows] == [each.id for each in actions]
    assert first_break(every_event()) is None


def test_they_are_written_by_few_statements(world: World, actions: list[Action]) -> None:
    with change(SYSTEM) as tx:
        rows = items(message_in(tx, world), actions[:50])
        with counted() as count:
            tx.add_all(rows, NAMED)
    # The rows, the newest hash, the events.
    assert int(count) == 3


def test_listeners_hear_of_each_with_its_own_event(
    world: World, actions: list[Action], monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[Told] = []
    monkeypatch.setattr(service, "_listeners", [])
    hear_by(lambda tx, told: heard.extend(each for each in told if each.event == NAMED))
    with change(SYSTEM) as tx:
        rows = items(message_in(tx, world), actions)
        tx.add_all(rows, NAMED)
    assert [told.row for told in heard] == rows
    assert [told.event_id for told in heard] == [event.id for event in named()]


def test_what_follows_in_a_step_is_chained_to_the_last_of_them(world: World, actions: list[Action]) -> None:
    with one_step(SYSTEM, "mail.sent-again", "mail", lambda: "Done."):
        for _ in range(2):
            with change(SYSTEM) as tx:
                tx.add_all(items(message_in(tx, world), actions[:3]), NAMED)
    assert len(named()) == 6
    assert first_break(every_event()) is None


def test_none_is_nothing_and_rows_of_two_tables_are_refused(world: World, actions: list[Action]) -> None:
    with change(SYSTEM) as tx:
        message = message_in(tx, world)
        tx.add_all([], NAMED)
    assert named() == []
    [item] = items(message, actions[:1])
    other = OutboxItem(message=message, review_id=actions[0].review_id)
    for odd in (OutboxMessage(to_user=world.police_lead), other):
        with pytest.raises(ValueError, match="one table"), change(SYSTEM) as tx:
            tx.add_all([item, odd], NAMED)
    assert OutboxItem.select().count() == 0
