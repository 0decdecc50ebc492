"""The conditions of the rules, one by one, on plain values and on a row of the database."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kscb_actions.actions.conditions import (
    ALWAYS,
    All,
    AtLeast,
    Before,
    Condition,
    Either,
    Is,
    Later,
    Missing,
    Not,
    Rule,
    conjuncts,
    first_match,
    has_result,
    holds,
)
from kscb_actions.actions.models import Action
from kscb_actions.actions.narrowing import VALUES, as_sql
from kscb_actions.actions.rules import Assurance, Standing
from kscb_actions.actions.turn import RatingFacts

from ..factories import World

DAY = date(2012, 2, 29)
FACTS = RatingFacts(
    standing="active",
    progress="in_progress",
    assurance="none",
    updated_on=date(2012, 2, 1),
    original_due_on=date(2012, 2, 1),
    current_due_on=date(2012, 2, 29),
    reported_done_on=None,
    extension_count=1,
)
CASES: list[tuple[Condition, RatingFacts, bool]] = [
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
    (Either((Missing("current_due_on"), AtLeast("extension_count", 1))), FACTS, True),
    (Either((Missing("current_due_on"), AtLeast("extension_count", 2))), FACTS, False),
    (Not(Either((Missing("current_due_on"), AtLeast("extension_count", 2)))), FACTS, True),
    (All((Not(Is("standing", ("on_hold",))), Not(Is("standing", ("withdrawn", "superseded"))))), FACTS, True),
    (All((Not(Is("standing", ("active",))), Is("progress", ("in_progress",)))), FACTS, False),
    (All((Is("assurance", ("none", "returned")), Not(Is("assurance", ("none",))))), FACTS, False),
]


@pytest.mark.parametrize(("condition", "facts", "expected"), CASES)
def test_a_condition_holds_of_plain_values(condition: Condition, facts: RatingFacts, expected: bool) -> None:
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


@pytest.mark.parametrize(("condition", "facts", "expected"), CASES)
def test_the_plain_parts_of_a_condition_say_the_same(
    condition: Condition, facts: RatingFacts, expected: bool
) -> None:
    assert all(holds(part, facts, DAY) for part in conjuncts(condition, VALUES)) is expected


def test_all_that_is_said_of_one_field_becomes_one_part() -> None:
    said = All((Not(Is("standing", ("on_hold",))), All((Not(Is("standing", ("superseded",))), ALWAYS))))
    assert conjuncts(said, VALUES) == [Is("standing", ("active", "withdrawn"))]
    assert conjuncts(Not(Not(Missing("current_due_on"))), VALUES) == [Missing("current_due_on")]


def test_what_is_said_of_a_field_is_not_said_again_within_other_parts() -> None:
    active, late = Is("standing", ("active",)), Before("current_due_on", 0)
    again = Either((All((active, late)), Is("standing", ("on_hold",)), Missing("current_due_on")))
    assert conjuncts(All((active, again)), VALUES) == [active, Either((late, Missing("current_due_on")))]
    assert conjuncts(All((active, Not(All((active, late))))), VALUES) == [active, Not(late)]
    assert conjuncts(All((active, Either((active, late)))), VALUES) == [active]
    assert conjuncts(All((active, Not(Either((late, active))), late)), VALUES)[0] == Is("standing", ())


def conditions() -> st.SearchStrategy[Condition]:
    """Return conditions of every kind, some within others."""
    plain = st.one_of(
        st.builds(Is, st.just("standing"), st.sets(st.sampled_from(Standing)).map(tuple)),
        st.builds(Is, st.just("assurance"), st.sets(st.sampled_from(Assurance)).map(tuple)),
        st.builds(Before, st.just("current_due_on"), st.integers(-1, 1)),
        st.just(Missing("current_due_on")),
    )
    return st.recursive(
        plain,
        lambda inner: st.one_of(
            st.builds(Not, inner),
            st.lists(inner, max_size=3).map(tuple).map(All),
            st.lists(inner, max_size=3).map(tuple).map(Either),
        ),
        max_leaves=8,
    )


@given(
    conditions(),
    st.sampled_from(Standing),
    st.sampled_from(Assurance),
    st.one_of(st.none(), st.integers(-2, 2).map(lambda days: DAY + timedelta(days=days))),
)
def test_the_parts_of_any_condition_say_the_same(
    condition: Condition, standing: Standing, assurance: Assurance, due_on: date | None
) -> None:
    facts = replace(FACTS, standing=standing, assurance=assurance, current_due_on=due_on)
    assert all(holds(part, facts, DAY) for part in conjuncts(condition, VALUES)) is holds(
        condition, facts, DAY
    )


def test_a_result_is_given_when_no_rule_before_holds_and_one_of_its_own_does() -> None:
    rules = (
        Rule("late", "a", Before("current_due_on", 0)),
        Rule("soon", "b", Before("current_due_on", 1)),
        Rule("soon", "c", AtLeast("extension_count", 2)),
        Rule("other", "d", ALWAYS),
    )
    for result in ("late", "soon", "other"):
        condition = has_result(rules, result)
        for days in (-1, 0, 1):
            for count in (1, 2):
                facts = replace(FACTS, extension_count=count)
                today = DAY + timedelta(days=days)
                assert condition is not None
                assert holds(condition, facts, today) is (first_match(rules, facts, today).result == result)
    assert has_result(rules, "purple") is None


def test_rules_of_one_result_that_stand_apart_are_refused() -> None:
    rules = (Rule("x", "a", ALWAYS), Rule("y", "b", ALWAYS), Rule("x", "c", ALWAYS))
    with pytest.raises(ValueError, match="side by side"):
        has_result(rules, "x")
