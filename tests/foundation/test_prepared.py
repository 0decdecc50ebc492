"""Prepared queries: the text is made once for each shape, and rows are those of the query itself."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import peewee
import pytest

from kscb_actions.actions.models import Action, ProgressUpdate
from kscb_actions.people.models import Agency, User
from kscb_actions.prepared import named_rows, prepared
from tests.factories import TODAY, World
from tests.queries import counted

made: list[Any] = []


@prepared
def due_before(is_descending: bool, *, day: Any, agency: Any) -> Any:
    made.append(is_descending)
    key = Action.number.desc() if is_descending else Action.number
    return (
        Action.select(Action.number, Action.current_due_on, Action.updated_on, Agency.name, Agency.is_active)
        .join(Agency)
        .where(Action.current_due_on < day, Action.agency == agency)
        .order_by(key)
        .tuples()
    )


@prepared
def told_since(*, instant: Any) -> Any:
    told = ProgressUpdate.select(ProgressUpdate, Action, User).join(Action).switch(ProgressUpdate).join(User)
    return told.where(ProgressUpdate.at >= instant)


@prepared
def instants() -> Any:
    return ProgressUpdate.select(ProgressUpdate.at).tuples()


def test_values_are_bound_and_rows_are_plain_with_their_own_types(world: World) -> None:
    recommendation = world.recommendation()
    for days in (1, 2):
        world.action(TODAY - timedelta(days=days), recommendation=recommendation)
    world.action(None, recommendation=recommendation)
    found = due_before(False, day=TODAY, agency=world.police.id)
    assert found == [
        (1, TODAY - timedelta(days=1), TODAY, "Kent Police", True),
        (2, TODAY - timedelta(days=2), TODAY, "Kent Police", True),
    ]
    assert type(found[0][1]) is date
    assert found[0][4] is True
    assert due_before(False, day=TODAY - timedelta(days=1), agency=world.police.id) == found[1:]
    assert due_before(False, day=TODAY, agency=world.health.id) == []


def test_the_text_is_made_once_for_each_shape(world: World) -> None:
    action = world.action(TODAY - timedelta(days=1))
    due_before(False, day=TODAY, agency=action.agency_id)
    due_before(True, day=TODAY, agency=action.agency_id)
    made.clear()
    with counted() as count:
        for is_descending in (True, False, True):
            assert len(due_before(is_descending, day=TODAY, agency=action.agency_id)) == 1
    assert (made, int(count)) == ([], 3)


def test_model_rows_come_with_what_was_joined_and_instants_are_aware(world: World) -> None:
    action = world.progress(world.action())
    said_at = ProgressUpdate.get().at
    [told] = told_since(instant=said_at)
    with counted() as count:
        assert (told.action.text, told.by.name, told.at) == (action.text, "Police lead", said_at)
    assert int(count) == 0
    assert told_since(instant=said_at + timedelta(seconds=1)) == []
    assert instants() == [(said_at,)]
    assert said_at == datetime(2012, 3, 30, 11, 0, tzinfo=UTC)


def test_a_value_that_is_not_given_is_an_error(world: World) -> None:
    with pytest.raises(KeyError):
        due_before(False, day=TODAY)


def test_the_first_row_or_none(world: World) -> None:
    assert due_before.first(False, day=TODAY, agency=world.police.id) is None


def test_named_rows_are_those_of_the_query(world: World) -> None:
    for due in (TODAY, None):
        world.action(due)
    query = (
        Action.select(
            Action.id,
            Action.agency.alias("owner"),
            Action.current_due_on,
            Agency.is_active,
            ProgressUpdate.at,
        )
        .join(Agency)
        .join_from(Action, ProgressUpdate, peewee.JOIN.LEFT_OUTER)
        .order_by(Action.id)
    )
    found, expected = list(named_rows(query)), list(query.namedtuples())
    assert found == expected and found[0].owner == world.police.id and found[0].current_due_on == TODAY
    assert [type(each) for each in found[0]] == [type(each) for each in expected[0]]
    assert list(named_rows(query.where(Action.id == 0))) == []
