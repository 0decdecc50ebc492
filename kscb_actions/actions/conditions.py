"""A small language of conditions on an action's facts, so that a rule is written once.

The same condition is judged here on plain values and turned into SQL in `queries.py`: a page and the list
behind its count cannot disagree. Dates are compared with `today` plus a number of days.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any


@dataclass(frozen=True)
class Is:
    """The field holds one of these values."""

    field: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Missing:
    """The field holds nothing."""

    field: str


@dataclass(frozen=True)
class Before:
    """The field holds a date before today plus `days`."""

    field: str
    days: int


@dataclass(frozen=True)
class Later:
    """The first field's date is after the second's; false where either is missing."""

    field: str
    than: str


@dataclass(frozen=True)
class AtLeast:
    """The field holds a number of at least `count`."""

    field: str
    count: int


@dataclass(frozen=True)
class All:
    """Every one of the conditions holds."""

    conditions: tuple["Condition", ...]


@dataclass(frozen=True)
class Not:
    """The condition does not hold."""

    condition: "Condition"


Condition = Is | Missing | Before | Later | AtLeast | All | Not
ALWAYS = All(())


@dataclass(frozen=True)
class Rule:
    """What follows, and under which code, when the condition holds. The first rule that holds wins."""

    result: str
    code: str
    when: Condition


def holds(condition: Condition, facts: Any, today: date) -> bool:
    """Does the condition hold for these facts on this day?"""
    match condition:
        case Is(field, values):
            return getattr(facts, field) in values
        case Missing(field):
            return getattr(facts, field) is None
        case Before(field, days):
            value = getattr(facts, field)
            return value is not None and value < today + timedelta(days=days)
        case Later(field, than):
            first, second = getattr(facts, field), getattr(facts, than)
            return first is not None and second is not None and first > second
        case AtLeast(field, count):
            return getattr(facts, field) >= count
        case All(conditions):
            return all(holds(each, facts, today) for each in conditions)
        case Not(inner):
            return not holds(inner, facts, today)


def first_match(rules: Iterable[Rule], facts: Any, today: date) -> Rule:
    """The first rule that holds. The last rule of a table is ALWAYS, so there is one."""
    return next(rule for rule in rules if holds(rule.when, facts, today))
