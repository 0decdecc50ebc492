"""What is written once of a state of actions is what would be written anew, for each day and condition."""

import re
from datetime import date, timedelta
from typing import Any

import peewee
import pytest

from kscb_actions import clock
from kscb_actions.actions.models import Action
from kscb_actions.actions.moves import NAMES, STATE, MoveColumns, StateColumns
from kscb_actions.actions.narrowing import as_sql
from kscb_actions.actions.rating import rating_rules, silent
from kscb_actions.actions.turn import WAITS_FOR
from kscb_actions.database import db
from kscb_actions.settings.rules import Thresholds

from ..factories import TODAY, World
from ..reports.stories import busy

CONDITIONS = (
    *(rule.when for rule in rating_rules(Thresholds())),
    *WAITS_FOR.values(),
    silent(Thresholds()),
    silent(Thresholds(silent_days=7)),
)
DAYS = (None, TODAY, TODAY - timedelta(days=1))


def then() -> Any:
    """Return the rows of today under the name that states of actions have."""
    return Action.select().alias(STATE)


def told(expression: Any) -> tuple[str, list[str]]:
    """Return the text and values of a query for it; the numbers of inner names are left out."""
    text, values = peewee.Select([then()], [expression]).bind(db.obj).sql()
    return re.sub(r'"t\d+"', '"t"', text), [str(each) for each in values]


def both(day: date | None) -> tuple[StateColumns, MoveColumns]:
    """Return the columns at the end of a day, as they are kept and as they are written anew."""
    before = None if day is None else clock.start_of(day + timedelta(days=1))
    return StateColumns(before), MoveColumns(then().c, before)


@pytest.mark.parametrize("day", DAYS)
def test_each_condition_is_what_would_be_written_anew(world: World, day: date | None) -> None:
    kept, anew = both(day)
    for today in (TODAY, TODAY - timedelta(days=1), TODAY):
        for condition in CONDITIONS:
            assert told(as_sql(condition, today, kept)) == told(as_sql(condition, today, anew))


@pytest.mark.parametrize("day", DAYS)
def test_so_is_each_word_of_its_history(world: World, day: date | None) -> None:
    kept, anew = both(day)
    assert len(kept.selected) == len(NAMES)
    for one, other in zip(kept.selected, anew.selected, strict=True):
        assert told(one) == told(other)
    assert told(kept.board_at) == told(anew.board_at)
    assert told(kept.silent_since) == told(anew.silent_since)


def test_days_and_conditions_are_told_apart() -> None:
    columns = [both(day)[0] for day in DAYS]
    assert len({str(told(each.board_at)) for each in columns}) == len(DAYS)
    late, early = (as_sql(silent(Thresholds()), TODAY - timedelta(days=each), columns[0]) for each in (0, 1))
    assert told(late) != told(early)
    assert told(as_sql(silent(Thresholds(silent_days=7)), TODAY, columns[0])) != told(late)


def test_the_database_finds_the_same_by_both(world: World) -> None:
    busy(world)
    for day in DAYS:
        found = []
        for columns in both(day):
            told = [peewee.Case(None, [(as_sql(each, TODAY, columns), 1)], 0) for each in CONDITIONS]
            rows = [*told, *columns.selected, columns.board_at, columns.silent_since]
            state = then()
            query = peewee.Select([state], rows).order_by(state.c.id)
            found.append([tuple(row) for row in db.execute(query)])
        assert found[0] == found[1] and len(found[0]) > 5
