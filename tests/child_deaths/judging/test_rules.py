"""What must be true of a judgement, at each boundary."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from kscb_actions.child_deaths import terms
from kscb_actions.child_deaths.judging.rules import (
    LONGEST_FACTOR,
    FactorFacts,
    Judgement,
    category_words,
    cleaned,
    joined,
    problems_with_judgement,
    split,
    strongest,
)

ON = date(2012, 3, 30)
GOOD = Judgement(
    frozenset({8, 3}),
    "identified",
    "The cot was not safe.",
    (FactorFacts("parenting", "co_sleeping", "2", "On a sofa", True),),
    "Say it before birth.",
)


@pytest.mark.parametrize(
    ("changed", "fields"),
    [
        ({}, set()),
        ({"categories": frozenset()}, {"categories"}),
        ({"categories": frozenset({1})}, set()),
        ({"categories": frozenset({10})}, set()),
        ({"categories": frozenset(terms.CATEGORIES)}, set()),
        ({"categories": frozenset({0})}, {"categories"}),
        ({"categories": frozenset({8, 11})}, {"categories"}),
        ({"status": ""}, {"status"}),
        ({"status": "preventable"}, {"status"}),
        ({"status": "no such status"}, {"status"}),
        ({"status_reason": ""}, {"status_reason"}),
        ({"status_reason": "x" * 10_000}, set()),
        ({"status_reason": "x" * 10_001}, {"status_reason"}),
        ({"status": "none", "status_reason": "", "factors": ()}, set()),
        ({"status": "insufficient", "status_reason": "", "factors": ()}, set()),
        ({"status": "none"}, {"status"}),
        ({"status": "insufficient"}, {"status"}),
        ({"factors": ()}, set()),
        ({"learning": "x" * 10_000}, set()),
        ({"learning": "x" * 10_001}, {"learning"}),
    ],
)
def test_a_judgement_is_checked_field_by_field(changed: dict[str, Any], fields: set[str]) -> None:
    assert set(problems_with_judgement(replace(GOOD, **changed), ON)) == fields


@pytest.mark.parametrize(
    ("completed_on", "status", "is_right"),
    [
        (date(2010, 3, 31), "potentially_preventable", True),
        (date(2010, 3, 31), "none", False),
        (date(2010, 4, 1), "potentially_preventable", False),
        (date(2010, 4, 1), "none", True),
    ],
)
def test_the_period_says_which_statuses_there_are(completed_on: date, status: str, is_right: bool) -> None:
    judgement = Judgement(frozenset({8}), status)
    assert ("status" not in problems_with_judgement(judgement, completed_on)) is is_right


@pytest.mark.parametrize(
    ("factor", "is_right"),
    [
        (FactorFacts("parenting", "co_sleeping", "2"), True),
        (FactorFacts("family", "co_sleeping", "2"), False),
        (FactorFacts("parenting", "no_such_code", "2"), False),
        (FactorFacts("no such domain", "co_sleeping", "2"), False),
        (FactorFacts("", "", "2", "Words"), False),
        (FactorFacts("services", "", "2", "No interpreter"), True),
        (FactorFacts("services", "", "2"), False),
        (FactorFacts("services", "", "1*"), False),
        (FactorFacts("services", "", "1"), True),
        (FactorFacts("services", "", "0"), True),
        (FactorFacts("services", "access", ""), False),
        (FactorFacts("services", "access", "4"), False),
        (FactorFacts("services", "access", "1**"), False),
        (FactorFacts("services", "access", "3", "x" * LONGEST_FACTOR), True),
        (FactorFacts("services", "access", "3", "x" * (LONGEST_FACTOR + 1)), False),
        (FactorFacts("services", "access", "3", "", True), True),
        (FactorFacts("services", "access", "2", "", True), True),
        (FactorFacts("services", "access", "1*", "", True), False),
        (FactorFacts("services", "access", "1", "", True), False),
        (FactorFacts("services", "access", "0", "", True), False),
    ],
)
def test_a_factor_is_checked(factor: FactorFacts, is_right: bool) -> None:
    safe = FactorFacts("child", "prematurity", "2")
    judgement = replace(GOOD, factors=(safe, factor))
    assert set(problems_with_judgement(judgement, ON)) == (set() if is_right else {"factors-1"})


def test_a_known_factor_is_named_once() -> None:
    twice = (FactorFacts("services", "access", "2"), FactorFacts("services", "access", "3"))
    others = (FactorFacts("services", "", "2", "One"), FactorFacts("services", "", "2", "Another"))
    assert set(problems_with_judgement(replace(GOOD, factors=twice), ON)) == {"factors-1"}
    assert problems_with_judgement(replace(GOOD, factors=others), ON) == {}


@pytest.mark.parametrize(
    ("completed_on", "message"),
    [
        (date(2010, 3, 31), "Select whether the death was preventable."),
        (date(2010, 4, 1), "Select whether modifiable factors were identified."),
    ],
)
def test_a_missing_status_is_asked_for_as_its_period_asks(completed_on: date, message: str) -> None:
    judgement = Judgement(frozenset({8}), "")
    assert problems_with_judgement(judgement, completed_on) == {"status": message}


@pytest.mark.parametrize(
    ("categories", "kept"), [(set(), ""), ({8}, "8"), ({8, 3}, "3;8"), ({10, 9, 1}, "1;9;10")]
)
def test_categories_are_kept_uppermost_first_and_read_back(categories: set[int], kept: str) -> None:
    assert joined(categories) == kept
    assert split(kept) == categories


@pytest.mark.parametrize(
    ("levels", "expected"),
    [((), "1"), (("0",), "0"), (("0", "1"), "1"), (("1", "1*"), "1*"), (("2", "1*"), "2"), (("3", "2"), "3")],
)
def test_the_strongest_influence_of_a_domain(levels: tuple[str, ...], expected: str) -> None:
    factors = tuple(FactorFacts("family", "", level, "Words") for level in levels)
    elsewhere = FactorFacts("child", "prematurity", "3")
    assert strongest(replace(GOOD, factors=(*factors, elsewhere)), "family") == expected


def test_a_factor_has_a_name() -> None:
    assert FactorFacts("parenting", "co_sleeping", "2").name == "Sleeping in the same bed or on a sofa"
    assert (
        FactorFacts("parenting", "co_sleeping", "2", "A sofa").name
        == "Sleeping in the same bed or on a sofa: A sofa"
    )
    assert FactorFacts("parenting", "", "2", "A sofa").name == "A sofa"
    assert FactorFacts("parenting", "", "0").name == "The domain as a whole"


def test_texts_are_kept_clean() -> None:
    raw = Judgement(
        frozenset({1}), "none", "One.\r\n\x00", (FactorFacts("child", "", "2", " a\r\nb "),), "\x07"
    )
    kept = cleaned(raw)
    assert (kept.status_reason, kept.factors[0].text, kept.learning) == ("One.", "a b", "")


def test_categories_are_called_by_number_and_name() -> None:
    assert category_words(8) == "8. Perinatal/neonatal event"
    assert category_words(None) == "None"
