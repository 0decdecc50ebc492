"""The conditions of the rules, one by one, on plain values and on a row of the database."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from kscb_actions.actions.conditions import (
    ALWAYS,
    All,
    AtLeast,
    Before,
    Condition,
    Is,
    Later,
    Missing,
    Not,
    Rule,
    first_match,
    holds,
)
from kscb_actions.actions.models import Action
from kscb_actions.actions.narrowing import as_sql
from kscb_actions.actions.rating import Facts
from tests.factories import World

DAY = date(2012, 2, 29)
FACTS = Facts(
    standing="active",
    progress="in_progress",
    assurance="none",
    updated_on=date(2012, 2, 1),
    original_due_on=date(2012, 2, 1),
    current_due_on=date(2012, 2, 29),
    reported_done_on=None,
    extension_count=1,
)
CASES: list[tuple[Condition, Facts, bool]] = [
    (Is("standing", ("active",)), FACTS, True),
    (Is("standing", ("on_hold", "withdrawn")), FACTS, False),
    (Is("standing", ()), FACTS, False),
    (Missing("reported_done_on"), FACTS, True),
    (Missing("current_due_on"), FACTS, False),
    (Before("current_due_on", 0), FACTS, False),
    (Before("current_due_on", 1), FACTS, True),
    (Before("current_due_on", -1), replace(FACTS, current_due_on=date(2012, 2, 27)), True),
    (Before("current_due_on", -1), replace(FACTS, current_due_on=date(2012, 2, 28)), False),
    (Before("current_due_on", 1), replace(FACTS, current_due_on=date(2012, 3, 1)), False),
    (Before("current_due_on", 2), replace(FACTS, current_due_on=date(2012, 3, 1)), True),
    (Before("current_due_on", 9999), replace(FACTS, current_due_on=None), False),
    (Later("current_due_on", "original_due_on"), FACTS, True),
    (Later("original_due_on", "current_due_on"), FACTS, False),
    (Later("current_due_on", "current_due_on"), FACTS, False),
    (Later("reported_done_on", "current_due_on"), FACTS, False),
    (Later("current_due_on", "reported_done_on"), FACTS, False),
    (AtLeast("extension_count", 1), FACTS, True),
    (AtLeast("extension_count", 2), FACTS, False),
    (Not(Before("current_due_on", 0)), FACTS, True),
    (Not(Before("current_due_on", 0)), replace(FACTS, current_due_on=None), True),
    (Not(Later("reported_done_on", "current_due_on")), FACTS, True),
    (Not(Not(Missing("reported_done_on"))), FACTS, True),
    (All((Is("standing", ("active",)), Missing("reported_done_on"))), FACTS, True),
    (All((Is("standing", ("active",)), Missing("current_due_on"))), FACTS, False),
    (ALWAYS, FACTS, True),
    (Not(ALWAYS), FACTS, False),
]


@pytest.mark.parametrize(("condition", "facts", "expected"), CASES)
def test_a_condition_holds_of_plain_values(condition: Condition, facts: Facts, expected: bool) -> None:
    assert holds(condition, facts, DAY) is expected


def test_each_condition_says_the_same_of_a_row(world: World) -> None:
    from .rows import put

    action = world.action(due_on=DAY + timedelta(days=90))
    wrong = []
    for condition, facts, expected in CASES:
        put(action, facts)
        found = Action.select().where(Action.id == action.id, as_sql(condition, DAY)).exists()
        if found is not expected:
            wrong.append((condition, facts))
    assert wrong == []


def test_the_first_rule_that_holds_wins() -> None:
    rules = (
        Rule("late", "a", Before("current_due_on", 0)),
        Rule("soon", "b", Before("current_due_on", 1)),
        Rule("other", "c", ALWAYS),
    )
    assert first_match(rules, FACTS, DAY).code == "b"
    assert first_match(rules, FACTS, DAY + timedelta(days=1)).code == "a"
    assert first_match(rules, FACTS, DAY - timedelta(days=1)).code == "c"
